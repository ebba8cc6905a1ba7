/** Vprocs of every PMA, the PM Master's table, and the migrations. */
import { NONE, at, select } from '../base/table.ts';
import { lookup } from '../mach/ipc/space.ts';
import { between, numberOf, type Migration, type MigrationWorld } from '../migration/record.ts';
import type { Proc } from '../osf1/proc.ts';
import { masterEntryOf } from '../osf1/pm-master/entry.ts';
import { pmaAt } from '../osf1/pma/pma.ts';
import type { OsfWorld } from '../osf1/world.ts';
import { nodeName } from './label.ts';
import { pathEntry } from './ledger.ts';
import type { MasterEntry, MigrationState, VprocState } from './state.ts';

export function vprocStates(w: OsfWorld): VprocState[] {
  return select(w.vprocs, () => true).map((vproc) => {
    const proc = vproc.proc === NONE ? null : at(w.procs, vproc.proc);
    const master = masterEntryOf(w, vproc.pid);
    return {
      node: nodeName(w, vproc.node),
      pid: vproc.pid,
      name: proc?.name ?? master?.name ?? '',
      operations: vproc.operations,
      at: nodeName(w, vproc.at),
      stale: vproc.operations === 'stub' && master !== null && master.node !== vproc.at,
      references: vproc.references + vproc.holders.length,
      list: proc?.list ?? '',
      state: vproc.state === 'active' ? (proc?.state ?? '') : vproc.state,
      callsInProgress: proc?.callsInProgress.map((each) => each.request.operation) ?? [],
      pending: vproc.pending.map((each) => each.operation),
      task: proc === null ? null : taskOf(w, proc),
    };
  });
}

/** The task on this node that the PMA's capability names. */
function taskOf(w: OsfWorld, proc: Proc): number | null {
  const pma = pmaAt(w, proc.node);
  const entry = pma === null ? null : lookup(at(w.tasks, pma.task).space, proc.names.task);
  const task = select(w.tasks, (each) => each.pid === proc.pid && entry !== null && each.self === entry.port)[0];
  return task?.id ?? null;
}

export function masterStates(w: OsfWorld): MasterEntry[] {
  return select(w.masterEntries, () => true).map(({ owner, node, ...entry }) => {
    const { pid, parent, group, session, name, state, stopped, status, signal, lost } = entry;
    const master = w.pmMasters.rows[owner];
    return {
      master: master?.live === true ? nodeName(w, master.node) : '',
      ...{ pid, parent, group, session, name, node: nodeName(w, node), state, stopped, status, signal, lost },
    };
  });
}

export function migrationStates(w: MigrationWorld): MigrationState[] {
  return select(w.migrations, () => true).map((m) => ({
    migration: numberOf(m),
    pid: m.pid === NONE ? null : m.pid,
    name: m.name,
    task: w.tasks.rows[m.task]?.live === true ? m.task : null,
    by: m.by,
    from: nodeName(w, m.from),
    to: nodeName(w, m.to),
    phase: m.phase,
    step: m.step,
    committed: m.committed,
    calls: m.calls,
    group: m.group,
    how: {
      using: m.how.using,
      strategy: m.how.strategy,
      agent: nodeName(w, m.how.agent === NONE ? m.to : m.how.agent),
    },
    pages: { before: m.pages.before, frozen: m.pages.frozen },
    outcome: m.outcome,
    reason: m.reason,
    stamps: {
      decision: reached(m.stamps.decision),
      frozen: reached(m.stamps.frozen),
      detached: reached(m.stamps.detached),
      installed: reached(m.stamps.installed),
      attached: reached(m.stamps.moved),
      resumed: reached(m.stamps.resumed),
      ended: reached(m.stamps.ended),
    },
    ...timesOf(m),
    ...pathEntry(at(w.ledger, m.activity), w.time),
  }));
}

/** The times that the paper's monitor collects [section 4], null while one of the stamps is missing. */
function timesOf(m: Migration): Pick<MigrationState, 'freezingTime' | 'freezeTime' | 'taskTime' | 'totalTime'> {
  return {
    freezingTime: reached(between(m, 'decision', 'frozen')),
    freezeTime: reached(between(m, 'suspended', 'resumed')),
    taskTime: reached(between(m, 'installed', 'moved')),
    totalTime: reached(between(m, 'decision', 'ended')),
  };
}

function reached(time: number): number | null {
  return time === NONE ? null : time;
}
