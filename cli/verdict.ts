/**
 * What a run that has stopped comes to: the exit it deserves, and why, in sentences that name the line.
 */
import type { ClusterState } from '../simulator/inspect/state.ts';
import { showTime } from '../language/vocabulary/units.ts';
import type { ExitName } from './exit.ts';
import type { Ending } from './simulate.ts';
import type { Until } from './until.ts';

export interface Verdict {
  readonly exit: ExitName;
  readonly reasons: readonly string[];
}

export function verdictOn(file: string, state: ClusterState, ending: Ending, until: Until | null): Verdict {
  const moment = `event ${state.event}, ${showTime(state.time)}`;
  if (ending === 'interrupted') return { exit: 'interrupted', reasons: [`${file}: interrupted at ${moment}`] };
  const broken = state.expectations
    .filter(({ held }) => !held)
    .map(({ line, text, actual }) => `${file}:${line}: expected ${text}, but ${actual}`);
  if (broken.length > 0) return { exit: 'expectation', reasons: broken };
  if (ending === 'limit')
    return { exit: 'limit', reasons: [`${file}: given up at ${moment}; --limit gives it more events`] };
  const stuck = ending === 'finished' ? unfinished(file, state) : [];
  if (stuck.length > 0) return { exit: 'deadlock', reasons: stuck };
  if (ending === 'finished' && until !== null) {
    return { exit: 'limit', reasons: [`${file}: the run was over at ${moment}, before ${until.text}`] };
  }
  return { exit: 'ok', reasons: [] };
}

/**
 * Threads of the scenario that wait for something that cannot happen any more. A handler of a phase that no migration
 * has entered is none of them: it has had nothing to do.
 */
function unfinished(file: string, { tasks }: ClusterState): readonly string[] {
  const scenario = tasks.filter(({ kind, name }) => kind === 'mach' && name === 'operator');
  return scenario
    .flatMap(({ threads }) => threads)
    .flatMap(({ state, waits, frames }) => {
      const frame = frames.find(({ line }) => line !== null);
      if (frame === undefined || frame.line === null || state === 'ended' || frame.step === 'await_phase') return [];
      return [`${file}:${frame.line}: nothing is left to happen, and the scenario still waits for ${waits}`];
    });
}
