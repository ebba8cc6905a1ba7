/**
 * What a migration server does for another one: it keeps the memory of a region that is flushed to its node, and answers
 * for it as the pager of whoever maps it from now on [mechanisms 4.5, flush].
 */
import { at } from '../../../base/table.ts';
import type { Payload } from '../../../mach/ipc/mach-msg.ts';
import { MAKE_SEND } from '../../../mach/ipc/right.ts';
import { kernelCall } from '../../../mach/kernel-call.ts';
import type { RegionInfo } from '../../../mach/kernel-services/memory-services.ts';
import { call, finish, routine, step } from '../../../mach/routine.ts';
import type { Request } from '../../../mach/server.ts';
import { agentOf } from '../../agent/agent.ts';
import type { MigrationWorld } from '../../record.ts';
import { copyRegion, copying, type CopiedRegion } from './copy.ts';
import { giveUp } from './release.ts';

/** Body of `migration.keep`. The right to the old task's kernel port comes along. */
export interface Keep {
  readonly migration: number;
  readonly region: RegionInfo;
}

interface Keeping extends Request {
  readonly body: Keep;
  code?: string;
  object?: number;
}

export const keepRegion = routine<MigrationWorld, Keeping>('migration.keep', 'keeps the memory of a region', [
  step('take it from the source', (_w, t, f) => {
    const { migration, region } = f.body;
    call(t, copyRegion, copying({ migration, region, from: f.names[0]!, strategy: 'flush', frozen: true }));
  }),
  step('give up the right to the task', (w, t, f) => {
    const { code, object } = t.result as CopiedRegion;
    Object.assign(f, { code, object });
    kernelCall(w, t, agentOf(w, t)!.self, 'mach_port_deallocate', { body: { name: f.names[0]! } });
  }),
  step('give up what could not be taken', (_w, t, f) => {
    if (f.code !== 'KERN_SUCCESS') call(t, giveUp, { objects: [f.object!], migration: f.body.migration });
  }),
  step('answer with a right to the object', (w, t, f) => {
    if (f.code !== 'KERN_SUCCESS') return finish(t, { code: f.code! } satisfies Payload);
    const rights = [{ name: at(w.omsObjects, f.object!).name, disposition: MAKE_SEND }];
    finish(t, { rights } satisfies Payload);
  }),
]);
