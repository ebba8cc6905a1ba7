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
}

type DipcTables = Omit<DipcWorld, keyof MachWorld>;

export function dipcTables(): DipcTables {
  return { distributed: table(), packets: table(), links: [] };
}
