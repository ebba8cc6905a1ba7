/**
 * Children, as the PM Master knows them: which of them wait() may report, and that one has stopped or goes on
 * [mechanisms 5.3]. Who is in which group is its knowledge too, so a wait for a group is decided here.
 */
import { NONE } from '../../base/table.ts';
import { answer, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { WCONTINUED, WUNTRACED, type Wait } from '../pma/wait.ts';
import type { OsfWorld } from '../world.ts';
import { masterEntryOf, type MasterEntry } from './entry.ts';
import { callParents, type CallBacks } from './exit.ts';
import { operation } from './operation.ts';

/** Body of `pmm.find_child`: the children that the parent `pid` waits for, as waitpid chooses them. */
export interface FindChild {
  readonly pid: number;
  readonly child: number;
  readonly options: Wait['options'];
}

/** A child that has something to report; `child` NONE if none has yet. */
export interface FoundChild {
  readonly child: number;
  readonly how: 'exited' | 'stopped' | 'continued';
  readonly stopped: number;
}

/** A change that is reported here is reported once; an exit is reported by `pmm.reap`. */
const findChild = operation<FindChild>('pmm.find_child', 'finds a child to report', (w, { pid, child, options }) => {
  const group = child === 0 ? (masterEntryOf(w, pid)?.group ?? NONE) : -child;
  const candidates = w.masterEntries.rows.filter(
    (entry) => isChild(entry, pid) && (child === NONE || (child > 0 ? entry.pid === child : entry.group === group)),
  );
  if (candidates.length === 0) return { code: 'ECHILD' };
  const zombie = candidates.find(({ state }) => state === 'zombie');
  if (zombie !== undefined) return found(zombie, 'exited');
  const changed = candidates.find(
    ({ unreported, stopped }) => unreported && (options & (stopped === 0 ? WCONTINUED : WUNTRACED)) !== 0,
  );
  if (changed === undefined) return { body: { child: NONE, how: 'exited', stopped: 0 } satisfies FoundChild };
  changed.unreported = false;
  return found(changed, changed.stopped === 0 ? 'continued' : 'stopped');
});

const isChild = (entry: MasterEntry, parent: number): boolean =>
  entry.live && entry.parent === parent && entry.pid !== parent && entry.state !== 'reaped';

const found = ({ pid, stopped }: MasterEntry, how: FoundChild['how']): Payload => ({
  body: { child: pid, how, stopped } satisfies FoundChild,
});

/** Body of `pmm.changed`: the signal that has stopped the process; 0 if it goes on. */
export interface Changed {
  readonly pid: number;
  readonly stopped: number;
}

const changed = routine<OsfWorld, Request>('pmm.changed', 'learns that a process has stopped, or goes on', [
  step('remember it and answer', (w, t, f) => {
    const { pid, stopped } = f.body as Changed;
    const entry = masterEntryOf(w, pid);
    if (entry?.state !== 'alive') return finish(t, { code: 'ESRCH' } satisfies Payload);
    entry.stopped = stopped;
    entry.unreported = true;
    call(t, callParents, { children: [pid], how: 'changed', tries: 0 } satisfies CallBacks);
    answer(w, t, f.reply, {});
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

export const childRoutines: readonly Routine[] = [findChild, changed];
