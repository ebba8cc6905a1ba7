/**
 * Sets of descriptors: UNIX's fd_set, and the macros that go with it. A set is a text of numbers in their order, `3 5`; it
 * is a value like any other, and lives in the variables of the program.
 */
import { NONE } from '../../base/table.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { OsfWorld } from '../world.ts';
import type { CallResult } from './errno.ts';

export const descriptorsIn = (set: string): number[] => (set === '' ? [] : set.split(' ').map(Number));

/** Without what stands for no descriptor. */
export function setOf(descriptors: readonly number[]): string {
  const known = new Set(descriptors.filter((descriptor) => descriptor >= 0));
  return [...known].sort((a, b) => a - b).join(' ');
}

export interface SetCall {
  readonly set: string;
  readonly descriptors: readonly number[];
}

/** The program's own work, in its own memory: no server is asked. */
function macro(name: string, story: string, value: (f: SetCall) => CallResult): Routine {
  return routine<OsfWorld, SetCall>(`emulator.${name}`, story, [step(story, (_w, t, f) => finish(t, value(f)))]);
}

/** The set with more in it; also `fd_set`, which begins with the empty one. */
export const emulatorFdSet = macro('FD_SET', 'puts descriptors into a set', ({ set, descriptors }) =>
  setOf([...descriptorsIn(set), ...descriptors]),
);
export const emulatorFdClr = macro('FD_CLR', 'takes a descriptor out of a set', ({ set, descriptors }) =>
  setOf(descriptorsIn(set).filter((each) => !descriptors.includes(each))),
);
export const emulatorFdIsset = macro('FD_ISSET', 'says whether a descriptor is in a set', ({ set, descriptors }) =>
  descriptors.every((each) => descriptorsIn(set).includes(each)),
);
export const emulatorFdFirst = macro(
  'FD_FIRST',
  'says which descriptor of a set is the lowest',
  ({ set }) => descriptorsIn(set)[0] ?? NONE,
);

export const descriptorSetRoutines: readonly Routine[] = [
  emulatorFdSet,
  emulatorFdClr,
  emulatorFdIsset,
  emulatorFdFirst,
];
