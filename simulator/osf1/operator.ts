/**
 * The operator: who runs the scenario and writes down what is seen. Its threads live in a bare task on the node of the
 * PM Master; what they find out is kept here, outside every server.
 */
import type { Value } from '../workload/program.ts';

export interface Expectation {
  readonly text: string;
  readonly line: number;
  readonly time: number;
  readonly held: boolean;
  /** The values that the condition compared, in words. */
  readonly actual: string;
}

export interface OutputLine {
  readonly time: number;
  /** Process that printed it, or null for the scenario. */
  readonly pid: number | null;
  readonly text: string;
}

export interface Operator {
  /** Its task, or NONE before the scenario begins. */
  task: number;
  /** The scenario's variables: all its threads share them. */
  locals: (Value | null)[];
  /** Names, in its space, of the send rights to the PMAs' service ports, by node; NONE for a node without a PMA. */
  pmas: number[];
}
