/**
 * How the command ends: its exit codes, and the failures that lead to them.
 *
 * The codes are stable and documented in docs/cli.md: scripts may rely on them. A Failure is something that the user
 * can do something about; its text names the place and the way out, and is all that is shown. Anything else that is
 * thrown is a defect of this program (code 1) and shows where it happened.
 */

export const exitCodes = {
  ok: 0,
  /** A defect of this program. */
  defect: 1,
  /** An option, an argument, the name of a scenario. */
  usage: 2,
  /** An `expect` of the scenario did not hold. */
  expectation: 10,
  /** Nothing is left to happen, and the scenario has not come to its end. */
  deadlock: 11,
  /** A rule of the simulated system was broken. */
  invariant: 12,
  /** The text of the script cannot be understood. */
  parse: 64,
  /** The script can be understood, but not run. */
  validate: 65,
  /** A file that is not there, or cannot be read. */
  input: 66,
  /** The run was over, or was given up, before the moment that was asked for. */
  limit: 75,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof exitCodes;

export class Failure extends Error {
  readonly exit: ExitName;

  constructor(exit: ExitName, message: string) {
    super(message);
    this.name = 'Failure';
    this.exit = exit;
  }
}

/** From the gravest to the mildest: what several runs in one command end with. */
const gravity: readonly ExitName[] = [
  'interrupted',
  'defect',
  'invariant',
  'input',
  'parse',
  'validate',
  'deadlock',
  'limit',
  'expectation',
];

export function gravest(exits: readonly ExitName[]): ExitName {
  return gravity.find((each) => exits.includes(each)) ?? 'ok';
}
