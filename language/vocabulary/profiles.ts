/**
 * Names of machines, networks and prices that a cluster can be built from.
 *
 * The simulator's profiles decide which exist; this list is what the language assumes when nobody says otherwise. The
 * compiler's entry can be given another list.
 */
import type { Word } from './words.ts';

export interface Profiles {
  readonly machines: readonly Word[];
  readonly networks: readonly Word[];
  readonly prices: readonly Word[];
  /** Size of a page in bytes. */
  readonly pageSize: number;
}

export const defaultMachine = 'i386_25';
export const defaultNetwork = 'ethernet_10';

export const knownProfiles: Profiles = {
  machines: [{ name: defaultMachine, doc: 'A 25 MHz i386 with 16 MB of memory: the machine of the paper.' }],
  networks: [{ name: defaultNetwork, doc: 'A 10 Mbit/s Ethernet: the network of the paper.' }],
  prices: [
    { name: 'kernel_call', doc: 'Time of one call to the kernel of the same node.' },
    { name: 'local_message', doc: 'Time of a message without data to a task on the same node.' },
    { name: 'remote_message', doc: 'Time of a message without data to a task on another node.' },
  ],
  pageSize: 4096,
};
