/**
 * The other half of pcntl: who may be moved, who moves together, and what a policy may know [paper section 4; mechanisms 5.7].
 *
 *   ALLOW, DISALLOW (pid)      whether it may be moved: not what is bound to a device, for one
 *   JOIN_GROUP (pid, group)    when one member of a migration group is moved, all are; group 0 is none
 *   INFO (pid)                 the information that the paper exports
 *
 * Each goes to the PMA that has the process, as a vproc operation; who may signal a process may control it. All of it is
 * local process state and moves with the process; children are born into the group of their parent.
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { creationRate } from '../creation-rate.ts';
import { currentUsage, procOf, totalUsage, type Proc } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { mayOperate } from './signal.ts';
import { vprocCall } from './vproc-call.ts';

/** What a control call carries; `pid` 0 is the caller. */
interface Control {
  readonly pid: number;
  readonly group?: number;
  readonly migratable?: boolean;
}

/** The same, with who asks for it. */
interface ControlOf extends Control {
  readonly uid: number;
}

/** What INFO answers: times in nanoseconds. */
export interface ProcessInfo {
  readonly elapsed: number;
  readonly sinceMigration: number;
  readonly migrations: number;
  readonly time: number;
  readonly children: number;
  readonly here: number;
  readonly created: number;
  readonly average: number;
  readonly group: number;
}

/** A system call that is an operation on the vproc of any process. */
const control = (name: string, story: string, operation: string): Routine =>
  routine<OsfWorld, ProcessCall>(name, story, [
    step('operate on the vproc', (w, t, f) => {
      const { uid } = procOf(w, t.node, f.pid)!;
      const { pid, ...rest } = f.body as Control;
      const body: ControlOf = { ...rest, pid: pid === 0 ? f.pid : pid, uid };
      vprocCall(t, f.pid, operation, body);
    }),
    step('report', (_w, t) => finish(t, t.result)),
  ]);

/** The operation, at the PMA of the process. */
const controlled = (
  name: string,
  story: string,
  act: (w: OsfWorld, proc: Proc, body: ControlOf, t: Thread) => Payload,
): Routine =>
  routine<OsfWorld, ProcessCall>(name, story, [
    step(story, (w, t, f) => {
      const proc = procOf(w, t.node, f.pid);
      const body = f.body as ControlOf;
      if (proc === null || proc.state === 'exiting') return finish(t, { code: 'ESRCH' } satisfies Payload);
      if (!mayOperate({ uid: body.uid, realUid: body.uid }, proc))
        return finish(t, { code: 'EPERM' } satisfies Payload);
      finish(t, act(w, proc, body, t));
    }),
  ]);

export const controlRoutines: readonly Routine[] = [
  control('pma.pcntl_allow', 'lets a process be moved, or keeps it', 'vproc.set_migratable'),
  control('pma.pcntl_join_group', 'has a process move with others', 'vproc.join_group'),
  control('pma.pcntl_info', 'asks about a process', 'vproc.info'),
  controlled('vproc.set_migratable', 'changes the flag', (_w, proc, { migratable }) => {
    proc.migratable = migratable ?? true;
    return {};
  }),
  controlled('vproc.join_group', 'changes the group', (_w, proc, { group }) => {
    proc.migrationGroup = group ?? 0;
    return {};
  }),
  controlled('vproc.info', 'tells what is known of a process', (w, proc) => ({ body: infoOf(w, proc) })),
];

function infoOf(w: OsfWorld, proc: Proc): ProcessInfo {
  return {
    elapsed: w.time - proc.created,
    sinceMigration: w.time - (proc.lastMigrated === NONE ? proc.created : proc.lastMigrated),
    migrations: proc.migrations,
    time: totalUsage(w, proc),
    children: proc.usage.children,
    here: currentUsage(w, proc),
    created: proc.creations.total,
    average: creationRate(proc.creations, w.time),
    group: proc.migrationGroup,
  };
}
