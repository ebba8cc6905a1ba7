/** The part of the world that distributed IPC adds: the distributed state of ports, and the packets on the network. */
import { table, type Table } from '../base/table.ts';
import type { MachWorld } from '../mach/world.ts';
import type { Distributed } from './distributed.ts';
import type { Packet } from './packet.ts';

export interface DipcWorld extends MachWorld {
  readonly distributed: Table<Distributed>;
  readonly packets: Table<Packet>;
  /** When each link of the network is free again (network.ts). */
  readonly links: number[];
  /** Between which nodes no packet crosses, and since when: the network is broken (faults/partition.ts). */
  readonly cuts: Cut[];
  /** Packets that wait for it to heal, in the order in which they would have arrived. */
  readonly held: number[];
}

export interface Cut {
  readonly one: number;
  readonly other: number;
  readonly since: number;
}

/** Whether no packet crosses between the two nodes. */
export function isCut({ cuts }: DipcWorld, from: number, to: number): boolean {
  return cuts.some(({ one, other }) => (one === from && other === to) || (one === to && other === from));
}

type DipcTables = Omit<DipcWorld, keyof MachWorld>;

export function dipcTables(): DipcTables {
  return { distributed: table(), packets: table(), links: [], cuts: [], held: [] };
}
