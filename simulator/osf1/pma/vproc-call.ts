/**
 * An operation on any process, wherever it is: what the vproc layer is for [paper 2.2, mechanisms 5.2].
 *
 * The operation table of the vproc decides: a local process is operated on by a call within this PMA, a remote one by a
 * message to the PMA that the vproc believes it to be at. If that PMA answers "absent process" (or is gone), *this* PMA
 * asks the PM Master, puts the vproc right and tries again; the old PMA never asks on our behalf, so no PMA waits for
 * another one within a request. The tries are bounded.
 */
import { NONE, at } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import { procOf } from '../proc.ts';
import { becomeStub, isUnused, vprocAllocate, vprocFree, vprocOf } from '../vproc.ts';
import { numbered, type Asker } from '../request-number.ts';
import type { OsfWorld } from '../world.ts';
import { ABSENT, FROZEN, admission } from './admission.ts';
import { MASTER_DOWN, fromMaster } from './master-call.ts';
import { pmaOf } from './pma.ts';

const MAXIMUM_TRIES = 8;

export interface VprocCall extends Asker {
  readonly pid: number;
  readonly operation: string;
  readonly body: { readonly pid: number };
  /** Pid of the local process on whose behalf it is: that process keeps the vproc. */
  readonly holder: number;
  tries: number;
  /** The capability that a better one takes the place of. */
  stale: number;
  answer: Payload | null;
}

export function vprocCall(t: Thread, holder: number, operation: string, body: { pid: number }): void {
  call(t, vprocCallRoutine, {
    pid: body.pid,
    operation,
    body,
    holder,
    tries: 0,
    stale: NONE,
    answer: null,
  } satisfies VprocCall);
}

/** Codes that mean: the PMA that was asked does not have the process, or does not exist any more. */
export function isStale(code: string): boolean {
  return code === ABSENT || code === 'MACH_SEND_INVALID_DEST' || code === 'MIG_SERVER_DIED';
}

export const vprocCallRoutine = routine<OsfWorld, VprocCall>('vproc.call', 'operates on a process, wherever it is', [
  step('look up the vproc', (w, t, f) => {
    const pma = pmaOf(w, t);
    const vproc = vprocOf(w, pma.node, f.pid);
    if (vproc === null) return goTo(w, t, 'ask the PM Master');
    vproc.references++;
    const { pid, operation } = f;
    const body = numbered(w, f, f.body);
    if (vproc.operations === 'stub') return rpc(w, t, vproc.capability, operation, { body });
    if (vproc.state !== 'active') return rpc(w, t, pma.service, operation, { body });
    t.code = 'KERN_SUCCESS';
    call(t, admission, {
      pid,
      operation,
      body,
      local: true,
      reply: NONE,
      names: [],
      arrivedOn: NONE,
      client: NONE,
    });
  }),
  step('look at the answer', (w, t, f) => {
    const vproc = vprocOf(w, t.node, f.pid);
    const local = t.result as Payload | null;
    f.answer = local ?? { code: t.code, body: t.body };
    if (vproc !== null && vproc.references > 0) vproc.references--;
    const code = f.answer.code ?? 'KERN_SUCCESS';
    if (code === FROZEN) return goTo(w, t, 'look up the vproc');
    if (isStale(code) && ++f.tries < MAXIMUM_TRIES) return;
    if (isStale(code)) f.answer = { code: 'ESRCH' };
    goTo(w, t, 'let the vproc go if nobody needs it');
  }),
  step('ask the PM Master', (w, t, f) => rpc(w, t, pmaOf(w, t).master, 'pmm.locate', { body: { pid: f.pid } })),
  step('put the vproc right', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') {
      f.answer = {
        code: t.code === 'zombie' ? 'KERN_SUCCESS' : fromMaster(t.code) === MASTER_DOWN ? MASTER_DOWN : 'ESRCH',
      };
      return goTo(w, t, 'let the vproc go if nobody needs it');
    }
    const pma = pmaOf(w, t);
    const { node } = t.body as { node: number };
    const vproc = vprocOf(w, pma.node, f.pid) ?? vprocAllocate(w, pma.node, f.pid);
    f.stale = NONE;
    if (vproc.operations === 'local') f.stale = t.names[0]!;
    else {
      f.stale = vproc.capability;
      becomeStub(vproc, node, t.names[0]!);
      if (!vproc.holders.includes(f.holder)) vproc.holders.push(f.holder);
      if (w.setup.watched)
        tell(w, 'vproc updated', pma.node, null, t.identity, `${f.pid} is at ${at(w.nodes, node).name}`);
    }
  }),
  step('give up the old capability', (w, t, f) => {
    if (f.stale !== NONE) kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name: f.stale } });
  }),
  step('try again', (w, t) => goTo(w, t, 'look up the vproc')),
  step('let the vproc go if nobody needs it', (w, t, f) => {
    const vproc = vprocOf(w, t.node, f.pid);
    if (vproc === null) return;
    // The process that it is for may have moved or ended meanwhile.
    const place = procOf(w, t.node, f.holder) === null ? vproc.holders.indexOf(f.holder) : -1;
    if (place >= 0) vproc.holders.splice(place, 1);
    if (!isUnused(vproc)) return;
    const name = vproc.capability;
    vprocFree(w, vproc);
    if (name !== NONE) kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('return', (_w, t, f) => finish(t, f.answer)),
]);

/** A process has left this node: the stubs that only it referred to go. Returns the capabilities to give up. */
export function releaseHolder(w: OsfWorld, node: number, pid: number): number[] {
  const capabilities: number[] = [];
  for (const vproc of w.vprocs.rows) {
    if (!vproc.live || vproc.node !== node) continue;
    const place = vproc.holders.indexOf(pid);
    if (place >= 0) vproc.holders.splice(place, 1);
    if (!isUnused(vproc)) continue;
    if (vproc.capability !== NONE) capabilities.push(vproc.capability);
    vprocFree(w, at(w.vprocs, vproc.id));
  }
  return capabilities;
}
