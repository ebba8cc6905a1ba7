/**
 * Drawn faults: a node fails at the moment of an event.
 *
 * Moments that matter are rare, and a drawn time would miss them: most events are the same few kinds. So the script is
 * run once without a fault, the moments of every kind are kept, and the kind is drawn first: each kind of event, each
 * message of a protocol and each phase is struck as often as any other. Some nodes come back: soon, before anybody has
 * noticed, or later. Where a second node fails, its moment is one of the run in which the first has failed.
 */
import type { Simulation } from '../../simulator/engine/simulation.ts';
import { tail } from '../../simulator/engine/simulation.ts';
import type { Chance } from './chance.ts';
import type { Action, DrawnScript } from './script.ts';

const millisecond = 1_000_000;

/** When something of each kind happened in a run: virtual nanoseconds, in order. */
export type Moments = Map<string, number[]>;

/** Called after every event of the run whose moments can be struck. */
export function note(moments: Moments, sim: Simulation): void {
  const [last] = tail(sim, 1);
  if (last !== undefined) add(moments, last.kind, last.time);
  const { time } = sim.world;
  for (const each of sim.notices) {
    if (each.kind === 'protocol') add(moments, each.event, time);
    else if (each.kind === 'phase') add(moments, `phase ${each.phase}`, time);
    else if (each.kind === 'spawned' || each.kind === 'exited') add(moments, each.kind, time);
  }
}

function add(moments: Moments, kind: string, time: number): void {
  const times = moments.get(kind);
  if (times === undefined) moments.set(kind, [time]);
  else times.push(time);
}

export interface Fault extends Action {
  /** What it strikes at a moment of; BACK if the node comes back. */
  readonly kind: string;
  readonly node: string;
}

export const BACK = 'back again';
export const HEALED = 'healed';

/** Kinds of events that hardly any run has: where one happens it is struck. */
const rarest: readonly string[] = ['room', 'interrupt send', 'task ended'];

/** Whether something happens that hardly any run has, and no node has failed there yet: then one does in any case. */
export function isUnstruck(moments: Moments, faults: readonly Pick<Fault, 'kind'>[]): boolean {
  return rarest.some((kind) => moments.has(kind)) && !faults.some(({ kind }) => rarest.includes(kind));
}

/** Kinds that few runs have, or that only a failure brings about: where they happen they are preferred. */
const seldom: readonly string[] = ['dead-name request', 'crash', 'node down', 'reboot'];

/**
 * One node fails. Without a moment there is no fault. No node fails before something is begun there: the scenario would end
 * with that, and nobody would heal anything. What has failed may come back.
 */
export function drawFault(draw: Chance, { cluster, actions }: DrawnScript, moments: Moments): Fault[] {
  const kinds = [...moments.keys()].sort();
  if (kinds.length === 0) return [];
  const kind = drawKind(draw, kinds);
  const time = draw.one(moments.get(kind)!);
  // The operator sits at the master: when that fails, nobody does anything any more.
  const needed = actions.filter((each) => each.time > time).map(({ on }) => on);
  const others = cluster.nodes.slice(1).filter((each) => !needed.includes(each));
  const node = draw.percent(15) || others.length === 0 ? 'master' : draw.one(others);
  const crash = { kind, node, time, lines: [`crash ${node}`] };
  return [crash, ...drawReboot(draw, crash)];
}

function drawKind(draw: Chance, kinds: readonly string[]): string {
  const hardlyAny = kinds.filter((each) => rarest.includes(each));
  if (hardlyAny.length > 0) return draw.one(hardlyAny);
  const few = kinds.filter((each) => seldom.includes(each));
  return draw.one(few.length > 0 && draw.percent(50) ? few : kinds);
}

/**
 * The network breaks at a moment, between some nodes and some others, and heals after a while: before anybody has noticed, or
 * when nodes have stopped. No node is cut off before something is begun there.
 */
export function drawPartition(draw: Chance, { cluster, actions }: DrawnScript, moments: Moments): Fault[] {
  const kinds = [...moments.keys()].sort();
  if (kinds.length === 0) return [];
  const kind = drawKind(draw, kinds);
  const time = draw.one(moments.get(kind)!);
  const needed = actions.filter((each) => each.time > time).map(({ on }) => on);
  const free = cluster.nodes.slice(1).filter((each) => !needed.includes(each));
  if (free.length === 0) return [];
  const first = draw.one(free);
  const side = free.filter((each) => each === first || draw.percent(30));
  const rest = cluster.nodes.filter((each) => !side.includes(each));
  const others = draw.percent(70) ? rest : [draw.one(rest)];
  const lasts = draw.within(0, draw.one([2, 30, 400, 9000])) * millisecond;
  return [
    { kind, node: first, time, lines: [`partition ${side.join(', ')} from ${others.join(', ')}`] },
    { kind: HEALED, node: first, time: time + lasts, lines: ['heal'] },
  ];
}

function drawReboot(draw: Chance, { node, time }: Fault): Fault[] {
  if (!draw.percent(25)) return [];
  const down = draw.within(0, draw.one([2, 30, 400, 9000])) * millisecond;
  return [{ kind: BACK, node, time: time + down, lines: [`reboot ${node}`] }];
}
