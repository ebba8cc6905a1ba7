/**
 * The default pager: the server that anonymous memory is paged out to. There is one on every node, from the moment on
 * that the node is first short of memory; it has a paging object, a port, for each vm object that has given it a page.
 *
 * It answers the operations of any pager (`memory_object_data_request`, `memory_object_data_return`) on those ports,
 * makes one when the kernel asks for it, and forgets it when the kernel's right to it is gone. What a disk would cost is
 * left out: its prices are those of the messages.
 */
import { NONE, at } from '../../base/table.ts';
import { NO_SENDERS_NOTICE } from '../ipc/notify.ts';
import { answer, receive } from '../ipc/mach-msg.ts';
import type { Port } from '../ipc/port.ts';
import { MAKE_SEND, MAKE_SEND_ONCE, copyout, portAllocate, portSetAllocate } from '../ipc/right.ts';
import { moveMember } from '../ipc/port-set.ts';
import { SEND, lookup } from '../ipc/space.ts';
import { kernelCall } from '../kernel-call.ts';
import { call, goTo, routine, step } from '../routine.ts';
import { taskCreate, taskPort } from '../task.ts';
import { threadCreate, threadStart } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import type { DataSupply } from './page-in.ts';
import type { DataReturn } from './page-out.ts';

interface DefaultPager {
  /** Names of the port set that it receives on, and of its own task port. */
  readonly on: number;
  readonly self: number;
  /** Paging objects: name of the port, and the version of each page, NONE where there is none. */
  readonly stores: { readonly name: number; readonly versions: Int32Array }[];
  /** Name of a port that is being made, and the reply right that waits for it. */
  made: number;
  reply: number;
}

export const defaultPagerLoop = routine<MachWorld, DefaultPager>('default pager', 'keeps pages of anonymous memory', [
  step('receive', (w, t, f) => receive(w, t, f.on)),
  step('serve', (w, t, f) => {
    const store = f.stores.find(({ name }) => name === t.arrivedOn);
    switch (t.operation) {
      case 'default_pager_object_create': {
        const { size } = t.body as { readonly size: number };
        const task = at(w.tasks, t.task);
        f.reply = t.reply;
        f.made = portAllocate(w, task, 'paging object');
        moveMember(w, at(w.ports, lookup(task.space, f.made)!.port), at(w.ports, lookup(task.space, f.on)!.port));
        f.stores.push({ name: f.made, versions: new Int32Array(size).fill(NONE) });
        return goTo(w, t, 'hear of its end');
      }
      case 'memory_object_data_request': {
        const version = store?.versions[(t.body as { readonly page: number }).page] ?? NONE;
        const body: DataSupply = { version };
        if (version === NONE) answer(w, t, t.reply, { code: 'KERN_MEMORY_DATA_UNAVAILABLE' });
        else answer(w, t, t.reply, { body, pages: 1 });
        break;
      }
      case 'memory_object_data_return': {
        const { page, version } = t.body as DataReturn;
        if (store !== undefined) store.versions[page] = version;
        answer(w, t, t.reply);
        break;
      }
      case NO_SENDERS_NOTICE: {
        const { name } = t.body as { readonly name: number };
        const place = f.stores.findIndex((each) => each.name === name);
        if (place < 0) break;
        f.stores.splice(place, 1);
        goTo(w, t, 'receive');
        return kernelCall(w, t, f.self, 'mach_port_destroy', { body: { name } });
      }
    }
    goTo(w, t, 'receive');
  }),
  step('hear of its end', (w, t, f) => {
    const rights = [{ name: f.made, disposition: MAKE_SEND_ONCE }];
    const body = { name: f.made, variant: 'no-senders', sync: 1 };
    kernelCall(w, t, f.self, 'mach_port_request_notification', { body, rights });
  }),
  step('hand it out', (w, t, f) => {
    answer(w, t, f.reply, { rights: [{ name: f.made, disposition: MAKE_SEND }] });
    goTo(w, t, 'receive');
  }),
]);

/** The port of the node's default pager, which is started if there is none. */
export function defaultPagerOf(w: MachWorld, id: number): Port {
  const node = at(w.nodes, id);
  if (node.defaultPager !== NONE) return at(w.ports, node.defaultPager);
  const task = taskCreate(w, id, 'server', `default pager@${node.name}`, 0);
  const name = portAllocate(w, task, task.name);
  const port = at(w.ports, lookup(task.space, name)!.port);
  const on = portSetAllocate(w, task, `${task.name}.objects`);
  moveMember(w, port, at(w.ports, lookup(task.space, on)!.port));
  const own = taskPort(w, task);
  own.srights++;
  const self = copyout(w, task, { type: SEND, port: own.id });
  port.mscount++;
  port.srights++;
  port.kernelSends++;
  node.defaultPager = port.id;
  const t = threadCreate(w, task, task.name);
  call(t, defaultPagerLoop, { on, self, stores: [], made: NONE, reply: NONE } satisfies DefaultPager);
  threadStart(w, t);
  return port;
}
