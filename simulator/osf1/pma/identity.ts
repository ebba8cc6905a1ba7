/** getpid and getppid: the one is the PMA's own knowledge, the other the PM Master's, because parents change. */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { pmaOf } from './pma.ts';

export const pmaGetpid = routine<OsfWorld, ProcessCall>('pma.getpid', 'says who the calling process is', [
  step('answer', (_w, t, f) => finish(t, { body: { pid: f.pid } } satisfies Payload)),
]);

export const pmaGetppid = routine<OsfWorld, ProcessCall>('pma.getppid', 'says who the parent is', [
  step('ask the PM Master', (w, t, f) => rpc(w, t, pmaOf(w, t).master, 'pmm.parent', { body: { pid: f.pid } })),
  step('answer', (_w, t) => finish(t, { code: t.code, body: t.body } satisfies Payload)),
]);
