/**
 * Controlling terminals: a relation of a session, so the PM Master's [mechanisms 5.1, 5.4]. The leader's entry says which
 * process group is in the foreground; NONE is a session without a terminal. A leader gets one by opening /dev/tty. If the leader's
 * entry is another PM Master's than that of who asks, that one is asked: 1 RPC.
 */
import { NONE } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { OsfWorld } from '../world.ts';
import { masterOf, ownEntryOf } from './entry.ts';
import { gatherMembers, membersHereOf, membersOf, type Gather, type Member } from './groups.ts';
import { operation } from './operation.ts';
import { findOwner, type Owner } from './owner.ts';

/** What a PMA is told of the terminal of a process. */
export interface TerminalAnswer {
  /** The process group in the foreground, and that of the process. */
  readonly foreground: number;
  readonly group: number;
  /** It is in the background, and nobody could continue its group if it were stopped. */
  readonly orphaned: boolean;
}

interface Asked {
  readonly pid: number;
}

interface TerminalCall extends Request {
  session?: number;
  /** Name of a right to the PM Master of the leader; NONE if it is this one. */
  leader?: number;
  foreground?: number;
  /** No member here has a parent who could continue the group. */
  orphaned?: boolean;
}

/** An operation on the terminal of the session of a process: first it is found, and `without` is what is answered if there is none. */
function ofTerminal(
  name: string,
  story: string,
  without: string,
  rest: readonly ReturnType<typeof step<OsfWorld, TerminalCall>>[],
): Routine {
  return routine<OsfWorld, TerminalCall>(name, story, [
    step('find whose the session is', (w, t, f) => {
      const { pid } = f.body as Asked;
      const entry = ownEntryOf(w, t, pid);
      if (entry?.state !== 'alive') return finish(t, { code: 'ESRCH' } satisfies Payload);
      if (name === 'pmm.open_terminal' && entry.session === pid && entry.foreground === NONE)
        entry.foreground = entry.group;
      f.session = entry.session;
      call(t, findOwner, { pid: entry.session });
    }),
    step('look at its leader', (w, t, f) => {
      const owner = t.result as Owner;
      f.leader = owner.own ? NONE : owner.name;
      if (!owner.own) {
        if (owner.name === NONE) return finish(t, { code: 'EHOSTDOWN' } satisfies Payload);
        return rpc(w, t, owner.name, 'pmm.session_terminal', { body: { pid: f.session! } satisfies Asked });
      }
      f.foreground = ownEntryOf(w, t, f.session!)?.foreground ?? NONE;
      goTo(w, t, 'see whether there is a terminal');
    }),
    step('keep what its PM Master says', (_w, t, f) => {
      f.foreground = t.code === 'KERN_SUCCESS' ? (t.body as SessionTerminal).foreground : NONE;
    }),
    step('see whether there is a terminal', (_w, t, f) => {
      if (f.foreground === NONE) finish(t, { code: without } satisfies Payload);
    }),
    ...rest,
  ]);
}

const openTerminal = ofTerminal('pmm.open_terminal', 'gives a session its terminal', 'ENXIO', [
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);

const getTerminal = ofTerminal('pmm.get_terminal', 'says who is in the foreground', 'ENOTTY', [
  step('see who could continue its group', (w, t, f) => {
    const entry = ownEntryOf(w, t, (f.body as Asked).pid);
    if (entry === null) return finish(t, { code: 'ESRCH' } satisfies Payload);
    const { owner, group } = entry;
    const isAsked = group !== f.foreground && membersHereOf(w, owner, group).every(({ tied }) => !tied);
    f.orphaned = isAsked;
    if (isAsked) call(t, gatherMembers, { group, found: [] } satisfies Gather);
  }),
  step('answer', (w, t, f) => {
    const entry = ownEntryOf(w, t, (f.body as Asked).pid);
    if (entry === null) return finish(t, { code: 'ESRCH' } satisfies Payload);
    const others = (t.result as Member[] | null) ?? [];
    const orphaned = f.orphaned! && others.every(({ tied }) => !tied);
    const body: TerminalAnswer = { foreground: f.foreground!, group: entry.group, orphaned };
    finish(t, { body } satisfies Payload);
  }),
]);

/** Body of `pmm.set_foreground`. */
export interface SetForeground extends Asked {
  readonly group: number;
}

const setForeground = ofTerminal('pmm.set_foreground', 'puts a group into the foreground', 'ENOTTY', [
  step('see who is in the group', (_w, t, f) => {
    call(t, gatherMembers, { group: (f.body as SetForeground).group, found: [] } satisfies Gather);
  }),
  step('put it there', (w, t, f) => {
    const { group } = f.body as SetForeground;
    const members = [...membersOf(w, masterOf(w, t).id, group), ...(t.result as Member[])];
    if (!members.some(({ session }) => session === f.session)) return finish(t, { code: 'EPERM' } satisfies Payload);
    if (f.leader !== NONE) {
      const body: SetForeground = { pid: f.session!, group };
      return rpc(w, t, f.leader!, 'pmm.session_foreground', { body });
    }
    ownEntryOf(w, t, f.session!)!.foreground = group;
    finish(t, {} satisfies Payload);
  }),
  step('answer', (_w, t) => finish(t, { code: t.code } satisfies Payload)),
]);

interface SessionTerminal {
  readonly foreground: number;
}

const sessionTerminal = operation<Asked>('pmm.session_terminal', 'says who is in the foreground', (w, { pid }, t) => {
  return { body: { foreground: ownEntryOf(w, t, pid)?.foreground ?? NONE } satisfies SessionTerminal };
});

const sessionForeground = operation<SetForeground>(
  'pmm.session_foreground',
  'puts a group into the foreground, which has a member in the session',
  (w, { pid, group }, t) => {
    const leader = ownEntryOf(w, t, pid);
    if (leader === null || leader.foreground === NONE) return { code: 'ENOTTY' };
    leader.foreground = group;
    return {};
  },
);

export const terminalRoutines: readonly Routine[] = [
  openTerminal,
  getTerminal,
  setForeground,
  sessionTerminal,
  sessionForeground,
];
