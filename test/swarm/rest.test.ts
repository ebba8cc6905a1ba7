/** A world at rest is looked at with suspicion: what waits for another reason than the one that is given is found. */
import assert from 'node:assert/strict';
import { step } from '../../simulator/engine/simulation.ts';
import type { World } from '../../simulator/engine/world.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { NULL_IMAGE, start } from '../osf1/lab.ts';
import { unexplained } from './rest.ts';

const SOURCE = 1;
const PARENT = 2;
const CHILD = 3;

/** A process waits for its child, which has stopped. The operator, who would continue it, is said to be gone. */
function atRest(): World {
  const sim = start(`
    program p() { ${NULL_IMAGE} let c = fork { kill(getpid(), SIGSTOP) } wait c }
    scenario "s" on lab { let p = spawn p() on source wait p }
  `);
  while (step(sim));
  const { world } = sim;
  world.expectations.push({ text: '', line: 1, time: 0, held: true, actual: 'fault' });
  return world;
}

const isFound = (w: World, what: RegExp): boolean => unexplained(w).some((each) => what.test(each));

describe('the world at rest', () => {
  it('may have a process that waits for a stopped child, if nobody is left who would continue it', () => {
    const w = atRest();
    assert.ok(!isFound(w, /children|signals|main/));
    w.expectations.pop();
    assert.ok(isFound(w, /pid 3/));
  });

  for (const [what, act] of [
    ['has ended, and was reported', (w: World) => void procOf(w, SOURCE, PARENT)!.exited.push(CHILD)],
    ['has ended, and was not reported', (w: World) => void (masterEntryOf(w, CHILD)!.state = 'zombie')],
    ['is another one', (w: World) => void (procOf(w, SOURCE, PARENT)!.children = [])],
  ] as const) {
    it(`has none that waits for a child that ${what}`, () => {
      const w = atRest();
      act(w);
      assert.ok(isFound(w, /children of 2/));
    });
  }

  it('has no stopped process because of a node that failed and had nothing to do with it', () => {
    const w = atRest();
    w.expectations.pop();
    w.nodes.rows[3]!.failedAt = 1;
    masterEntryOf(w, CHILD)!.parent = 1;
    assert.ok(isFound(w, /pid 3/));
    Object.assign(masterEntryOf(w, PARENT)!, { state: 'zombie', lost: true });
    assert.ok(!isFound(w, /pid 3/));
  });
});
