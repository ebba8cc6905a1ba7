/** A process is active under one PMA; while it moves it is on the source's migrating list and attaching at the other. */
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const oneList: Checker = {
  rule: 'P1',
  story: 'a pid is on the active list of at most one node',
  check(w) {
    const active = new Set<number>();
    const onNode = new Set<number>();
    for (const proc of w.procs.rows) {
      if (!proc.live || !w.nodes.rows[proc.node]!.up) continue;
      if (proc.list === 'free') broken('P1', `process ${proc.pid} has a proc on no list of node ${proc.node}`);
      const place = proc.pid * w.nodes.rows.length + proc.node;
      if (onNode.has(place)) broken('P1', `node ${proc.node} has two procs of process ${proc.pid}`);
      onNode.add(place);
      if (proc.list !== 'active') continue;
      if (active.has(proc.pid)) broken('P1', `process ${proc.pid} is active on two nodes`);
      active.add(proc.pid);
    }
    checkFreeLists(w);
  },
};

/** A row of a proc that means nothing is on the free list of one PMA, or no PMA's. */
function checkFreeLists({ pmas, procs }: CheckedWorld): void {
  const free = new Set<number>();
  const check = (row: number): void => {
    if (procs.rows[row]?.live !== false) broken('P1', `proc ${row} is on a free list, and in use`);
    if (free.has(row)) broken('P1', `proc ${row} is on two free lists`);
    free.add(row);
  };
  procs.free.forEach(check);
  for (const pma of pmas.rows) if (pma.live) pma.free.forEach(check);
  for (const { id, live } of procs.rows) if (!live && !free.has(id)) broken('P1', `proc ${id} is on no list`);
}
