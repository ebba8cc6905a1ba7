/**
 * After clean-up nothing at the source belongs to the process, and nothing in the process to the source: its capability
 * table is audited for rights to any other PMA.
 */
import { NONE } from '../base/table.ts';
import { FREE, entriesOf, lookup, portAt, typeAt } from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';
import { tallyFor } from './tally.ts';

export const nothingLeftBehind: Checker = {
  rule: 'P6',
  story: 'a process that has moved leaves no proc behind and holds no right to another PMA',
  check(w, census) {
    for (const proc of w.procs.rows) {
      if (!proc.live || !w.nodes.rows[proc.node]!.up) continue;
      if (w.migrations.rows.some((m) => m.pid === proc.pid && m.outcome === '')) continue;
      if (proc.list === 'migrating' && census.noneFailed)
        broken('P6', `process ${proc.pid} stayed on node ${proc.node}'s list`);
      if (proc.migrations === 0 || proc.list !== 'active' || proc.state !== 'running') continue;
      const pma = w.pmas.rows.find((each) => each.live && each.node === proc.node);
      const self = pma === undefined ? null : lookup(w.tasks.rows[pma.task]!.space, proc.names.task);
      const port = self === null || self.port === NONE ? undefined : w.ports.rows[self.port];
      const task = port?.objectKind === 'task' ? w.tasks.rows[port.object] : undefined;
      if (task?.live !== true) continue;
      const { space } = task;
      for (let index = 0; index < entriesOf(space); index++) {
        const copy = typeAt(space, index) === FREE ? undefined : w.ports.rows[portAt(space, index)];
        if (copy === undefined || copy.dipc === NONE) continue;
        const home = tallyFor(census.uids, w.distributed.rows[copy.dipc]!.uid)?.principal ?? NONE;
        const receiver = home === NONE ? NONE : w.ports.rows[home]!.receiver;
        const other = w.pmas.rows.find((each) => each.live && each.task === receiver && each.node !== proc.node);
        if (other !== undefined) broken('P6', `process ${proc.pid} holds a right to the PMA of node ${other.node}`);
      }
    }
  },
};
