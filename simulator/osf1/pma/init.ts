/**
 * init comes back with its node: its PMA tells the credentials server and the PM Master. If there is none to tell it will
 * ask for everything when it comes back itself (report.ts), and finds init there.
 */
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { threadCreate, threadStart, wakeAll } from '../../mach/thread.ts';
import { at } from '../../base/table.ts';
import type { Dup } from '../credentials/holders.ts';
import { RLIM_INFINITY } from '../limits.ts';
import { INIT } from '../pm-master/entry.ts';
import type { InitIsBack } from '../pm-master/init.ts';
import { procOf, startChannel } from '../proc.ts';
import { SUPERUSER } from '../users.ts';
import type { OsfWorld } from '../world.ts';
import { mustRepeat } from './master-call.ts';
import { pmaOf, type Pma } from './pma.ts';

export const introduceInit = routine<OsfWorld, object>('pma.introduce_init', 'says that init is back', [
  step('to the credentials server', (w, t) => {
    const { credentials } = procOf(w, t.node, INIT)!.names;
    const body: Dup = { pid: INIT, user: SUPERUSER, node: t.node, limit: RLIM_INFINITY };
    rpc(w, t, credentials, 'credentials.dup', { body });
  }),
  step('to the PM Master', (w, t) => {
    const { master, node, service } = pmaOf(w, t);
    const body: InitIsBack = { pid: INIT, node };
    rpc(w, t, master, 'pmm.init', { body, rights: [{ name: service, disposition: MAKE_SEND }] });
  }),
  step('and to a new one, if that has failed', (w, t) => {
    if (mustRepeat(w, pmaOf(w, t), t.code)) return goTo(w, t, 'to the PM Master');
    finish(t);
    const init = procOf(w, t.node, INIT);
    if (init?.state !== 'creating') return;
    init.state = 'running';
    wakeAll(w, at(w.tasks, t.task), startChannel(init));
  }),
]);

/** A thread of the PMA does it: the node is booting. */
export function beginIntroduction(w: OsfWorld, pma: Pma): void {
  const task = at(w.tasks, pma.task);
  // As any new process it is complete when it is known.
  procOf(w, pma.node, INIT)!.state = 'creating';
  const t = threadCreate(w, task, task.name);
  call(t, introduceInit, {});
  threadStart(w, t);
}
