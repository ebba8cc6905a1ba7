/**
 * Stories about the memory of a task that moves: four strategies, and a server that is the pager [mechanisms 4.5].
 */
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { objectCreate, setPage } from '../../simulator/mach/vm/object.ts';
import { regionAdd, regionNamed } from '../../simulator/mach/vm/region.ts';
import { touch } from '../../simulator/mach/vm/fault.ts';
import { memoryWritten } from '../../simulator/mach/vm/memory.ts';
import { compute, millisecond, sleep, type Actor, type Call } from '../mach/cluster.ts';
import { lab, type Lab } from './move.ts';

const NODES = ['store', 'source', 'destination'];
const PAGES = 40;

/** Memory of the task, every page of it written once. */
function memory(c: Lab, { task }: Actor, pages = PAGES): void {
  const object = objectCreate(c.w, task.node, 'data', 'anonymous', pages);
  const region = regionAdd(c.w, task, object, { name: 'data', pages, protection: 'rw-', inheritance: 'copy' });
  for (let page = 0; page < pages; page++) {
    const version = ++c.w.writes;
    setPage(c.w, object, page, version);
    memoryWritten(c.w, region.memory, page, version);
  }
}

/** Reads or writes a page, and again until it is there. */
function use(page: number, write = false): Call[] {
  const look: Call = (w, t) => {
    const region = regionNamed(w, at(w.tasks, t.task), 'data')!;
    const touched = touch(w, t, region, page, write);
    assert.ok(touched === 'present' || touched === 'wait', touched);
  };
  return [look, look, look, look];
}

const reads = (pages: readonly number[]): Call[] => pages.flatMap((page) => use(page));
const every = Array.from({ length: PAGES }, (_, page) => page);

describe('a server that is the pager of the task that it moves', () => {
  for (const strategy of ['copy_on_reference', 'eager', 'flush', 'pre_copy'] as const) {
    it(`by ${strategy} gives the task what it had written, page by page [T5]`, () => {
      const c = lab(NODES);
      const moved = c.task('source', 'moved');
      memory(c, moved);
      moved.thread(sleep(2000 * millisecond), compute(1), ...reads(every));
      c.run(10 * millisecond);
      const m = c.move(moved, 'destination', { using: 'oms', strategy });
      c.run();
      assert.equal(m.outcome, 'done', m.reason);
      assert.equal(m.pages.before + m.pages.frozen, strategy === 'copy_on_reference' ? 0 : PAGES);
    });
  }
});
