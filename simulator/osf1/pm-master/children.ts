/**
 * Children, as the PM Master knows them: which of them wait() may report, and that one has stopped or goes on
 * [mechanisms 5.3]. Who is in which group is its knowledge too, so a wait for a group is decided here.
 */
import { NONE } from '../../base/table.ts';
import { answer, rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { WCONTINUED, WUNTRACED, type Wait } from '../pma/wait.ts';
import type { OsfWorld } from '../world.ts';
import { masterOf, ownEntries, ownEntryOf, type MasterEntry } from './entry.ts';
import { callParents, type CallBacks } from './exit.ts';
import { findOwner, type Owner } from './owner.ts';

/** Body of `pmm.find_child`: the children that the parent `pid` waits for, as waitpid chooses them. */
export interface FindChild {
  readonly pid: number;
  readonly child: number;
  readonly options: Wait['options'];
  /** From another PM Master: only if it is in that group. */
  readonly within?: number;
}

/** A child that has something to report; `child` NONE if none has yet. */
export interface FoundChild {
  readonly child: number;
  readonly how: 'exited' | 'stopped' | 'continued';
  readonly stopped: number;
}

interface FindChildCall extends Request {
  /** Group that is waited for, and children of other PM Masters that are still to be asked for. */
  group?: number;
  others?: number[];
  none?: boolean;
}

/**
 * A change that is reported here is reported once; an exit is reported by `pmm.reap`. A child of another PM Master is asked
 * for there; if it is a group that is waited for, it says whether the child is in it.
 */
const findChild = routine<OsfWorld, FindChildCall>('pmm.find_child', 'finds a child to report', [
  step('look at the children here', (w, t, f) => {
    const { pid, child, options, within } = f.body as FindChild;
    const parent = ownEntryOf(w, t, pid);
    const group = within ?? (child === 0 ? (parent?.group ?? NONE) : -child);
    const candidates = ownEntries(w, masterOf(w, t)).filter(
      (entry) =>
        isChild(entry, pid) &&
        (child === NONE || (child > 0 ? entry.pid === child : true)) &&
        (within !== undefined || (child <= 0 && child !== NONE) ? entry.group === group : true),
    );
    const zombie = candidates.find(({ state }) => state === 'zombie');
    if (zombie !== undefined) return finish(t, found(zombie, 'exited'));
    const changed = candidates.find(
      ({ unreported, stopped }) => unreported && (options & (stopped === 0 ? WCONTINUED : WUNTRACED)) !== 0,
    );
    if (changed !== undefined) {
      changed.unreported = false;
      return finish(t, found(changed, changed.stopped === 0 ? 'continued' : 'stopped'));
    }
    f.none = candidates.length === 0;
    f.others = child > 0 ? [] : [...(parent?.elsewhere ?? [])];
    f.group = group;
  }),
  step('find the PM Master of the next child elsewhere', (_w, t, f) => {
    const other = f.others![0];
    if (other !== undefined) return call(t, findOwner, { pid: other });
    if (f.none === true) return finish(t, { code: 'ECHILD' } satisfies Payload);
    finish(t, { body: { child: NONE, how: 'exited', stopped: 0 } satisfies FoundChild } satisfies Payload);
  }),
  step('ask it', (w, t, f) => {
    const owner = t.result as Owner;
    const { pid, options } = f.body as FindChild;
    const child = f.others!.shift()!;
    const body: FindChild = { pid, child, options, within: f.group! };
    if (!owner.own && owner.name !== NONE) rpc(w, t, owner.name, 'pmm.find_child', { body });
  }),
  step('look at its answer', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS' && t.body !== null) {
      f.none = false;
      if ((t.body as FoundChild).child !== NONE) return finish(t, { body: t.body } satisfies Payload);
    }
    goTo(w, t, 'find the PM Master of the next child elsewhere');
  }),
]);

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
    const entry = ownEntryOf(w, t, pid);
    if (entry?.state !== 'alive') return finish(t, { code: 'ESRCH' } satisfies Payload);
    entry.stopped = stopped;
    entry.unreported = true;
    call(t, callParents, { children: [pid], how: 'changed', tries: 0 } satisfies CallBacks);
    answer(w, t, f.reply, {});
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

export const childRoutines: readonly Routine[] = [findChild, changed];
