/**
 * A surviving node notices that another one has failed [mechanisms 2.13, 5.6].
 *
 *   ports       dipc/failure.ts: proxies die, answers that will not come are replaced by notices, credits are written off
 *   memory      objects whose pager was there are lost: what has not been fetched will never be
 *   husks       a suspended process task that nobody else can name any more was being moved there, or made from there:
 *               it ends, unless the failed node has no part in its migration
 *   orphans     a running process task whose PMA was there (it had been moved alone): its emulator gives up. One that is
 *               just being moved alone is ended by who moves it (agent/pull.ts)
 *   processes   the PM Master says that every process of that node is dead; a PMA here ends those of its own processes
 *               whose task was there, and, with `lost_pages at_once`, those that have pages which only that node had; if
 *               the PM Master was there nobody waits for a child any more
 *   tasks       Mach tasks of the script that were there have ended
 *   records     a migration from there has failed, unless the destination had everything and goes on alone
 */
import { NONE, at, select } from '../base/table.ts';
import { copyOn } from '../dipc/distributed.ts';
import { severNode } from '../dipc/failure.ts';
import type { Port } from '../mach/ipc/port.ts';
import { lookup, nameForPort } from '../mach/ipc/space.ts';
import { isOfThisBoot } from '../mach/node.ts';
import { taskTerminate, type Task } from '../mach/task.ts';
import { threadsOf } from '../mach/task-threads.ts';
import { tell } from '../mach/world.ts';
import { migrationEnd, type Migration, type MigrationWorld } from '../migration/record.ts';
import { abandonLost } from '../migration/agent/early.ts';
import { forgetPromises } from '../migration/group/members.ts';
import { forgetPlaces } from '../migration/process/turn.ts';
import { agentNode } from '../migration/task/how.ts';
import { isRunning } from '../migration/task/start.ts';
import { isOrphan } from '../osf1/emulator/orphan.ts';
import { lostWithNode } from '../osf1/ended.ts';
import { isDoomed, kill } from '../osf1/pma/exit.ts';
import type { Pma } from '../osf1/pma/pma.ts';
import { waitsAreOver } from '../osf1/pma/wait.ts';
import { forgetHolders } from '../osf1/credentials/holders.ts';
import { masterNodeDown } from '../osf1/pm-master/exit.ts';
import { endLostTasks } from '../osf1/started-tasks.ts';
import { loseKernel } from '../xmm/memory-object.ts';
import { vprocOf } from '../osf1/vproc.ts';

export function nodeDown(w: MigrationWorld, observer: number, node: number): void {
  const { over } = at(w.nodes, observer);
  over.set(node, (over.get(node) ?? 0) + 1);
  if (w.setup.watched) tell(w, 'node down', observer, null, NONE, `${at(w.nodes, node).name} has failed`);
  severNode(w, observer, node);
  for (const object of w.objects.rows) {
    if (object.live && object.node === observer && object.pager !== NONE) {
      object.lost ||= !at(w.ports, object.pager).active;
    }
  }
  for (const m of w.memoryObjects.rows) {
    if (!m.live || m.node !== observer) continue;
    for (const entry of [...m.kernels]) if (entry.node === node) loseKernel(w, m, entry);
  }
  for (const task of w.tasks.rows) {
    if (!task.live || task.node !== observer) continue;
    if (
      task.kind === 'process'
        ? isHusk(w, task, node) || (task.suspendCount === 0 && isOrphan(w, task))
        : isMoving(w, task) && isHusk(w, task, node)
    )
      taskTerminate(w, task);
  }
  for (const pma of w.pmas.rows) {
    if (!pma.live || pma.node !== observer) continue;
    endLostProcesses(w, pma);
    waitsAreOver(w, pma);
    forgetPlaces(w, pma, node);
    forgetPromises(pma, node);
    abandonLost(w, pma, node);
  }
  for (const master of w.pmMasters.rows) if (master.live && master.node === observer) masterNodeDown(w, master, node);
  for (const server of w.credentialsServers.rows) {
    if (server.live && server.node === observer) forgetHolders(w, server, node);
  }
  endLostTasks(w);
  for (const m of w.migrations.rows) {
    // Whoever moves a task that is no process sees to the record, unless it has failed with the node.
    if (m.pid === NONE ? m.outcome !== '' || isAttended(w, m) : m.from !== node && !hadItAlone(w, m, node)) continue;
    if (isOfThisBoot(w, node, m.stamps.decision)) continue;
    if (m.pid === NONE && isRunning(w, m.id)) migrationEnd(w, m.id, 'done');
    else if (m.stamps.resumed !== NONE) migrationEnd(w, m.id, 'done');
    else if (m.stamps.moved === NONE || m.to === node) {
      migrationEnd(w, m.id, 'failed', `${at(w.nodes, node).name} is lost`);
    }
  }
}

/** The node had everything of the process, and had not restarted it; the source has failed before. */
function hadItAlone(w: MigrationWorld, { from, to, stamps }: Migration, node: number): boolean {
  return (
    to === node && stamps.moved !== NONE && stamps.resumed === NONE && at(w.nodes, from).failedAt >= stamps.decision
  );
}

/** A Mach task that is being moved, or what is being made of it elsewhere. */
function isMoving(w: MigrationWorld, { id }: Task): boolean {
  return w.migrations.rows.some((m) => m.outcome === '' && (m.task === id || m.made === id));
}

/** The failed node has no part in the migration of the task: who moves it still does, and rights to it may be on their way. */
function isMovedByOthers(w: MigrationWorld, { id, pid }: Task, failed: number): boolean {
  return w.migrations.rows.some(({ outcome, from, to, how, ...m }) => {
    const ofTask = pid === NONE ? m.task === id || m.made === id : m.pid === pid;
    return ofTask && outcome === '' && ![from, to, agentNode(how, to)].includes(failed);
  });
}

function isAttended(w: MigrationWorld, { activity }: Migration): boolean {
  return w.threads.rows.some((t) => t.live && t.activity === activity);
}

/** Processes whose task ran on the failed node, and which no migration is looking after. */
function endLostProcesses(w: MigrationWorld, pma: Pma): void {
  const { space } = at(w.tasks, pma.task);
  for (const proc of select(w.procs, ({ node, list }) => node === pma.node && list === 'active')) {
    if (proc.state === 'exiting' || vprocOf(w, pma.node, proc.pid)!.state !== 'active') continue;
    const entry = lookup(space, proc.names.task);
    if (entry === null) continue;
    if (isDoomed(w, proc)) {
      kill(w, pma, proc, lostWithNode());
      continue;
    }
    // A relay (4.4) outlives what it stands for until it is asked; but the PMA knows where it had the task moved to.
    if (entry.port !== NONE && at(w.ports, entry.port).active && hasTask(w, proc.pid)) continue;
    kill(w, pma, proc, lostWithNode());
  }
}

const hasTask = (w: MigrationWorld, pid: number): boolean =>
  w.tasks.rows.some((task) => task.live && task.kind === 'process' && task.pid === pid);

/** Suspended, and nobody else has a right to its kernel port, or is about to get one: it can never be resumed. */
function isHusk(w: MigrationWorld, task: Task, failed: number): boolean {
  if (task.suspendCount === 0 && threadsOf(w, task).some((t) => t.suspendCount === 0)) return false;
  if (isMovedByOthers(w, task, failed)) return false;
  if (task.self === NONE) return true;
  const port = at(w.ports, task.self);
  if (port.srights > (nameForPort(task.space, port.id) === NONE ? 0 : 1)) return false;
  if (port.dipc === NONE) return true;
  const { uid } = at(w.distributed, port.dipc);
  return !w.nodes.rows.some((each) => {
    const copy = each.id === task.node ? null : copyOn(w, each.id, uid);
    return copy !== null && copy.srights > 0 && leadsTo(w, copy, task.node, failed);
  });
}

/** Whether what is sent to this copy finds its way to the node, forwarded or not, without the one that has failed. */
function leadsTo(w: MigrationWorld, from: Port, node: number, failed: number): boolean {
  const { uid } = at(w.distributed, from.dipc);
  let copy: Port | null = from;
  for (let hops = w.nodes.rows.length; hops >= 0 && copy?.active === true; hops--) {
    if (copy.node === node) return true;
    const destination: number = at(w.distributed, copy.dipc).destination;
    copy = destination === failed || destination === NONE ? null : copyOn(w, destination, uid);
  }
  return false;
}
