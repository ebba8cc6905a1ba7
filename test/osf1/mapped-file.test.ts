/**
 * Stories about files that are mapped: the file server is their pager, and what is written through a mapping comes back to
 * it [3.1, file pager].
 */
import assert from 'node:assert/strict';
import { NONE, at, take } from '../../simulator/base/table.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { serve } from '../../simulator/mach/server.ts';
import { taskPort } from '../../simulator/mach/task.ts';
import { BYTES_PER_PAGE } from '../../simulator/mach/vm/object.ts';
import { dataRoutines } from '../../simulator/osf1/file-server/data.ts';
import { fileAllocate, type File } from '../../simulator/osf1/file-server/file.ts';
import { FILE_READ, FILE_WRITE } from '../../simulator/osf1/file-server/open.ts';
import { handleAllocate } from '../../simulator/osf1/file-server/handle.ts';
import { filePager } from '../../simulator/osf1/file-server/pager.ts';
import type { Routine } from '../../simulator/mach/routine.ts';
import { rpc, type Actor, type Call, type Cluster } from '../mach/cluster.ts';
import { codes, found, memoryCluster, read, vm, write } from '../mach/vm/memory.ts';
import { mapping } from '../xmm/story.ts';

const SIZE = 4 * BYTES_PER_PAGE;

interface Disk {
  readonly c: Cluster;
  readonly file: File;
  /** A task on the node that maps the whole file, shared. */
  readonly maps: (node: string, pages?: number) => Actor;
}

/** A file server on the first node, with one open file. */
function disk(...nodes: string[]): Disk {
  const c = memoryCluster({ routines: [...dataRoutines, ...filePager.map(([, each]) => each)] }, ...nodes);
  const services = c.w.setup.services as Map<string, Routine>;
  for (const [operation, each] of filePager) services.set(operation, each);
  const server = c.task(nodes[0]!, 'file server');
  const [service, open] = [server.port('service'), server.port('/data')];
  const set = server.portSet(service, open);
  const self = bootRight(c.w, taskPort(c.w, server.task), server.task);
  const names = { self, service, set, root: NONE, home: NONE, terminal: NONE, peers: [], interrupts: [] };
  const of = { node: server.task.node, task: server.task.id, directory: '/' };
  const { id } = take(c.w.fileServers, (row) => ({ id: row, live: true, ...of, ...names }));
  const file = fileAllocate(c.w, id, 'file', SIZE);
  const handle = handleAllocate(c.w, file.id, id);
  Object.assign(handle, { port: open, flags: FILE_READ | FILE_WRITE });
  serve(c.w, server.task, set);
  return {
    c,
    file,
    maps(node, pages = 4) {
      const user = c.task(node, `user@${node}`);
      const asked = user.thread(rpc(c.right(server, open, user), 'file.map'));
      c.run();
      fine(c, user, mapping('data', pages, asked.notes[0]!.names[0]!));
      return user;
    },
  };
}

function fine(c: Cluster, actor: Actor, ...calls: Call[]): void {
  const thread = actor.thread(...calls);
  c.run();
  assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
}

describe('a file that is mapped', () => {
  it('by tasks on two nodes is one memory: each reads what the other has written [X1, X6]', () => {
    const { c, maps, file } = disk('server', 'one', 'two');
    const [one, two] = [maps('one'), maps('two')];
    fine(c, one, read('data', 0), write('data', 1));
    fine(c, two, read('data', 1), write('data', 0), write('data', 2));
    fine(c, one, read('data', 0), read('data', 2));
    assert.deepEqual(file.versions, []);
  });

  it('gets back what was written when the last mapping goes, and gives it to whoever maps it next', () => {
    const { c, maps, file } = disk('server', 'one', 'two');
    const one = maps('one');
    fine(c, one, write('data', 1), write('data', 3), read('data', 2));
    const written = found(c, one, 'data', 1);
    fine(c, one, vm('vm_deallocate', { name: 'data' }));
    assert.deepEqual(file.versions, [0, written, 0, written + 1]);
    assert.ok(c.w.objects.rows.every((each) => !each.live));
    const two = maps('two');
    fine(c, two, read('data', 0), read('data', 1), read('data', 3));
    assert.deepEqual([found(c, two, 'data', 1), found(c, two, 'data', 0)], [written, 0]);
  });

  it('gets it back too when its mapper ends, on the node of the server as elsewhere', () => {
    for (const node of ['server', 'one']) {
      const { c, maps, file } = disk('server', 'one');
      const user = maps(node);
      fine(c, user, write('data', 0));
      user.thread(vm('task_terminate', {}));
      c.run();
      assert.deepEqual(file.versions, [1]);
    }
  });

  it('gets pages back when memory is short where it is mapped, and supplies them again', () => {
    const { c, maps, file } = disk('server', 'one');
    const user = maps('server');
    at(c.w.nodes, 0).memory = 2 * BYTES_PER_PAGE;
    fine(c, user, ...[0, 1, 2, 3].map((page) => write('data', page)));
    assert.ok(file.versions.includes(1));
    fine(c, user, ...[0, 1, 2, 3].map((page) => read('data', page)));
  });

  it('is zeros beyond its end, until somebody writes there', () => {
    const { c, maps, file } = disk('server', 'one');
    const user = maps('one', 6);
    fine(c, user, read('data', 4), write('data', 5));
    assert.equal(found(c, user, 'data', 4), 0);
    fine(c, user, vm('vm_deallocate', { name: 'data' }));
    const next = maps('one', 6);
    fine(c, next, read('data', 5), read('data', 4));
    assert.deepEqual(file.versions, [0, 0, 0, 0, NONE, 1]);
  });
});
