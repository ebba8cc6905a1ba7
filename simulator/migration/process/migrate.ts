/**
 * Moving a process: the source PMA's side, from the decision to the answer [paper 3.2, mechanisms 5.5 and 5.9].
 *
 *   by process   freeze, detach, then clean up (it is at the destination), reinstate (it was refused), or give up (it
 *                was lost on the way)
 *   by task      freeze, let the agent at the destination pull the task, thaw: the process stays this PMA's
 *
 * Step 1. pcntl has checked that the process exists, is not exiting, not already migrating, may be migrated and may be
 * operated on by the caller; here it is checked that the destination can take it at all. Until then nothing has changed.
 */
import { openAccount } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND, destinationOf } from '../../mach/ipc/right.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { report } from '../../osf1/monitor/monitor.ts';
import type { Migrate } from '../../osf1/pma/pcntl.ts';
import { peerOf, pmaAt, pmaOf } from '../../osf1/pma/pma.ts';
import { procOf, type Proc } from '../../osf1/proc.ts';
import { agentFor } from '../agent/agent.ts';
import type { PreCopy } from '../agent/pull.ts';
import { isOwn, unsupported } from '../task/how.ts';
import {
  atStep,
  between,
  decided,
  type Migration,
  migrationEnd,
  migrationOpen,
  type MigrationWorld,
  numberOf,
} from '../record.ts';
import { moveTask, type MoveTask } from './by-task.ts';
import { cleanUp, type CleanUp } from './cleanup.ts';
import { detach, type Detach, type Detached } from './detach.ts';
import { freeze, type Freeze } from './freeze.ts';
import { giveUp, type GiveUp } from './lost.ts';
import { reinstate, type Reinstate } from './refused.ts';
import { askForTurn, giveTurnBack } from './turn.ts';
import { firstThreadOf } from '../../mach/task-threads.ts';

/** What `pma.migrate_process` is called with. */
interface Migrating extends Migrate {
  migration: number;
  /** Under which it stands in line at the destination itself; NONE: it does not, or not any more. */
  place?: number;
  /** Account that the caller's request is booked on. */
  caller?: number;
  answer?: Payload;
  /** The agent has a first copy of its memory. */
  copied?: boolean;
}

/** Finishes with a Payload: success, or why the process is still here, or gone. */
export const migrateRoutine = routine<MigrationWorld, Migrating>(
  'migration.migrate',
  'moves a process to another node',
  [
    step('decide', (w, t, f) => {
      const pma = pmaOf(w, t);
      const proc = procOf(w, t.node, f.pid)!;
      const m = recordOf(w, t, proc, f);
      const agent = agentFor(w, pma, f.node, m.how);
      if (m.by === 'process' && pmaAt(w, f.node) === null) return refuse(w, t, f, 'ENOSYS', 'no PMA there');
      if (agent === NONE || destinationOf(w, at(w.tasks, t.task), agent) === NONE) {
        return refuse(w, t, f, 'EHOSTDOWN', 'destination is down');
      }
      if (unsupported(m.how) !== '') return refuse(w, t, f, 'EINVAL', unsupported(m.how));
      f.caller = t.activity;
      t.activity = m.activity;
      f.place = NONE;
      if (m.by === 'task' || f.turn !== NONE) return goTo(w, t, 'have a first copy of its memory taken');
      f.place = m.id;
      askForTurn(w, t, m.to, { turn: m.id, from: t.node, group: false });
    }),
    step('see whether its turn has come', (w, t, f) => {
      const proc = procOf(w, t.node, f.pid);
      const { reason } = (t.body ?? { reason: t.code }) as { reason: string };
      if (t.code !== 'KERN_SUCCESS') f.place = NONE;
      if (t.code === 'EAGAIN') refuse(w, t, f, 'EAGAIN', reason, 'refused');
      else if (t.code !== 'KERN_SUCCESS') refuse(w, t, f, 'EHOSTDOWN', 'destination is down');
      else if (proc === null || proc.state === 'exiting') refuse(w, t, f, 'ESRCH', 'the process has exited');
    }),
    step('have a first copy of its memory taken', (w, t, f) => {
      const m = at(w.migrations, f.migration);
      const agent = agentFor(w, pmaOf(w, t), f.node, m.how);
      const proc = procOf(w, t.node, f.pid)!;
      if (m.how.strategy !== 'pre_copy') return goTo(w, t, 'freeze it');
      const body: PreCopy = { migration: m.id, how: m.how, to: m.to };
      const rights = [{ name: proc.names.task, disposition: COPY_SEND }];
      rpc(w, t, agent, 'migration.pre_copy', { body, rights });
    }),
    step('see whether there is a first copy of its memory', (w, t, f) => {
      f.copied = t.code === 'KERN_SUCCESS';
      const proc = procOf(w, t.node, f.pid);
      if (proc === null || proc.state === 'exiting') return refuse(w, t, f, 'ESRCH', 'the process has exited');
      if (proc.list !== 'active') return refuse(w, t, f, 'EBUSY', 'it is being moved already');
      if (!f.copied) refuse(w, t, f, 'EHOSTDOWN', t.code);
    }),
    step('freeze it', (w, t, f) => {
      const { calls, how, to } = at(w.migrations, f.migration);
      call(t, freeze, {
        migration: f.migration,
        pid: f.pid,
        asker: f.asker,
        place: f.place ?? NONE,
        // Who is to be the pager of the task does not come before the process.
        early: calls === 'early' && isOwn(how, to),
        turn: f.turn === NONE ? f.migration : f.turn,
        cancel: calls === 'restart',
      } satisfies Freeze);
    }),
    step('go on, unless it has exited', (w, t, f) => {
      const code = t.result as string;
      if (code !== 'KERN_SUCCESS')
        return refuse(w, t, f, code, code === 'EBUSY' ? 'it is being moved already' : 'the process has exited');
      const { by } = at(w.migrations, f.migration);
      if (by === 'task') call(t, moveTask, { migration: f.migration, pid: f.pid, code: '' } satisfies MoveTask);
      else {
        // The destination sees to its place from here on.
        f.place = NONE;
        const turn = f.turn === NONE ? f.migration : f.turn;
        call(t, detach, {
          migration: f.migration,
          pid: f.pid,
          turn,
          info: null,
          tokens: [],
          files: [],
        } satisfies Detach);
      }
    }),
    step('see what has become of it', (w, t, f) => {
      const { by, committed } = at(w.migrations, f.migration);
      if (by === 'task') {
        f.answer = t.result as Payload;
        return goTo(w, t, 'have what was copied of it forgotten, if it stays');
      }
      const { code, reason, tokens, capability } = t.result as Detached;
      const { migration, pid } = f;
      f.answer = { code: code === 'KERN_SUCCESS' || code === 'EAGAIN' ? code : 'EHOSTDOWN', body: { reason } };
      if (code === 'KERN_SUCCESS') {
        return call(t, cleanUp, { migration, pid, capability, surplus: tokens } satisfies CleanUp);
      }
      if (committed) call(t, giveUp, { migration, pid, tokens } satisfies GiveUp);
      else call(t, reinstate, { migration, pid, reason, code, tokens } satisfies Reinstate);
    }),
    step('have what was prepared given up, if it stays', (w, t, f) => {
      const { by, calls, to, stamps } = at(w.migrations, f.migration);
      if (by === 'task' || calls !== 'early' || stamps.suspended === NONE || stamps.detached !== NONE) return;
      const peer = peerOf(w, pmaOf(w, t), to);
      rpc(w, t, peer, 'migration.forget_prepared', { body: { migration: f.migration } });
    }),
    step('give its turn back, if it stays', (w, t, f) => {
      if ((f.place ?? NONE) !== NONE) giveTurnBack(w, t, f.node, f.migration);
    }),
    step('have what was copied of it forgotten, if it stays', (w, t, f) => {
      const { how, to, committed } = at(w.migrations, f.migration);
      if (f.copied !== true || committed) return;
      const agent = agentFor(w, pmaOf(w, t), to, how);
      if (agent !== NONE) rpc(w, t, agent, 'migration.forget', { body: { migration: f.migration } });
    }),
    step('tell the statistics monitor', (w, t, f) => {
      const m = at(w.migrations, f.migration);
      const { pid, name, by, from, to, outcome } = m;
      report(w, t, pmaOf(w, t), 'monitor.migration', {
        migration: numberOf(m),
        pid,
        name,
        by,
        from,
        to,
        outcome,
        freezing: between(m, 'decision', 'frozen'),
        freeze: between(m, 'suspended', 'resumed'),
        task: between(m, 'installed', 'moved'),
        total: between(m, 'decision', 'ended'),
      });
    }),
    step('report', (_w, t, f) => {
      if (f.caller !== undefined) t.activity = f.caller;
      finish(t, f.answer);
    }),
  ],
);

/** The record that the operator has opened, or a new one. The decision is taken now. */
export function recordOf(
  w: MigrationWorld,
  t: Thread,
  proc: Proc,
  f: Pick<Migrating, 'node' | 'calls' | 'migration'>,
): Migration {
  const { pid, name } = proc;
  if (f.migration === NONE) {
    const activity = openAccount(w.ledger, `migration of ${name} (pid ${pid})`, pid).id;
    const fields = {
      pid,
      name,
      by: 'process',
      from: t.node,
      to: f.node,
      calls: f.calls,
      activity,
      thread: NONE,
    } as const;
    f.migration = migrationOpen(w, fields).id;
  }
  const m = at(w.migrations, f.migration);
  m.name = name;
  m.from = t.node;
  m.group = proc.migrationGroup;
  decided(w, m.id);
  m.thread = mainThread(w, pid);
  atStep(w, m.id, 1);
  return m;
}

/** Identity of the first thread of the process's task: what the notices are about. */
function mainThread(w: MigrationWorld, pid: number): number {
  const task = w.tasks.rows.find((each) => each.live && each.pid === pid && each.lastThread !== NONE);
  return task === undefined ? NONE : firstThreadOf(w, task)!.identity;
}

function refuse(
  w: MigrationWorld,
  t: Thread,
  f: Migrating,
  code: string,
  reason: string,
  outcome: 'refused' | 'failed' = 'failed',
): void {
  migrationEnd(w, f.migration, outcome, reason);
  f.answer = { code, body: { reason } };
  goTo(w, t, 'have what was prepared given up, if it stays');
}
