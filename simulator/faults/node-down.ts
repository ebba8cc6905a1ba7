/**
 * A surviving node notices that another one has failed [mechanisms 2.13, 5.6].
 *
 *   ports       dipc/failure.ts: proxies die, answers that will not come are replaced by notices, credits are written off
 *   memory      objects whose pager was there are lost: what has not been fetched will never be
 *   husks       a suspended process task that nobody can name any more was being moved there: it ends
 *   processes   the PM Master says that every process of that node is dead
 *   records     a migration that was being pulled from there has failed
 */
import { NONE, at } from '../base/table.ts';
import { severNode } from '../dipc/failure.ts';
import { taskTerminate, type Task } from '../mach/task.ts';
import { migrationEnd, type MigrationWorld } from '../migration/record.ts';
import { masterNodeDown } from '../osf1/pm-master/exit.ts';

export function nodeDown(w: MigrationWorld, observer: number, node: number): void {
  severNode(w, observer, node);
  for (const object of w.objects.rows) {
    if (object.live && object.node === observer && object.pager !== NONE) {
      object.lost ||= !at(w.ports, object.pager).active;
    }
  }
  for (const task of w.tasks.rows) if (task.live && task.node === observer && isHusk(w, task)) taskTerminate(w, task);
  for (const master of w.pmMasters.rows) if (master.live && master.node === observer) masterNodeDown(w, master, node);
  for (const m of w.migrations.rows) {
    if (m.from === node && m.to === observer && m.stamps.moved === NONE) {
      migrationEnd(w, m.id, 'failed', `${at(w.nodes, node).name} is lost`);
    }
  }
}

/** Suspended, and no right to its kernel port is left anywhere: nobody can ever resume it. */
function isHusk(w: MigrationWorld, task: Task): boolean {
  if (task.kind !== 'process' || task.suspendCount === 0) return false;
  const port = at(w.ports, task.self);
  if (port.srights > 0) return false;
  if (port.dipc === NONE) return true;
  const { uid } = at(w.distributed, port.dipc);
  return !w.nodes.rows.some((each) => {
    const copy = each.id === task.node ? undefined : w.ports.rows[each.portByUid.get(uid) ?? NONE];
    return copy?.live === true && copy.active && copy.srights > 0;
  });
}
