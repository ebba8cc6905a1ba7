/**
 * The moments that have a name: what an exception filter or a function breakpoint can stop at.
 *
 * The phases of a migration are named in the words of the paper [mechanisms 5.5]; four more moments are about what a
 * workload asks for or suffers. What kernels do among themselves has a name each (simulator/base/kernel-events.ts) and
 * a group, and the name of a group stands for all of them. Each is announced by the simulator as a notice in the event
 * in which it happens.
 */
import { phases } from '../../language/vocabulary/words.ts';
import { eventGroups, kernelEvents } from '../../simulator/base/kernel-events.ts';
import type { Notice } from '../../simulator/engine/api.ts';

export interface NamedMoment {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Whether an editor should switch it on unasked. */
  readonly default: boolean;
  /** Whether it is offered as an exception filter; the others are there for who knows their name. */
  readonly offered: boolean;
}

const moment = (name: string, label: string, description: string, isDefault = false): NamedMoment => ({
  name,
  label,
  description,
  default: isDefault,
  offered: true,
});

export const namedMoments: readonly NamedMoment[] = [
  ...phases.map(({ name, doc }) => moment(name, `Migration: ${name}`, doc)),
  moment('expectation', 'Expectation broken', 'An `expect` of the scenario does not hold.', true),
  moment('exit', 'Process exits', 'A process has ended, by itself or by a signal.'),
  moment('crash', 'Node crashes', 'A node has failed.'),
  moment('fault', 'Fault', 'A process or the scenario asked for something impossible.'),
  ...eventGroups.map(({ name, label, doc }) => moment(name, `Kernel: ${label}`, doc)),
  ...kernelEvents.map(({ name, doc }) => ({ ...moment(name, name, doc), offered: false })),
];

const groupOf: ReadonlyMap<string, string> = new Map(kernelEvents.map(({ name, group }) => [name, group]));

/** Whether somebody who asked for this name stops at this notice: its own name, or that of its group. */
export function isCalled(notice: Notice, name: string): boolean {
  const own = nameOf(notice);
  return own !== null && (own === name || groupOf.get(own) === name);
}

/** Whether the moment is one of those that only a watched run announces. */
export function needsWatching(name: string): boolean {
  return kernelEvents.some((event) => event.name === name || event.group === name);
}

/** The name under which somebody may stop at this notice, or null. */
export function nameOf(notice: Notice): string | null {
  switch (notice.kind) {
    case 'phase':
      return notice.phase;
    case 'expectation':
      return notice.held ? null : 'expectation';
    case 'exited':
      return 'exit';
    case 'crashed':
      return 'crash';
    case 'fault':
      return 'fault';
    case 'protocol':
      return notice.event;
    default:
      return null;
  }
}

export function isNamedMoment(name: string): boolean {
  return namedMoments.some((moment) => moment.name === name);
}

export function namesInWords(): string {
  return namedMoments.map(({ name }) => name).join(', ');
}
