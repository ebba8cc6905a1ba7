// What a receive right reports when its rights are on other nodes [mechanisms 1.13, 2.6, 2.7].
import assert from 'node:assert/strict';
import { enter } from '../../simulator/dipc/distributed.ts';
import type { ReceiveStatus } from '../../simulator/dipc/receive-status.ts';
import { deallocate } from '../../simulator/mach/ipc/release.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE } from '../../simulator/mach/ipc/right.ts';
import { cluster, kernel, receive, send } from '../mach/cluster.ts';

/** A port on the first of three nodes, and a box on each of the others that its rights can be sent to. */
function scene() {
  const c = cluster('n0', 'n1', 'n2');
  const actors = ['n0', 'n1', 'n2'].map((node) => c.task(node, node));
  const boxes = actors.map((each) => each.port('box'));
  const pass = (from: number, to: number, name: number, disposition: number): number => {
    const [source, target] = [actors[from]!, actors[to]!];
    source.thread(send(c.right(target, boxes[to]!, source), 'take', { rights: [{ name, disposition }] }));
    const taker = target.thread(receive(boxes[to]!));
    c.run();
    return taker.notes[0]!.names[0]!;
  };
  const status = (node: number, name: number): ReceiveStatus => {
    const self = c.kernelRight(actors[node]!, actors[node]!);
    const asker = actors[node]!.thread(kernel(self, 'mach_port_get_receive_status', { body: { name } }));
    c.run();
    return asker.notes[0]!.body as ReceiveStatus;
  };
  return { c, actors, boxes, pass, status, port: actors[0]!.port('p') };
}

describe('the status of a receive right whose rights are on other nodes [1.13]', () => {
  it('says that there are send rights until the last one is given up, wherever it is [2.7]', () => {
    const { c, actors, pass, status, port } = scene();
    assert.equal(status(0, port).srights, false);
    const first = pass(0, 1, port, MAKE_SEND);
    assert.equal(actors[0]!.portOf(port).srights, 0);
    assert.equal(status(0, port).srights, true);
    const second = pass(1, 2, first, COPY_SEND);
    deallocate(c.w, actors[1]!.task, first);
    c.run();
    assert.equal(status(0, port).srights, true);
    deallocate(c.w, actors[2]!.task, second);
    c.run();
    assert.equal(status(0, port).srights, false);
  });

  it('counts send-once rights there, in messages too [2.6]', () => {
    const { c, actors, boxes, pass, status, port } = scene();
    const once = pass(0, 1, port, MAKE_SEND_ONCE);
    assert.equal(status(0, port).sorights, 1);
    const right = { name: port, disposition: MAKE_SEND_ONCE };
    actors[0]!.thread(send(c.right(actors[2]!, boxes[2]!, actors[0]!), 'queued', { rights: [right] }));
    c.run();
    assert.equal(status(0, port).sorights, 2);
    deallocate(c.w, actors[1]!.task, once);
    c.run();
    assert.equal(status(0, port).sorights, 2, 'it has become a message: a notice in the queue');
  });

  it('moves with the receive right, which takes the counts along [2.8 step 6]', () => {
    const { pass, status, port } = scene();
    pass(0, 2, port, MAKE_SEND);
    pass(0, 2, port, MAKE_SEND_ONCE);
    const there = pass(0, 1, port, MOVE_RECEIVE);
    const { srights, sorights } = status(1, there);
    assert.deepEqual([srights, sorights], [true, 1]);
  });

  it('cannot say it of a port whose senders nobody counts, unless there is a send right at home [2.7]', () => {
    const { c, actors, status, port } = scene();
    enter(c.w, actors[0]!.portOf(port)).counted = false;
    assert.equal(status(0, port).srights, null);
    c.right(actors[0]!, port, actors[0]!);
    assert.equal(status(0, port).srights, true);
  });
});
