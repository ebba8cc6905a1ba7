/**
 * The migration server as an external pager: kernels ask it for the pages of the tasks that it has moved
 * [mechanisms 3.1, 4.5].
 *
 *   memory_object_data_request   it reads the page in its own memory, which may fetch it from the old home; a page that
 *                                nobody has written is the kernel's to fill with zeros
 *   memory_object_data_return    it keeps the page
 *   no senders                   nobody maps the object any more: it is given up, with the memory behind it
 *
 * All faults of the task go through this server, wherever the task is. If the server fails, pages that were not asked
 * for are lost.
 */
import { NONE, at } from '../../../base/table.ts';
import { answer, receive } from '../../../mach/ipc/mach-msg.ts';
import { NO_SENDERS_NOTICE } from '../../../mach/ipc/notify.ts';
import { kernelCall } from '../../../mach/kernel-call.ts';
import type { PageContents } from '../../../mach/kernel-services/memory-contents.ts';
import { call, goTo, routine, step } from '../../../mach/routine.ts';
import { isWaitingOn, threadCreate, threadStart, type Thread } from '../../../mach/thread.ts';
import { threadsOf } from '../../../mach/task-threads.ts';
import type { DataSupply } from '../../../mach/vm/page-in.ts';
import { agentOf, type Agent } from '../../agent/agent.ts';
import type { MigrationWorld } from '../../record.ts';
import { objectOn } from './object.ts';
import { giveUp } from './release.ts';

interface Paging {
  readonly on: number;
  reply: number;
  object: number;
}

export const pagerLoop = routine<MigrationWorld, Paging>('oms.pager', 'supplies pages of tasks that have moved', [
  step('receive a request', (w, t, f) => receive(w, t, f.on)),
  step('look in its own memory', (w, t, f) => {
    const object = objectOn(w, t.task, t.arrivedOn);
    if (t.operation === '' || object === null) return goTo(w, t, 'receive a request');
    growPool(w, t, f.on);
    f.reply = t.reply;
    f.object = object.id;
    const { self } = agentOf(w, t)!;
    if (t.operation === NO_SENDERS_NOTICE) {
      goTo(w, t, 'receive a request');
      return call(t, giveUp, { objects: [object.id], migration: object.migration });
    }
    const { page, version } = t.body as { page: number; version?: number };
    const pages = [page];
    if (t.operation === 'memory_object_data_return') {
      if (!object.pages.includes(page)) object.pages.push(page);
      return kernelCall(w, t, self, 'vm_write', { body: { name: object.own, pages, versions: [version!] } });
    }
    if (!object.pages.includes(page)) return goTo(w, t, 'it has no such page');
    kernelCall(w, t, self, 'vm_read', { body: { name: object.own, pages } });
  }),
  step('answer', (w, t, f) => {
    const reply = f.reply;
    f.reply = NONE;
    goTo(w, t, 'receive a request');
    const versions = (t.body as PageContents | null)?.versions;
    if (t.code !== 'KERN_SUCCESS' || versions === undefined) return answer(w, t, reply, { code: t.code });
    answer(w, t, reply, { body: { version: versions[0]! } satisfies DataSupply, pages: 1 });
  }),
  step('it has no such page', (w, t, f) => {
    const reply = f.reply;
    f.reply = NONE;
    goTo(w, t, 'receive a request');
    answer(w, t, reply, { code: 'KERN_MEMORY_DATA_UNAVAILABLE' });
  }),
]);

export function pagerThread(w: MigrationWorld, agent: Agent): void {
  const task = at(w.tasks, agent.task);
  const t = threadCreate(w, task, `${task.name}.pager`);
  call(t, pagerLoop, { on: agent.objects, reply: NONE, object: NONE } satisfies Paging);
  threadStart(w, t);
}

/** One thread always waits: a page that must be fetched from afar does not hold up the others. */
function growPool(w: MigrationWorld, t: Thread, on: number): void {
  for (const each of threadsOf(w, at(w.tasks, t.task))) if (isWaitingOn(each, on)) return;
  pagerThread(w, agentOf(w, t)!);
}
