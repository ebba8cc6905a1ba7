/** A system call in the call stack: program, emulator, PMA, client stub, server stub or PM Master, one upon the other. */
import assert from 'node:assert/strict';
import { stack, step, type Simulation } from '../../simulator/engine/simulation.ts';
import { NULL_IMAGE, start } from '../osf1/lab.ts';

/** The causal stack of the only process of this name, from the program to what is going on now. */
function stackOf(sim: Simulation, name: string): string[] {
  const task = sim.world.tasks.rows.find((each) => each.live && each.name === name && each.pid > 0);
  const main = sim.world.threads.rows.find((each) => each.live && each.task === task?.id && each.name === 'main');
  if (main === undefined) return [];
  return stack(sim, main.identity)
    .map(({ node, name: routine }) => `${node} ${routine}`)
    .reverse();
}

/** Runs until this routine of this node is on the stack. */
function runUntilIn(sim: Simulation, name: string, frame: string): string[] {
  for (;;) {
    const frames = stackOf(sim, name);
    if (frames.includes(frame)) return frames;
    assert.ok(step(sim), `${frame} never was on the stack`);
  }
}

const toPma = [
  'master killer',
  'master emulator.kill',
  'master emulator.system call',
  'master pma.admission',
  'master pma.kill',
];

describe('the call stack of a system call', () => {
  const sim = start(`
    program target() { ${NULL_IMAGE} compute 20 s }
    program killer(pid: process) {
      ${NULL_IMAGE}
      for i in 1 .. 20 { kill(pid, SIGCHLD) compute 400 ms }
    }
    scenario "s" on lab {
      let a = spawn target() on source
      at 2 s
      let b = spawn killer(a) on master
      at 4 s
      let m = migrate a to dest
      wait b
    }
  `);

  it('goes from the program through emulator and PMA to the PM Master, which is asked where the process is [5.2]', () => {
    assert.deepEqual(runUntilIn(sim, 'killer', 'master pmm.locate'), [
      ...toPma,
      'master vproc.call',
      'master pmm.locate',
    ]);
  });

  it('goes through the client stub to the server stub of the PMA that has the process [paper 2.2]', () => {
    assert.deepEqual(runUntilIn(sim, 'killer', 'source vproc.signal'), [
      ...toPma,
      'master vproc.call',
      'source pma.admission',
      'source vproc.signal',
    ]);
  });

  it('ends at the PMA while its request waits in the queue of a frozen process [5.5]', () => {
    const pending = (): boolean => sim.world.vprocs.rows.some((each) => each.live && each.pending.length > 0);
    while (!pending()) assert.ok(step(sim));
    while (stackOf(sim, 'killer').at(-1) === 'source server') assert.ok(step(sim));
    assert.ok(pending());
    assert.deepEqual(stackOf(sim, 'killer'), [...toPma, 'master vproc.call']);
  });

  it('after the move goes to the PM Master again, then to the PMA that has the process now [paper 3.2 (e)]', () => {
    assert.ok(runUntilIn(sim, 'killer', 'master pmm.locate').includes('master vproc.call'));
    assert.deepEqual(runUntilIn(sim, 'killer', 'dest vproc.signal').slice(-2), [
      'dest pma.admission',
      'dest vproc.signal',
    ]);
  });
});
