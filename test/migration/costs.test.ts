/**
 * What moving a task costs, taken from runs: the slopes of mechanisms 7.4.
 */
import assert from 'node:assert/strict';
import { KERNEL_CALLS, REMOTE_MESSAGES, REMOTE_RIGHTS } from '../../simulator/base/ledger.ts';
import { at } from '../../simulator/base/table.ts';
import { NULL_TASK, measure, type Content, type Measured } from './null-task.ts';

/** Milliseconds that one thing more takes. */
function slope(content: Content, count: number, without: Content = {}): number {
  return (measure(content).time - measure(without).time) / count;
}

function near(actual: number, model: number): void {
  assert.ok(Math.abs(actual - model) <= model * 0.05, `${actual} ms, and the model has ${model} ms`);
}

// Table 2 in milliseconds, by the names of mechanisms 7.2.
const { K, cL, R, cR, KB } = { K: 0.54, cL: 0.35, R: 7.5, cR: 1.3, KB: 5.55 };

/** A receive right moves: begin; its answer and the state of the port, the second as soon as the processor is done with the first. */
const MOVES = (3 * R) / 2 - 0.577 * (R / 2);

describe('what a task costs that moves, by the messages of 7.4', () => {
  it('a send right: get_refs, extract, insert', () => {
    near(slope({ sends: 4 }, 4), R + (R + cR) + (K + cL));
  });

  it('a receive right: status, extract, the messages of 2.8, insert, attributes, its request', () => {
    const perRight = slope({ receives: 4 }, 4, { receives: 0 });
    near(perRight, R + (R + cR) + R + R + K + K + R);
    // Exactly, for a port that is in use: to lift the request is a call to the source, and to ask again one here, like the two
    // counts and the set (4.3). Of the three messages of 2.8 two cross the network together, where 7.4 has two RPCs.
    const lifted = R + cR;
    const here = K + cL + 4 * K + (K + cL);
    assert.ok(Math.abs(perRight - (R + (R + cR) + MOVES + lifted + here + KB / 128)) < 1e-4, `${perRight} ms`);
  });

  it('a thread: abort, state, its ports, its kernel port, five local calls; its husk ends with the task', () => {
    const perThread = slope({ threads: 4 }, 4);
    near(perThread, R + (R + KB / 8) + (R + 2 * cR) + (R + cR) + R + 5 * K);
    // Exactly: no call of its own ends the husk (7.4 has one), but the receive right of the kernel port moves like any other,
    // with three messages of which two cross the network together [2.8]. The fifth local call, with which the agent gives its
    // name up, comes when the task has moved.
    const calls = R + (R + KB / 8) + (R + cR) + (R + cR);
    const listed = cR;
    assert.ok(Math.abs(perThread - (calls + listed + MOVES + 4 * K + 2 * cL)) < 1e-6, `${perThread} ms`);
  });

  it('a region: vm_region, the import of its object, three local calls, entering it', () => {
    const imported = 3.09 + (R + 2 * cR) + 11.4;
    near(slope({ regions: 4 }, 4), imported + (R + 0.05 * KB) + 3 * K + 3);
  });

  it('a shadow level: get_shadow, lookup, init; what it shadows is an object of its own, with its own account [3.1]', () => {
    const perLevel = slope({ regions: 4, shadows: 4 }, 4, { regions: 4 });
    const messages = R + cR + (R + 2 * cR) + (R + 3 * cR);
    assert.ok(Math.abs(messages - 30.3) < 1e-6);
    // Exactly: the same three messages between the nodes as in 7.3, and a pager of its own for the import (a kernel call, an
    // RPC on the node, its rights), which 7.3 counts for the first object of a region alone; and a name that is given up.
    const localRpc = 0.75;
    assert.ok(Math.abs(perLevel - (messages + 2 * K + localRpc + 6 * cL)) < 1e-6, `${perLevel} ms`);
  });

  it('the null task: 1240 ms', () => near(measure(NULL_TASK).time, 1240));

  it('moved by the kernel: the same messages, and no call into its own kernel [4.5]', () => {
    const [sms, inKernel] = [measure(NULL_TASK), measure(NULL_TASK, {}, { using: 'in_kernel' })];
    const counts = ({ c, m }: Measured, column: number): number => at(c.w.ledger, m.activity).counts[column]!;
    assert.equal(counts(inKernel, REMOTE_MESSAGES), counts(sms, REMOTE_MESSAGES));
    assert.equal(counts(inKernel, REMOTE_RIGHTS), counts(sms, REMOTE_RIGHTS));
    assert.ok(counts(inKernel, KERNEL_CALLS) < counts(sms, KERNEL_CALLS) / 4);
    assert.ok(inKernel.time < sms.time && inKernel.time > 0.9 * sms.time, `${inKernel.time} ms of ${sms.time} ms`);
  });
});
