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

/** A Mach task that a script has started, and what is known of it: also when it has ended. */
export interface StartedTask {
  readonly name: string;
  /** Index of what it does, among the programs of the image. */
  readonly program: number;
  /** Name of the right to its kernel port, in the space of whoever has started it. */
  right: number;
  /** It has not begun yet, or it has ended, or somebody is ending it. */
  ended: boolean;
  /** Messages that it has sent and received, and requests of it that were answered. */
  sent: number;
  received: number;
  replies: number;
  readonly counts: number[];
}

export interface Operator {
  /** Its task, or NONE before the scenario begins. */
  task: number;
  /** The scenario's variables: all its threads share them. */
  locals: (Value | null)[];
  /** Names, in its space, of the send rights to the PMAs' service ports, by node; NONE for a node without a PMA. */
  pmas: number[];
  /** Names of the send rights to the kernels' own task ports, by node; none if the script starts no Mach task. */
  kernels: number[];
  /** The same to their host-privileged ports; none if no task of the script asks for a special port. */
  hosts: number[];
  /** Name of the right to its own task port, and to the name server; NONE if the script needs none. */
  self: number;
  nameServer: number;
  /** The Mach tasks of the script, in the order in which they were started; never shortened. */
  readonly started: StartedTask[];
}
