/** What a program asks of a set of signals: no server is needed. */
import { finish, routine, step } from '../../mach/routine.ts';
import { contains } from '../signal-numbers.ts';
import type { OsfWorld } from '../world.ts';

interface Member {
  readonly set: number;
  readonly signal: number;
}

export const emulatorSigismember = routine<OsfWorld, Member>('emulator.sigismember', 'looks into a set of signals', [
  step('look', (_w, t, f) => finish(t, contains(f.set, f.signal))),
]);
