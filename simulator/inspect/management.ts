/** What stands in line at PMAs, the PM Masters with their blocks of pids, and what the statistics monitor has been told. */
import { NONE, select } from '../base/table.ts';
import { BLOCK } from '../osf1/pm-master/blocks.ts';
import { ownEntries } from '../osf1/pm-master/entry.ts';
import { isBroker, isOnly } from '../osf1/pm-master/owner.ts';
import type { OsfWorld } from '../osf1/world.ts';
import { nodeName } from './label.ts';
import type { MasterState, MonitorState, PmaState } from './state-management.ts';

export function pmaStates(w: OsfWorld): PmaState[] {
  return select(w.pmas, () => true).map(({ node, incoming, outgoing, untold, free }) => ({
    node: nodeName(w, node),
    incoming: incoming.map(({ turn, from, group }) => ({ migration: turn + 1, from: nodeName(w, from), group })),
    outgoing: outgoing.map(({ pid, turn, by }) => {
      return { pid, migration: turn === NONE ? null : turn + 1, by: nodeName(w, by) };
    }),
    untold: untold.map(({ pid }) => pid),
    free: free.length,
  }));
}

export function pmMasterStates(w: OsfWorld): MasterState[] {
  return select(w.pmMasters, () => true).map((master) => {
    const entries = ownEntries(w, master).filter(({ state }) => state !== 'reaped');
    const { recovering, nextPid, lastPid, spare, blocks } = master;
    return {
      node: nodeName(w, master.node),
      broker: isBroker(w, master),
      recovering,
      nextPid: nextPid <= lastPid ? nextPid : spare[0] === undefined ? null : spare[0] * BLOCK,
      blocks: blocks.map(({ block, node }) => ({
        first: block * BLOCK,
        last: isOnly(w) ? null : block * BLOCK + BLOCK - 1,
        owner: nodeName(w, node),
      })),
      processes: entries.map(({ pid }) => pid),
      elsewhere: entries.flatMap(({ elsewhere }) => elsewhere),
    };
  });
}

export function monitorState(w: OsfWorld): MonitorState | null {
  const [monitor] = select(w.monitors, () => true);
  if (monitor === undefined) return null;
  const reached = (time: number): number | null => (time === NONE ? null : time);
  return {
    node: nodeName(w, monitor.node),
    processes: monitor.processes.map(({ pid, name, node, execution, usage, migrations }) => {
      return { pid, name, node: nodeName(w, node), execution, usage, migrations };
    }),
    migrations: monitor.migrations.map(({ from, to, freezing, freeze, task, total, ...rest }) => ({
      ...rest,
      from: nodeName(w, from),
      to: nodeName(w, to),
      freezingTime: reached(freezing),
      freezeTime: reached(freeze),
      taskTime: reached(task),
      totalTime: reached(total),
    })),
  };
}
