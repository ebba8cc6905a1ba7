/**
 * Commands of the debug console. Whatever is no command is an expression.
 *
 *   help          what there is
 *   seek 1200     to the moment after 1200 events, forwards or backwards; also a time: seek 1.4 s
 *   report        the report of the run so far
 *   state         the inspected state as JSON
 */
import { quantity } from '../language/vocabulary/units.ts';
import { journeyOf, moveOn } from './arrive.ts';
import { stoppedRun, type Context } from './context.ts';
import { RequestError } from './errors.ts';
import { functionNames, globalNames } from './expression/surroundings.ts';
import { toEvent, toTime } from './motions/seek.ts';
import { reportText } from './present/report.ts';
import { stateOf, type Run } from './run.ts';

type Command = (cx: Context, run: Run, operand: string) => string;

const commands: Readonly<Record<string, Command>> = {
  help: () => helpText,
  report: (_, run) => reportText(stateOf(run)),
  state: (_, run) => JSON.stringify(stateOf(run), null, 2),
  seek: seekCommand,
};

export const commandNames: readonly string[] = Object.keys(commands);

const helpText = [
  'help            this text',
  'seek EVENT      to the moment after so many events, forwards or backwards',
  'seek TIME       to a moment of virtual time, for example: seek 1.4 s',
  'report          what has become of the run so far',
  'state           everything that the views show, as JSON',
  'anything else   an expression: a local, pid(7).node, task("cc1").capabilities, node("dest").up, now >= 1.4 s',
  `  names         ${globalNames.join(', ')}`,
  `  functions     ${functionNames.join(', ')}`,
].join('\n');

/** The answer of a command, or null if the text is none. */
export function command(cx: Context, run: Run, source: string): string | null {
  const [word = '', ...rest] = source.trim().split(/\s+/);
  const perform = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (perform === undefined || (rest.length > 0 && perform !== seekCommand)) return null;
  return perform(cx, run, rest.join(' '));
}

function seekCommand(cx: Context, run: Run, operand: string): string {
  stoppedRun(cx);
  if (!/^\d/.test(operand))
    throw new RequestError('badExpression', 'seek wants an event (seek 1200) or a time (seek 1.4 s).');
  const { type, value, trouble } = quantity(operand);
  if (trouble !== null || type === 'size')
    throw new RequestError('badExpression', `'${operand}' is neither a number of events nor a time.`);
  const journey = journeyOf(cx, run);
  const thread = run.stop?.thread ?? null;
  moveOn(run);
  cx.driver.start(type === 'time' ? toTime(journey, value, thread) : toEvent(journey, value, thread));
  return type === 'time' ? `going to ${operand}` : `going to event ${operand}`;
}
