/**
 * The moments that have a name: what an exception filter or a function breakpoint can stop at.
 *
 * Seven are the phases of a migration, in the words of the paper [mechanisms 5.5]; the others are about what a workload
 * asks for or suffers. Each is announced by the simulator as a notice in the event in which it happens.
 */
import { phases } from '../../language/vocabulary/words.ts';
import type { Notice } from '../../simulator/engine/api.ts';

export interface NamedMoment {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Whether an editor should switch it on unasked. */
  readonly default: boolean;
}

export const namedMoments: readonly NamedMoment[] = [
  ...phases.map(({ name, doc }) => ({ name, label: `Migration: ${name}`, description: doc, default: false })),
  {
    name: 'expectation',
    label: 'Expectation broken',
    description: 'An `expect` of the scenario does not hold.',
    default: true,
  },
  {
    name: 'exit',
    label: 'Process exits',
    description: 'A process has ended, by itself or by a signal.',
    default: false,
  },
  { name: 'crash', label: 'Node crashes', description: 'A node has failed.', default: false },
  {
    name: 'fault',
    label: 'Fault',
    description: 'A process or the scenario asked for something impossible.',
    default: false,
  },
];

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
