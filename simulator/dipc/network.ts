/**
 * The network between the nodes is a resource: a packet waits for its turn on the wire.
 *
 *   shared      one segment; one transmission at a time, in the order in which the processors were done with them
 *   switched    a link from each node to a switch, in both directions at once: a packet needs its sender's way out and
 *               its receiver's way in
 *   mesh        nodes in rows; a packet goes along the row and then along the column, and holds every link of its way
 *               until its tail has passed (wormhole routing)
 *
 * `w.links` holds the time at which each link is free again. Two packets from one node to another share their first
 * link, so they arrive in the order in which they left [I19]. Collisions and priorities are left out: who asked first,
 * transmits first.
 */
import type { DipcWorld } from './world.ts';

/** Links of a node: on a mesh one to each neighbour; at a switch one out and one in. */
const linksPerNode = 4;
const east = 0;
const west = 1;
const south = 2;
const north = 3;
const outLink = 0;
const inLink = 1;

/** Reserves the way of a packet that needs the wire for so long, and returns the time of its arrival. */
export function cross(w: DipcWorld, from: number, to: number, wire: number): number {
  const { wiring } = w.setup.interconnect;
  if (from === to) return w.time + wire;
  if (wiring === 'shared') return hold(w, 0, w.time, wire);
  if (wiring === 'mesh') return crossMesh(w, from, to, wire);
  const start = hold(w, linkOf(from, outLink), w.time, wire) - wire;
  return hold(w, linkOf(to, inLink), start, wire);
}

/** Holds a link for so long, from the given time on or when it is free, and returns the end. */
function hold(w: DipcWorld, link: number, from: number, wire: number): number {
  const end = Math.max(from, freeAt(w, link)) + wire;
  w.links[link] = end;
  return end;
}

function crossMesh(w: DipcWorld, from: number, to: number, wire: number): number {
  const way = wayOf(w.nodes.rows.length, from, to);
  let start = w.time;
  for (const link of way) start = Math.max(start, freeAt(w, link));
  const end = start + way.length * w.setup.interconnect.hop + wire;
  for (const link of way) w.links[link] = end;
  return end;
}

/** The links from node to node: along the row first. */
function wayOf(nodes: number, from: number, to: number): number[] {
  const side = Math.ceil(Math.sqrt(nodes));
  const way: number[] = [];
  let node = from;
  while (node % side !== to % side) {
    const step = node % side < to % side ? 1 : -1;
    way.push(linkOf(node, step > 0 ? east : west));
    node += step;
  }
  while (node !== to) {
    const step = node < to ? side : -side;
    way.push(linkOf(node, step > 0 ? south : north));
    node += step;
  }
  return way;
}

function linkOf(node: number, direction: number): number {
  return node * linksPerNode + direction;
}

function freeAt(w: DipcWorld, link: number): number {
  while (w.links.length <= link) w.links.push(0);
  return w.links[link]!;
}
