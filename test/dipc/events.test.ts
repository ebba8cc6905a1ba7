// Every row of the table of kernel-to-kernel messages: it can be stopped at where it arrives, and it changes what the table
// says that it changes [mechanisms 2.14].
import assert from 'node:assert/strict';
import { CRASH, CUT, HEAL, REBOOT } from '../../simulator/base/event.ts';
import { kernelEvents } from '../../simulator/base/kernel-events.ts';
import { HOST_PRIVILEGED_PORT, hostPort } from '../../simulator/dipc/special-ports.ts';
import { isCut } from '../../simulator/dipc/world.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { requestDeadName } from '../../simulator/mach/ipc/entry.ts';
import { deallocate, destroyName } from '../../simulator/mach/ipc/release.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, copyin } from '../../simulator/mach/ipc/right.ts';
import { incarnationFor } from '../../simulator/mach/node.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import { READY, SENDING } from '../../simulator/mach/thread.ts';
import { kernel, millisecond, receive, send, sleep, type Call, type ClusterOptions } from '../mach/cluster.ts';
import { neighbours, type Neighbours } from './neighbours.ts';

const times = (count: number, call: Call): Call[] => Array.from({ length: count }, () => call);

/** What there was to see before and after the first event of a name. */
interface Seen {
  readonly before: unknown;
  readonly after: unknown;
}

/** Runs until nothing happens any more: what `see` saw around each kind of event that kernels told of. */
function watched({ c }: Neighbours, see: () => unknown): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (let before = see(); c.step(); before = see()) {
    for (const notice of c.w.notices)
      if (notice.kind === 'protocol' && !seen.has(notice.event)) seen.set(notice.event, { before, after: see() });
  }
  return seen;
}

interface Row {
  readonly events: readonly string[];
  readonly changes: string;
  readonly options?: ClusterOptions;
  /** Prepares everything, and says what is looked at; then the story runs to its end. */
  readonly story: (scene: Neighbours) => () => unknown;
  /** Of the first event. */
  readonly before: unknown;
  readonly after: unknown;
}

const rows: readonly Row[] = [
  {
    events: ['connect', 'connect reply'],
    changes: 'the queue',
    story({ actors, boxes, to }) {
      actors[1]!.thread(send(to[1]![0]!, 'm'));
      return () => actors[0]!.portOf(boxes[0]!).msgcount;
    },
    before: 0,
    after: 1,
  },
  {
    events: ['connect refused'],
    changes: 'what the sender waits for',
    story({ c, actors, to, state, uid }) {
      actors[1]!.thread(...times(5, send(to[1]![0]!, 'm')));
      c.run();
      actors[1]!.thread(send(to[1]![0]!, 'too many'));
      return () => state(1, uid(1, to[1]![0]!)).fullAt.length;
    },
    before: 0,
    after: 1,
  },
  {
    events: ['unblock port', 'unblock port reply', 'connect'],
    changes: 'who is refused (qf_count)',
    story({ c, actors, boxes, to, state, uid }) {
      actors[1]!.thread(...times(6, send(to[1]![0]!, 'm')));
      c.run();
      actors[0]!.thread(receive(boxes[0]!));
      return () => state(1, uid(1, to[1]![0]!)).fullAt.length;
    },
    before: 1,
    after: 0,
  },
  {
    events: ['request callback', 'connect refused'],
    changes: 'whom the node calls when it has buffers',
    options: { interconnect: { message_buffers: 1 } },
    story({ c, actors, to }) {
      actors[1]!.thread(...times(2, send(to[1]![0]!, 'm')));
      return () => c.w.nodes.rows[0]!.bufferCallers.length;
    },
    before: 0,
    after: 1,
  },
  {
    events: ['unblock node'],
    changes: 'the shortage at the proxy (rs_block)',
    options: { interconnect: { message_buffers: 1 } },
    story({ c, actors, boxes, to, state, uid }) {
      actors[1]!.thread(...times(2, send(to[1]![0]!, 'm')));
      c.run();
      actors[0]!.thread(receive(boxes[0]!));
      return () => state(1, uid(1, to[1]![0]!)).shortage;
    },
    before: 0,
    after: -1,
  },
  {
    events: ['pull message reply', 'pull message'],
    changes: 'where the body is',
    story({ c, actors, boxes, to }) {
      actors[1]!.thread(send(to[1]![0]!, 'large', { pages: 1 }));
      c.run();
      actors[0]!.thread(receive(boxes[0]!));
      const message = c.w.messages.rows.find(({ live }) => live)!;
      return () => message.live && message.bodyNode;
    },
    before: 1,
    after: -1,
  },
  {
    events: ['port probe reply', 'port probe'],
    changes: 'where the principal is believed to be (dest_node)',
    story({ actors, pass, state, uid }) {
      const p = actors[0]!.port('p');
      const far = pass(0, 2, p, MAKE_SEND);
      pass(0, 1, p, MOVE_RECEIVE);
      actors[2]!.thread(send(far, 'm'));
      return () => state(2, uid(2, far)).destination;
    },
    before: 0,
    after: 1,
  },
  {
    events: ['acquire transits', 'acquire transits reply'],
    changes: 'credits of the principal, and of the proxy when it is answered',
    story({ actors, to, pass, state, uid }) {
      const p = actors[0]!.port('p');
      const far = pass(0, 1, p, MAKE_SEND);
      const number = uid(0, p);
      // As if it had passed on all but one.
      state(1, number).transit = 1;
      state(0, number).transit = -1;
      actors[1]!.thread(send(to[1]![2]!, 'take', { rights: [{ name: far, disposition: COPY_SEND }] }));
      return () => [state(0, number).transit, state(1, number).transit];
    },
    before: [-1, 1],
    after: [-101, 1],
  },
  {
    events: ['yield transits'],
    changes: 'credits of the principal',
    story({ c, actors, pass, state, uid }) {
      const p = actors[0]!.port('p');
      const far = pass(0, 1, p, MAKE_SEND);
      deallocate(c.w, actors[1]!.task, far);
      const number = uid(0, p);
      return () => state(0, number).transit;
    },
    before: -100,
    after: 0,
  },
  {
    events: ['begin recv migrate', 'begin recv migrate reply'],
    changes: 'the flags on S',
    story({ actors, boxes, pass, post, copy, uid }) {
      const p = actors[0]!.port('p');
      pass(0, 2, p, MAKE_SEND);
      const number = uid(0, p);
      post(0, 1, p, MOVE_RECEIVE);
      actors[1]!.thread(receive(boxes[1]!));
      return () => copy(0, number)!.proxy;
    },
    before: false,
    after: true,
  },
  {
    events: ['migrate state'],
    changes: 'the numbers of the new principal',
    story({ actors, boxes, pass, post, copy, uid }) {
      const p = actors[0]!.port('p');
      pass(0, 2, p, MAKE_SEND);
      const number = uid(0, p);
      post(0, 1, p, MOVE_RECEIVE);
      actors[1]!.thread(receive(boxes[1]!));
      return () => copy(1, number)?.blocked;
    },
    before: true,
    after: false,
  },
  {
    events: ['send meta kmsg'],
    changes: "D's queue, and who has the handle",
    story({ c, actors, boxes, pass, post, copy, uid }) {
      const p = actors[0]!.port('p');
      const far = pass(0, 2, p, MAKE_SEND);
      const number = uid(0, p);
      actors[2]!.thread(send(far, 'large', { pages: 1 }));
      c.run();
      post(0, 1, p, MOVE_RECEIVE);
      actors[1]!.thread(receive(boxes[1]!));
      return () => copy(1, number)?.msgcount;
    },
    before: 0,
    after: 1,
  },
  {
    events: ['wakeup sender'],
    changes: 'a blocked thread',
    story({ actors, boxes, pass, post, state, uid }) {
      const p = actors[0]!.port('p');
      const far = pass(0, 2, p, MAKE_SEND);
      pass(0, 1, p, MAKE_SEND);
      const number = uid(0, p);
      post(0, 1, p, MOVE_RECEIVE);
      // The third node has heard already where the port will be.
      state(2, number).destination = 1;
      actors[1]!.thread(receive(boxes[1]!));
      const sender = actors[2]!.thread(sleep(millisecond), send(far, 'early'));
      return () => sender.row()?.state;
    },
    before: SENDING,
    after: READY,
  },
  {
    events: ['dn register'],
    changes: 'the table of dead-name requests',
    story({ c, actors, to, state, uid }) {
      const notices = actors[1]!.port('notices');
      const once = copyin(c.w, actors[1]!.task, notices, MAKE_SEND_ONCE)!.port;
      requestDeadName(c.w, actors[1]!.task, to[1]![0]!, true, once);
      return () => state(0, uid(1, to[1]![0]!)).registered;
    },
    before: [],
    after: [1],
  },
  {
    events: ['dn notify', 'dead-name'],
    changes: 'the active bit of the proxy',
    story({ c, actors, boxes, to }) {
      const notices = actors[1]!.port('notices');
      const once = copyin(c.w, actors[1]!.task, notices, MAKE_SEND_ONCE)!.port;
      requestDeadName(c.w, actors[1]!.task, to[1]![0]!, true, once);
      c.run();
      destroyName(c.w, actors[0]!.task, boxes[0]!);
      return () => actors[1]!.portOf(to[1]![0]!).active;
    },
    before: true,
    after: false,
  },
  {
    events: ['get special port reply', 'get special port'],
    changes: 'the table of ports of the node that asks',
    story({ c, actors }) {
      const service = actors[0]!.port('service');
      const [here, there] = [0, 1].map((node) =>
        bootRight(c.w, hostPort(c.w, node, node, HOST_PRIVILEGED_PORT), actors[node]!.task),
      ) as [number, number];
      const rights = [{ name: service, disposition: MAKE_SEND }];
      actors[0]!.thread(kernel(here, 'norma_set_special_port', { body: { which: 4 }, rights }));
      c.run();
      actors[1]!.thread(kernel(there, 'norma_get_special_port', { body: { node: 0, which: 4 } }));
      return () => c.w.ports.rows.filter(({ live, node, label }) => live && node === 1 && label === 'service').length;
    },
    before: 0,
    after: 1,
  },
  {
    events: ['node down', 'alive notify', 'boot'],
    changes: 'which incarnation of the node is talked to',
    story({ c }) {
      emitAt(c.w, c.w.time, CRASH, 0);
      emitAt(c.w, c.w.time + millisecond, REBOOT, 0);
      return () => incarnationFor(c.w.nodes.rows[1]!, 0);
    },
    before: 1,
    after: 2,
  },
  {
    events: ['partition'],
    changes: 'whether packets cross',
    story({ c }) {
      emitAt(c.w, c.w.time, CUT, 0, 1);
      emitAt(c.w, c.w.time + 2 * c.w.setup.prices.failure_detection, HEAL, 0);
      return () => isCut(c.w, 0, 1);
    },
    before: false,
    after: true,
  },
];

describe('kernel to kernel [2.14]', () => {
  for (const { events, changes, options, story, before, after } of rows) {
    it(`${events[0]!} changes ${changes}`, () => {
      const scene = neighbours(3, options);
      const seen = watched(scene, story(scene));
      for (const event of events) assert.ok(seen.has(event), event);
      const { before: was, after: is } = seen.get(events[0]!)!;
      assert.deepEqual([was, is], [before, after]);
    });
  }

  it('is all there is: every message between kernels is in this table', () => {
    const groups = ['messages', 'location', 'transit credits', 'receive right', 'dead names', 'flow control'];
    const all = kernelEvents.filter(({ group }) => groups.includes(group)).map(({ name }) => name as string);
    const known = rows.flatMap(({ events }) => events);
    assert.deepEqual(
      all.filter((name) => !known.includes(name) && name !== 'queue full'),
      [],
    );
  });
});
