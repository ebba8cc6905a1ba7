/**
 * What a cluster can be built from: machines, networks, and their prices.
 *
 * Which exist is the simulator's to say; the compiler's entry hands the list in, so the checker and the language server
 * need not know the simulator. The meaning of each price in words is kept here.
 */
import type { Word } from './words.ts';

export interface Profiles {
  readonly machines: readonly Word[];
  readonly networks: readonly Word[];
  readonly prices: readonly Word[];
  /** Size of a page in bytes. */
  readonly pageSize: number;
}

/** The machine and the network of a cluster that does not say: those of the paper. */
export const defaultMachine = 'i386_25';
export const defaultNetwork = 'ethernet_10';

/** Who manages the processes of a cluster, and what a cluster that does not say has. */
export const configurations: readonly (Word & { readonly name: Configuration })[] = [
  { name: 'centralised', doc: 'One PMA for all nodes: system calls of processes elsewhere call back to it.' },
  { name: 'distributed', doc: 'A PMA on each node that has one, and one PM Master for all of them.' },
  { name: 'local_masters', doc: 'A PMA and a PM Master on each node: relations are kept where a process was created.' },
];
export type Configuration = 'centralised' | 'distributed' | 'local_masters';
export const defaultConfiguration: Configuration = 'distributed';

/** Where the process of a spawn, a fork or an exec without `on` goes, and what a cluster that does not say has. */
export const placements: readonly (Word & { readonly name: Placement })[] = [
  { name: 'local', doc: 'Where its parent is, and where it is.' },
  { name: 'least_loaded', doc: 'To the node with the fewest processes; it stays if no other has fewer.' },
  { name: 'round_robin', doc: 'To each node with a PMA in turn.' },
];
export type Placement = 'local' | 'least_loaded' | 'round_robin';
export const defaultPlacement: Placement = 'local';

export const priceDocs: Readonly<Record<string, string>> = {
  kernel_call: 'A call to the kernel of the same node.',
  local_send: 'A message without data, on one node.',
  local_rpc: 'A message without data and its answer, on one node.',
  local_right: 'Each right that a message carries, on one node.',
  local_kilobyte: 'Each kilobyte that a message carries, on one node.',
  remote_send: 'A message without data, between nodes, until the sender goes on.',
  remote_rpc: 'A message without data and its answer, between nodes.',
  remote_right: 'Each right that a message carries, between nodes.',
  remote_kilobyte: 'Each kilobyte that a message carries, between nodes.',
  fork_processor: 'Processor time of fork in the PMA, beyond its kernel calls and messages.',
  exec_processor: 'Processor time of exec in the PMA, beyond its kernel calls and messages.',
  exit_processor: 'Processor time of exit in the PMA, beyond its kernel calls and messages.',
  task_processor: 'Making the kernel structures of a task that arrives from another node.',
  region_processor: 'Entering one region and its memory object into an address map.',
  page_processor: 'Write-protecting one resident page.',
  migrate_out_processor: 'Bookkeeping and checks of a process migration at the source.',
  migrate_in_processor: 'Bookkeeping and checks of a process migration at the destination.',
  quantum: 'Time slice of the processor.',
  failure_detection: 'Until the other nodes notice that one has failed.',
};
