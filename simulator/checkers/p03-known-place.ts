/**
 * When nothing is under way the PM Master that owns a process knows under which PMA it lives, and has a right to that PMA; and
 * a process that lives is alive there, whether it runs or is stopped. While it exits the two may differ: who is told first
 * is said by the exit.
 */
import { NONE } from '../base/table.ts';
import { SEND, lookup } from '../mach/ipc/space.ts';
import { masterEntryOf, type MasterEntry } from '../osf1/pm-master/entry.ts';
import type { Proc } from '../osf1/proc.ts';
import { receiverOf, type Census } from './census.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const knownPlace: Checker = {
  rule: 'P3',
  story: 'the PM Master knows where a process is that is not on its way',
  check(w, census) {
    if (!w.pmMasters.rows.some(({ live }) => live)) return;
    for (const proc of w.procs.rows) {
      if (!proc.live || proc.list !== 'active' || (proc.state !== 'running' && proc.state !== 'stopped')) continue;
      const entry = masterEntryOf(w, proc.pid);
      if (entry === null) return broken('P3', `process ${proc.pid} is on node ${proc.node}, and has no entry`);
      const master = w.pmMasters.rows[entry.owner];
      if (master?.live === true && !master.recovering) known(w, census, proc, entry);
    }
  },
};

function known(w: CheckedWorld, census: Census, { pid, node }: Proc, entry: MasterEntry): void {
  const master = w.pmMasters.rows[entry.owner]!;
  if (entry.state !== 'alive')
    return broken('P3', `process ${pid} lives on node ${node}; the PM Master says ${entry.state}`);
  if (entry.node !== node) return broken('P3', `process ${pid} is on node ${node}; the PM Master says ${entry.node}`);
  const right = lookup(w.tasks.rows[master.task]!.space, entry.capability);
  const port = right === null || (right.type & SEND) === 0 ? null : w.ports.rows[right.port]!;
  const receiver = port === null ? NONE : receiverOf(w, census, port);
  if (w.pmas.rows.some((pma) => pma.live && pma.node === node && pma.task === receiver)) return;
  broken('P3', `the PM Master has no right to the PMA of node ${node}, where process ${pid} is`);
}
