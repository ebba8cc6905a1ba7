/**
 * The scene of the stories about distributed IPC: a task on each of so many nodes, each with a box to which all others
 * have a send right, and ways to look at the copies of a port.
 */
import { at } from '../../simulator/base/table.ts';
import { copyOn, distributedOf, type Distributed } from '../../simulator/dipc/distributed.ts';
import type { Port } from '../../simulator/mach/ipc/port.ts';
import {
  clusterWith,
  receive,
  send,
  type Actor,
  type Cluster,
  type ClusterOptions,
  type Scripted,
} from '../mach/cluster.ts';

export interface Neighbours {
  readonly c: Cluster;
  readonly actors: readonly Actor[];
  readonly boxes: readonly number[];
  /** Name in the space of the first of a right to the box of the second. */
  readonly to: readonly (readonly number[])[];
  /** One sends a right to another one, who receives it: its name there. */
  readonly pass: (from: number, to: number, name: number, disposition: number) => number;
  /** A message with the right is queued in the box of the other one. */
  readonly post: (from: number, to: number, name: number, disposition: number) => Scripted;
  readonly take: (node: number) => number;
  readonly uid: (node: number, name: number) => number;
  readonly copy: (node: number, uid: number) => Port | null;
  readonly state: (node: number, uid: number) => Distributed;
}

export function neighbours(count: number, options: ClusterOptions = {}): Neighbours {
  const nodes = Array.from({ length: count }, (_, i) => `n${i}`);
  const c = clusterWith(options, ...nodes);
  const actors = nodes.map((node) => c.task(node, `on-${node}`));
  const boxes = actors.map((each, i) => each.port(`box${i}`));
  const to = actors.map((from) => actors.map((each, i) => (each === from ? -1 : c.right(each, boxes[i]!, from))));
  const post = (from: number, target: number, name: number, disposition: number): Scripted => {
    const sender = actors[from]!.thread(send(to[from]![target]!, 'take', { rights: [{ name, disposition }] }));
    c.run();
    return sender;
  };
  const take = (node: number): number => {
    const taker = actors[node]!.thread(receive(boxes[node]!));
    c.run();
    return taker.notes[0]!.names[0]!;
  };
  const copy = (node: number, uid: number): Port | null => copyOn(c.w, node, uid);
  return {
    c,
    actors,
    boxes,
    to,
    post,
    take,
    pass(from, target, name, disposition) {
      post(from, target, name, disposition);
      return take(target);
    },
    uid: (node, name) => at(c.w.distributed, actors[node]!.portOf(name).dipc).uid,
    copy,
    state: (node, uid) => distributedOf(c.w, copy(node, uid)!),
  };
}

/** The flags of a copy, in the order of the table: proxy, forward, ms_block, ms_convert, migrate_wait. */
export function flagsOf(scene: Neighbours, node: number, uid: number): string {
  const port = scene.copy(node, uid)!;
  const { forward, convert, arriving } = scene.state(node, uid);
  return [port.proxy, forward, port.blocked, convert, arriving].map(Number).join('');
}
