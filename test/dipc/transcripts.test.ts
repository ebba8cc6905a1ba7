// What the kernels say to each other, packet by packet, in the stories of mechanisms 2.5 to 2.12. The expected text of
// each is test/dipc/transcripts/NAME.txt, and meant to be read beside the section that it is named after.
import { requestDeadName } from '../../simulator/mach/ipc/entry.ts';
import { deallocate, destroyName } from '../../simulator/mach/ipc/release.ts';
import { requestNoSenders } from '../../simulator/mach/ipc/requests.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, copyin } from '../../simulator/mach/ipc/right.ts';
import {
  clusterWith,
  receive,
  rpc,
  send,
  type Actor,
  type Call,
  type Cluster,
  type ClusterOptions,
} from '../mach/cluster.ts';
import { expectTranscript, told } from './transcript.ts';

interface Scene {
  readonly c: Cluster;
  readonly actors: readonly Actor[];
  readonly boxes: readonly number[];
  /** Name in the first actor's space of a right to the box of the second. */
  readonly to: readonly (readonly number[])[];
}

/** An actor on each of so many nodes, each with a box to which all others have a right. */
function neighbours(count: number, options: ClusterOptions = {}): Scene {
  const nodes = ['n0', 'n1', 'n2', 'n3'].slice(0, count);
  const c = clusterWith(options, ...nodes);
  const actors = nodes.map((node) => c.task(node, `on-${node}`));
  const boxes = actors.map((each, i) => each.port(`box${i}`));
  const to = actors.map((from) => actors.map((each, i) => (each === from ? -1 : c.right(each, boxes[i]!, from))));
  return { c, actors, boxes, to };
}

/** One actor sends a right to another one, who receives it; its name there. */
function pass({ c, actors, boxes, to }: Scene, from: number, target: number, name: number, disposition: number) {
  actors[from]!.thread(send(to[from]![target]!, 'take', { rights: [{ name, disposition }] }));
  const taker = actors[target]!.thread(receive(boxes[target]!));
  const lines = told(c);
  return { name: taker.notes[0]!.names[0]!, lines };
}

const times = (count: number, call: Call): Call[] => Array.from({ length: count }, () => call);

describe('packet by packet', () => {
  it('2.8: a receive right moves with its queue, a blocked sender and a stale third node', () => {
    const scene = neighbours(3);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const own = c.right(actors[0]!, p, actors[0]!);
    const far = c.right(actors[0]!, p, actors[2]!);
    actors[0]!.thread(...times(3, send(own, 'queued')), send(own, 'large', { pages: 2 }), send(own, 'last'));
    c.run();
    actors[0]!.thread(send(own, 'blocked here'));
    actors[2]!.thread(send(far, 'refused'));
    const full = told(c);
    const moved = pass(scene, 0, 1, p, MOVE_RECEIVE);
    actors[1]!.thread(...times(7, receive(moved.name)));
    const read = told(c);
    actors[2]!.thread(send(far, 'straight'));
    actors[1]!.thread(receive(moved.name));
    expectTranscript('2.8-receive-right-migration', [
      ['the queue is full: a sender waits on n0, and n2 is refused', full],
      ['n1 receives the right', moved.lines],
      ['n1 receives what came along, and what followed', read],
      ['n2 knows where the port is now', told(c)],
    ]);
  });

  it('2.10: a full queue and a node without buffers', () => {
    const scene = neighbours(3);
    const { c, actors, boxes, to } = scene;
    for (const i of [1, 2]) for (let k = 0; k < 2; k++) actors[i]!.thread(...times(3, send(to[i]![0]!, 'm')));
    const full = told(c);
    actors[0]!.thread(...times(12, receive(boxes[0]!)));
    const room = told(c);
    const tight = neighbours(2, { interconnect: { message_buffers: 1 } });
    tight.actors[1]!.thread(...times(2, send(tight.to[1]![0]!, 'm')));
    const short = told(tight.c);
    tight.actors[0]!.thread(receive(tight.boxes[0]!));
    expectTranscript('2.10-flow-control', [
      ['six messages from n1 and six from n2 for a queue of five', full],
      ['all are received: the nodes are called back in turn', room],
      ['a node with one buffer, and two messages', short],
      ['the first is received', told(tight.c)],
    ]);
  });

  it('2.7: a right passed on, and no senders', () => {
    const scene = neighbours(3);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const notices = actors[0]!.port('notices');
    const one = pass(scene, 0, 1, p, MAKE_SEND);
    const port = actors[0]!.portOf(p);
    requestNoSenders(c.w, port, 0, copyin(c.w, actors[0]!.task, notices, MAKE_SEND_ONCE)!.port);
    let two = pass(scene, 1, 2, one.name, COPY_SEND);
    for (let i = 0; i < 7; i++) two = pass(scene, 1, 2, one.name, COPY_SEND);
    actors[0]!.thread(receive(notices));
    deallocate(c.w, actors[1]!.task, one.name);
    const first = told(c);
    destroyName(c.w, actors[2]!.task, two.name);
    expectTranscript('2.7-no-senders', [
      ['n0 gives n1 a right', one.lines],
      ['n1 has passed it on seven times, keeping half of its credits; now it buys new ones', two.lines],
      ['n1 gives up its own', first],
      ['n2 gives up what it has', told(c)],
    ]);
  });

  it('2.9: a chain of forwarding proxies is paid for once', () => {
    const scene = neighbours(4);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const far = c.right(actors[0]!, p, actors[3]!);
    const onOne = pass(scene, 0, 1, p, MOVE_RECEIVE).name;
    const onTwo = pass(scene, 1, 2, onOne, MOVE_RECEIVE).name;
    actors[2]!.thread(receive(onTwo), receive(onTwo));
    actors[3]!.thread(send(far, 'first'));
    const first = told(c);
    actors[3]!.thread(send(far, 'second'));
    expectTranscript('2.9-forwarding-and-probe', [
      ['n3 believes the port on n0; it has moved to n1, and on to n2', first],
      ['n3 sends again', told(c)],
    ]);
  });

  it('2.11: a death is told to who asked, along the chain', () => {
    const scene = neighbours(4);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const [asks, quiet] = [3, 2].map((i) => c.right(actors[0]!, p, actors[i]!));
    const onOne = pass(scene, 0, 1, p, MOVE_RECEIVE).name;
    const notices = actors[3]!.port('notices');
    const to = copyin(c.w, actors[3]!.task, notices, MAKE_SEND_ONCE)!.port;
    requestDeadName(c.w, actors[3]!.task, asks!, true, to);
    actors[3]!.thread(receive(notices));
    const asked = told(c);
    destroyName(c.w, actors[1]!.task, onOne);
    const died = told(c);
    actors[2]!.thread(send(quiet!, 'anybody?'));
    expectTranscript('2.11-dead-names', [
      ['n3 asks to be told; it believes the port on n0, and it has moved to n1', asked],
      ['the port dies on n1', died],
      ['n2 did not ask, and learns of it with its next message', told(c)],
    ]);
  });

  it('2.5: a placeholder, and its body when it is received', () => {
    const scene = neighbours(3);
    const { c, actors, boxes, to } = scene;
    actors[1]!.thread(send(to[1]![0]!, 'pages', { pages: 2 }));
    const sent = told(c);
    actors[0]!.thread(receive(boxes[0]!));
    const pulled = told(c);
    const p = actors[0]!.port('p');
    const far = c.right(actors[0]!, p, actors[2]!);
    actors[2]!.thread(send(far, 'pages', { pages: 1 }));
    c.run();
    const moved = pass(scene, 0, 1, p, MOVE_RECEIVE);
    actors[1]!.thread(receive(moved.name));
    const straight = told(c);
    actors[1]!.thread(rpc(to[1]![0]!, 'small'));
    expectTranscript('2.5-meta-message', [
      ['n1 sends two pages', sent],
      ['n0 receives them', pulled],
      ['a placeholder from n2 moves from n0 to n1 with its port', moved.lines],
      ['its body comes straight from n2', straight],
      ['a small body travels with its message', told(c)],
    ]);
  });
});
