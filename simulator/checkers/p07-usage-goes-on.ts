/**
 * What a process has used on all nodes together is what was booked on its account: nothing is lost in a move, and nothing is
 * counted twice. So what earlier nodes have counted is what the account showed when this one began to count. And what its
 * children have used is that of those who were waited for, each once; while a wait is at it the last may still be on its way.
 */
import { PROCESSOR } from '../base/ledger.ts';
import { NONE } from '../base/table.ts';
import { INIT, masterEntryOf } from '../osf1/pm-master/entry.ts';
import type { Counted, Proc } from '../osf1/proc.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const usageGoesOn: Checker = {
  rule: 'P7',
  story: 'accumulated and current usage together are what was booked on the process',
  check(w) {
    let noneFailed = true;
    for (const { failedAt } of w.nodes.rows) noneFailed &&= failedAt === NONE;
    for (const proc of w.procs.rows) {
      if (!proc.live) continue;
      const account = w.ledger.rows[proc.activity]!;
      if (account.pid !== proc.pid) broken('P7', `the work of process ${proc.pid} is booked on ${account.name}`);
      goesOn(proc, proc.usage, account.spent[PROCESSOR]!);
      goesOn(proc, proc.usage.computed, account.computed);
      if (proc.usage.computed.accumulated > proc.usage.accumulated)
        broken('P7', `process ${proc.pid} has computed longer than it has used the processor`);
      ofChildren(w, proc, noneFailed);
    }
  },
};

function goesOn({ pid }: Proc, { accumulated, base }: Counted, booked: number): void {
  if (accumulated === base && base >= 0 && base <= booked) return;
  broken(
    'P7',
    `process ${pid}: ${accumulated} ns on earlier nodes, ${booked - base} ns on this one, ${booked} ns in all`,
  );
}

/**
 * Those that a process has waited for are its children as long as the PM Master calls it alive; then they are init's, like all
 * others, although init has not waited for them. A PM Master that has failed takes along what children had used.
 */
function ofChildren(w: CheckedWorld, proc: Proc, noneFailed: boolean): void {
  const { pid, usage, list, callsInProgress } = proc;
  if (masterEntryOf(w, pid)?.state !== 'alive') return;
  let reaped = 0;
  for (const entry of w.masterEntries.rows)
    if (entry.parent === pid && entry.state === 'reaped' && entry.pid !== pid) reaped += entry.usage;
  if (usage.children > reaped)
    broken('P7', `the children of process ${pid} have used ${reaped}, not ${usage.children} ns`);
  if (usage.children === reaped || !noneFailed || list !== 'active' || pid === INIT) return;
  for (const { request } of callsInProgress) if (request.operation === 'pma.wait') return;
  broken('P7', `the children of process ${pid} have used ${reaped}, of which it has ${usage.children} ns`);
}
