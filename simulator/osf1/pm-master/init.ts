/**
 * init comes back with its node: the PM Master knows it again, and calls its PMA back for every orphan that has ended meanwhile,
 * so that init waits for them [docs/decisions/0050-the-pm-master-comes-back.md]. Where there is a PM Master on each node the
 * others have such orphans, too, and are told.
 */
import { NONE } from '../../base/table.ts';
import { answer, rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';
import { INIT, masterOf, ownEntries, reenter } from './entry.ts';
import { callParents, type CallBacks } from './exit.ts';
import { otherMasters } from './owner.ts';

/** Body of `pmm.init`; with it comes a right to the PMA. */
export interface InitIsBack {
  readonly pid: typeof INIT;
  readonly node: number;
}

interface InitCall extends Request {
  others?: number[];
}

const initIsBack = routine<OsfWorld, InitCall>('pmm.init', 'knows init again', [
  step('enter it', (w, t, f) => {
    const { node } = f.body as InitIsBack;
    const master = masterOf(w, t);
    const entry = reenter(w, master, INIT, 'init');
    const stale = entry.capability;
    const ended = { status: NONE, signal: 0, lost: false, stopped: 0, unreported: false };
    Object.assign(entry, { ...ended, state: 'alive', parent: INIT, node, capability: f.names[0]! });
    f.others = otherMasters(w, master);
    if (stale !== NONE) kernelCall(w, t, master.self, 'mach_port_deallocate', { body: { name: stale } });
  }),
  step('tell the next PM Master', (w, t, f) => {
    const other = f.others!.shift();
    if (other === undefined) return;
    again(t);
    rpc(w, t, other, 'pmm.orphans');
  }),
  step('tell its PMA of its own, and answer', tellOfOrphans),
  step('be done', (_w, t) => finish(t, null)),
]);

const orphans = routine<OsfWorld, Request>('pmm.orphans', 'tells init of those who wait for it', [
  step('tell its PMA, and answer', tellOfOrphans),
  step('be done', (_w, t) => finish(t, null)),
]);

function tellOfOrphans(w: OsfWorld, t: Thread, f: Request): void {
  const zombies = ownEntries(w, masterOf(w, t)).filter(({ parent, state }) => parent === INIT && state === 'zombie');
  const children = zombies.map(({ pid }) => pid).filter((pid) => pid !== INIT);
  call(t, callParents, { children, how: 'exited', tries: 0 } satisfies CallBacks);
  answer(w, t, f.reply, {} satisfies Payload);
}

export const initRoutines: readonly Routine[] = [initIsBack, orphans];
