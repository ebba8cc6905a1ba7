/**
 * Errors that a client sees.
 *
 * A handler that cannot do what it was asked throws a RequestError; the session turns it into an error response. The
 * text names the place or the argument that was wrong and, where there is one, the way out. Nothing has been changed
 * when a RequestError is thrown: handlers read all their arguments before they act.
 *
 * The number is stable: clients and tests may rely on it.
 */

export const errorIds = {
  /** The message is not a request that can be understood at all. */
  malformed: 1000,
  unknownRequest: 1001,
  /** An argument is missing or has the wrong type. */
  badArgument: 1002,
  /** An id (thread, frame, variable, source) that names nothing now. */
  unknownId: 1003,
  /** The request needs a launched run. */
  notLaunched: 1004,
  /** The request needs the cluster to stand still. */
  notStopped: 1005,
  /** The request needs a run that can still go on. */
  finished: 1006,
  unreadableProgram: 2000,
  wrongProgram: 2001,
  unknownScenario: 2002,
  badExpression: 3000,
  /** A defect of this program, not of the request. */
  internal: 9000,
} as const;

export type ErrorName = keyof typeof errorIds;

export class RequestError extends Error {
  readonly id: number;
  /** Whether the editor should put the text in front of the user by itself. */
  readonly showUser: boolean;

  constructor(name: ErrorName, text: string, showUser = false) {
    super(text);
    this.id = errorIds[name];
    this.showUser = showUser;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
