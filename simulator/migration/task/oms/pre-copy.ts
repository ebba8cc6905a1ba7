/**
 * Pre-copy: the memory of a task that still runs is copied, in rounds [mechanisms 4.5; V].
 *
 * The first round takes all of it, each further one what was written during the one before. A round that finds only a
 * few pages is the last; so is the last that is allowed, for a task that writes faster than the network carries would
 * never be done. What is written after that is fetched when the task is frozen. If it comes to nothing, because the task
 * has ended meanwhile or cannot be frozen, whoever asked says so, and the copy is given up.
 */
import { at } from '../../../base/table.ts';
import type { Payload } from '../../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../../mach/kernel-call.ts';
import type { RegionInfo } from '../../../mach/kernel-services/memory-services.ts';
import { call, finish, goTo, routine, step } from '../../../mach/routine.ts';
import type { Request } from '../../../mach/server.ts';
import type { PreCopy } from '../../agent/pull.ts';
import { agentOf } from '../../agent/agent.ts';
import type { MigrationWorld } from '../../record.ts';
import { copyRegion, copying, type CopiedRegion } from './copy.ts';
import { giveUp, objectsOf } from './release.ts';

interface PreCopying extends Request {
  readonly body: PreCopy;
  /** Rounds done, index of the next region, and pages fetched in this round. */
  round?: number;
  index?: number;
  fetched?: number;
  code?: string;
}

export const preCopy = routine<MigrationWorld, PreCopying>('migration.pre_copy', 'copies memory of a running task', [
  step('begin a round', (w, t, f) => {
    f.round ??= 0;
    const { rounds, threshold } = f.body.how;
    const last = f.round === rounds || (f.round > 0 && f.fetched! <= threshold);
    f.index = 0;
    f.fetched = 0;
    f.code = 'KERN_SUCCESS';
    if (last) return goTo(w, t, 'give up the right to the task');
    f.round++;
  }),
  step('look at the next region', (w, t, f) => {
    kernelCall(w, t, f.names[0]!, 'vm_region', { body: { index: f.index!++ } });
  }),
  step('copy it', (w, t, f) => {
    if (t.code === 'KERN_NO_SPACE') return goTo(w, t, 'begin a round');
    if (t.code !== 'KERN_SUCCESS') return failed(w, t, f, t.code);
    const region = t.body as RegionInfo;
    if (region.shared) return goTo(w, t, 'look at the next region');
    const { migration } = f.body;
    call(t, copyRegion, copying({ migration, region, from: f.names[0]!, strategy: 'pre_copy', frozen: false }));
  }),
  step('go on with the next', (w, t, f) => {
    const { code, fetched } = t.result as CopiedRegion;
    f.fetched! += fetched;
    if (code !== 'KERN_SUCCESS') return failed(w, t, f, code);
    goTo(w, t, 'look at the next region');
  }),
  step('give up the right to the task', (w, t, f) => {
    kernelCall(w, t, agentOf(w, t)!.self, 'mach_port_deallocate', { body: { name: f.names[0]! } });
  }),
  step('give up what was copied in vain', (w, t, f) => {
    if (f.code === 'KERN_SUCCESS') return;
    const { migration } = f.body;
    call(t, giveUp, { objects: objectsOf(w, t.task, migration), migration });
  }),
  step('answer', (w, t, f) => {
    const { pages } = at(w.migrations, f.body.migration);
    finish(t, { code: f.code!, body: { pages: pages.before } } satisfies Payload);
  }),
]);

interface Forgetting extends Request {
  readonly body: { readonly migration: number };
}

/** The task does not move after all: what was copied of it is given up. */
export const forgetCopy = routine<MigrationWorld, Forgetting>('migration.forget', 'gives up a copy of memory', [
  step('give up its objects', (w, t, f) => {
    const { migration } = f.body;
    call(t, giveUp, { objects: objectsOf(w, t.task, migration), migration });
  }),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);

function failed(w: MigrationWorld, t: Parameters<typeof goTo>[1], f: PreCopying, code: string): void {
  f.code = code;
  goTo(w, t, 'give up the right to the task');
}
