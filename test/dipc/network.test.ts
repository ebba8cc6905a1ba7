// The network as a resource: who asked first transmits first, and waiting for the wire is waiting.
import assert from 'node:assert/strict';
import { WAITING } from '../../simulator/base/ledger.ts';
import { networks, type Interconnect } from '../../simulator/profiles/prices.ts';
import { clusterWith, millisecond, operations, receive, send, type Cluster, type Scripted } from '../mach/cluster.ts';

const oneWay = 3.75 * millisecond;
/** What a delivery of the paper's Ethernet needs of the wire. */
const wire = oneWay * 0.154;
const nodes = ['n0', 'n1', 'n2', 'n3'];

/** Who receives when: `ways` says from which node a null message goes to which, all sent at time 0. */
function arrivals(wiring: Interconnect['wiring'], ways: readonly (readonly [number, number])[], hop = 0) {
  const c = clusterWith({ interconnect: { wiring, hop } }, ...nodes);
  const receivers = ways.map(([from, to]) => {
    const server = c.task(nodes[to]!, 'server');
    const client = c.task(nodes[from]!, 'client');
    const on = server.port('service');
    client.thread(send(c.right(server, on, client), 'null'));
    return server.thread(receive(on));
  });
  c.run();
  return { c, times: receivers.map((each) => Math.round(each.notes[0]!.time - oneWay)) };
}

const waited = ({ w }: Cluster): number => w.ledger.rows[0]!.spent[WAITING]!;

describe('one segment for all nodes', () => {
  it('carries one transmission at a time, in the order of the requests', () => {
    const { times } = arrivals('shared', [
      [0, 1],
      [2, 3],
    ]);
    assert.deepEqual(times, [0, wire]);
  });

  it('makes the second wait, and says so in the ledger', () => {
    const alone = arrivals('shared', [[0, 1]]);
    const both = arrivals('shared', [
      [0, 1],
      [2, 3],
    ]);
    assert.equal(waited(alone.c), 0);
    assert.equal(waited(both.c), wire);
  });
});

describe('a switch', () => {
  it('lets two pairs of nodes talk at the same time', () => {
    const { times } = arrivals('switched', [
      [0, 1],
      [2, 3],
    ]);
    assert.deepEqual(times, [0, 0]);
  });

  it('has one way in to each node: two that send to the same one take turns', () => {
    const [first, second] = arrivals('switched', [
      [0, 3],
      [2, 3],
    ]).times;
    // The receiving processor takes them in one after the other anyway, which takes longer than the wire.
    assert.deepEqual([first, second! > wire], [0, true]);
  });

  it('has a way in and a way out at once: a node sends while it receives', () => {
    const { times } = arrivals('switched', [
      [0, 1],
      [1, 2],
    ]);
    assert.deepEqual(times, [0, 0]);
  });
});

describe('a mesh', () => {
  it('takes longer the more nodes a packet passes', () => {
    const hop = 1000;
    assert.deepEqual(arrivals('mesh', [[0, 1]], hop).times, [hop]);
    assert.deepEqual(arrivals('mesh', [[0, 3]], hop).times, [2 * hop]);
  });

  it('lets packets pass that share no link, and makes those take turns that do', () => {
    // n0 n1      0 -> 3 goes along the row and then down: it shares its first link with 0 -> 1, and none with 2 -> 3.
    // n2 n3
    const apart = arrivals('mesh', [
      [0, 1],
      [2, 3],
    ]);
    assert.deepEqual([apart.times, waited(apart.c)], [[0, 0], 0]);
    const shared = arrivals('mesh', [
      [1, 3],
      [0, 3],
    ]);
    assert.equal(shared.times[0], 0);
    assert.ok(waited(shared.c) > wire);
  });
});

describe('on every network', () => {
  for (const wiring of ['shared', 'switched', 'mesh'] as const) {
    it(`${wiring}: what one thread sends to one port arrives in order, large before small [I19]`, () => {
      const c = clusterWith({ interconnect: { wiring } }, ...nodes);
      const server = c.task('n3', 'server');
      const client = c.task('n0', 'client');
      const on = server.port('service');
      const to = c.right(server, on, client);
      client.thread(send(to, 'large', { bytes: 4096 }), send(to, 'small'), send(to, 'larger', { bytes: 8000 }));
      const taker: Scripted = server.thread(receive(on), receive(on), receive(on));
      c.run();
      assert.deepEqual(operations(taker), ['large', 'small', 'larger']);
    });
  }

  it('the profiles say which: one segment, a switch, a mesh', () => {
    const wirings = Object.values(networks).map(({ interconnect }) => interconnect.wiring);
    assert.deepEqual([...new Set(wirings)].sort(), ['mesh', 'shared', 'switched']);
  });
});
