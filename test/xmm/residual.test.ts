// What a task still needs of every node: pages whose only valid copy, or whose pager, is there [3.5].
import assert from 'node:assert/strict';
import { read, write } from '../mach/vm/memory.ts';
import { at } from '../../simulator/base/table.ts';
import { BYTES_PER_PAGE } from '../../simulator/mach/vm/object.ts';
import { pagesByNode } from '../../simulator/xmm/residual.ts';
import { sharing } from './story.ts';

describe('the residual pages of a task by node [3.5]', () => {
  it('are where they were paged out to, if they are in no memory', () => {
    const s = sharing(2, 6);
    at(s.c.w.nodes, 0).memory = 2 * BYTES_PER_PAGE;
    s.does(0, ...[0, 1, 2, 3].map((page) => write('shared', page)));
    assert.ok(at(s.c.w.nodes, 0).residentPages <= 2);
    assert.deepEqual(pagesByNode(s.c.w, s.tasks[1]!.task), [4, 0]);
    s.does(1, write('shared', 0));
    assert.deepEqual(pagesByNode(s.c.w, s.tasks[0]!.task), [3, 1]);
  });

  it('are where their only valid copies are', () => {
    const s = sharing(3, 4);
    s.does(0, write('shared', 0), write('shared', 1));
    s.does(1, write('shared', 2));
    s.does(2, read('shared', 0));
    const of = (task: number): number[] => pagesByNode(s.c.w, s.tasks[task]!.task);
    assert.deepEqual(of(0), [2, 1, 0]);
    assert.deepEqual(of(1), [2, 1, 0]);
    assert.deepEqual(of(2), [1, 1, 1]);
    s.does(2, write('shared', 1), write('shared', 2), write('shared', 3));
    assert.deepEqual(of(2), [0, 0, 4]);
    assert.deepEqual(of(0), [1, 0, 3]);
  });
});
