/**
 * The vocabulary of the stories about distributed memory: memory that tasks on several nodes share by a right to it, and
 * transcripts of what the kernels say to each other about its pages.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { at } from '../../simulator/base/table.ts';
import { COPY_SEND } from '../../simulator/mach/ipc/right.ts';
import { pageOf } from '../../simulator/mach/vm/object.ts';
import type { MemoryObject } from '../../simulator/xmm/memory-object.ts';
import type { Actor, Call, Cluster, Scripted } from '../mach/cluster.ts';
import { codes, memoryCluster, objectOf, region, vm, type MemoryOptions } from '../mach/vm/memory.ts';

export interface Sharing {
  readonly c: Cluster;
  /** One task a node; the first is on the home of the memory. */
  readonly tasks: readonly Actor[];
  /** Lets the task perform the calls, to the end; all must succeed. */
  readonly does: (task: number, ...calls: Call[]) => Scripted;
}

/** Nodes `n0`, `n1` ... with a task each, that all map the region `shared` of the first. */
export function sharing(nodes: number, pages: number, options: MemoryOptions = {}): Sharing {
  const names = Array.from({ length: nodes }, (_, i) => `n${i}`);
  const c = memoryCluster(options, ...names);
  const tasks = names.map((node) => c.task(node, `task@${node}`));
  const does = (task: number, ...calls: Call[]): Scripted => {
    const thread = tasks[task]!.thread(...calls);
    c.run();
    assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
    return thread;
  };
  const [home, ...others] = tasks as [Actor, ...Actor[]];
  const made = does(0, vm('vm_allocate', region('shared', pages)), vm('mach_make_memory_entry', { name: 'shared' }));
  const right = made.notes[1]!.names[0]!;
  others.forEach((other, i) => {
    const name = c.right(home, right, other);
    does(i + 1, mapping('shared', pages, name));
  });
  return { c, tasks, does };
}

/** Maps the memory object under the name. */
export function mapping(name: string, pages: number, right: number, more: object = {}): Call {
  return vm('vm_map', { ...region(name, pages), copy: false, ...more }, [{ name: right, disposition: COPY_SEND }]);
}

/** The account that the home of a task's region keeps. */
export function accountOf(c: Cluster, of: Actor, name = 'shared'): MemoryObject {
  return at(c.w.memoryObjects, objectOf(c, of, name).manager);
}

/** Per node what it may do with the page and what it has of it: `-`, `r` or `w`, and the version or nothing. */
export function states(s: Sharing, page: number, name = 'shared'): string {
  return s.tasks
    .map((task) => {
      const object = objectOf(s.c, task, name);
      const version = pageOf(object, page);
      const access = object.access === null ? 'w' : '-rw'[object.access[page]!]!;
      return `${access}${version >= 0 ? version : ''}`;
    })
    .join(' ');
}

/** Performs what is pending, and returns a line for everything that was told about pages. */
export function listen(c: Cluster): string[] {
  const lines: string[] = [];
  const start = c.w.time;
  while (c.step()) {
    for (const notice of c.w.notices) {
      if (notice.kind !== 'protocol' || !paging.has(notice.event)) continue;
      const time = ((c.w.time - start) / 1_000_000).toFixed(3).padStart(9);
      lines.push(`${time}  ${notice.node}  ${notice.event.padEnd(12)}  ${notice.text}`);
    }
  }
  return lines;
}

const paging: ReadonlySet<string> = new Set([
  ...['page fault', 'data request', 'data supply', 'lock request', 'data return', 'create copy', 'page out'],
]);

/** Compares the lines with those of the transcript of that name; UPDATE=1 writes it anew. */
export function compareTranscript(name: string, lines: readonly string[]): void {
  const path = new URL(`./transcripts/${name}.txt`, import.meta.url);
  const text = `${lines.join('\n')}\n`;
  if (process.env['UPDATE'] === '1' || !existsSync(path)) writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
}
