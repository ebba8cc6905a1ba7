/**
 * What is said when the simulator itself is wrong: a rule of the system that it models is broken, or it fails.
 *
 * Neither is a mistake in the script. The text holds all that somebody needs to look into it: the rule, the moment, the
 * last events, and the commands that lead there again.
 */
import { showTime } from '../language/vocabulary/units.ts';
import { BrokenRule } from '../simulator/base/assert.ts';
import { monitors } from '../simulator/checkers/history/index.ts';
import { checkers } from '../simulator/checkers/index.ts';
import { eventCount, now, tail, type Simulation } from '../simulator/engine/simulation.ts';
import { commandOf, launchOf, type Again } from './again.ts';
import type { ExitName } from './exit.ts';

export interface Defect {
  readonly exit: ExitName;
  readonly text: string;
}

const EVENTS_SHOWN = 12;

/** `again` says how this run was started. */
export function defectIn(sim: Simulation, again: Again, error: unknown): Defect {
  const rule = error instanceof BrokenRule;
  const event = eventCount(sim);
  const { until: _, ...whole } = again;
  const before = { ...whole, until: String(Math.max(0, event - 1)) };
  const lines = [
    `${again.file}: "${again.scenario}", seed ${again.seed}: event ${event}, ${showTime(now(sim))}`,
    ...(rule ? ruleInWords(error) : [stackOf(error)]),
    'This is a defect of the simulator, not of your script. The last events:',
    ...tail(sim, EVENTS_SHOWN).map(
      (each) =>
        `  ${String(each.event).padStart(8)}  ${showTime(each.time).padEnd(14)} ${each.kind} ${each.a} ${each.b}`,
    ),
    `run it again      ${commandOf(whole)}`,
    `stop in front     ${commandOf(before)}`,
    `in the debugger   ${launchOf(whole)}`,
    `                  and then, in the debug console: seek ${Math.max(0, event - 1)}`,
  ];
  return { exit: rule ? 'invariant' : 'defect', text: lines.join('\n') };
}

function ruleInWords({ rule, message }: BrokenRule): readonly string[] {
  const story = [...checkers, ...monitors].find((each) => each.rule === rule)?.story;
  return [`broken rule ${message}`, ...(story === undefined ? [] : [`${rule} says: ${story}`])];
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
