/** The Mach tasks that a script has started, in the inspected state: also those that have ended. */

export interface StartedTaskState {
  /** The number that a variable of type `task` has as its value. */
  readonly started: number;
  readonly name: string;
  /** Id of the task that it is now; null when it has ended. While it moves there are two, and this is the one with threads. */
  readonly task: number | null;
  /** Node that it is on; empty when it has ended. */
  readonly node: string;
  readonly alive: boolean;
  /** Messages that it has sent and received, and requests of it that were answered. */
  readonly sent: number;
  readonly received: number;
  readonly replies: number;
  /** The numbers that all of its threads count on, by the names of the script. */
  readonly counts: readonly { readonly name: string; readonly value: number }[];
}
