/**
 * Prices: the only source of time in the simulator.
 *
 * A machine says what its processor charges, a network what crossing it costs. The IPC rows are Table 2 of the paper,
 * read in the only way that is consistent with Table 1: the first four rows are microseconds [mechanisms 7.1]. Size
 * slopes are the straight line through the null message and the 4 KB row. A one-way inter-node delivery is half an RPC
 * (3.75 ms), and what a send-only message costs beyond that (2.75 ms) is the acknowledgement [mechanisms 7.2].
 *
 * The processor prices at the end are the few numbers that Table 2 does not give: what the services themselves burn.
 * They are of the order that 25 MHz i386 UNIX servers of the time showed [mechanisms 7.2]. No price is a result of the
 * paper's migration measurements.
 *
 * All prices are nanoseconds; slopes are nanoseconds per KB of 1024 bytes.
 */

export interface Prices {
  /** A Mach kernel call on the caller's node. Table 2, row 1. */
  readonly kernel_call: number;
  /** A null message on one node: send only, and the whole RPC. Table 2, rows 2 and 3. */
  readonly local_send: number;
  readonly local_rpc: number;
  readonly local_right: number;
  readonly local_kilobyte: number;
  /** The same between nodes. */
  readonly remote_send: number;
  readonly remote_rpc: number;
  readonly remote_right: number;
  readonly remote_kilobyte: number;
  /** Processor work of fork, exec and exit in the PMA, beyond kernel calls and messages. */
  readonly fork_processor: number;
  readonly exec_processor: number;
  readonly exit_processor: number;
  /** Making the kernel structures of a task on a node that receives one from elsewhere. */
  readonly task_processor: number;
  /** Entering one region and its memory object into a map. */
  readonly region_processor: number;
  /** Write-protecting one resident page. */
  readonly page_processor: number;
  /** Bookkeeping, marshalling and sanity checks of a process migration, at the source and at the destination. */
  readonly migrate_out_processor: number;
  readonly migrate_in_processor: number;
  /** Time slice of the processor's round robin. */
  readonly quantum: number;
  /** Until a surviving node notices that another one has failed. */
  readonly failure_detection: number;
}

/** Thousandths of an inter-node delivery spent on the sending processor and on the receiving one; the rest is wire. */
export interface Shares {
  readonly out: number;
  readonly in: number;
}

/** How the nodes are connected (simulator/dipc/network.ts), and how much their kernels take in at once. */
export interface Interconnect {
  /** One segment for all; a switch with a link to each node; rows of nodes with links between neighbours. */
  readonly wiring: 'shared' | 'switched' | 'mesh';
  /** Nanoseconds until the head of a packet has passed a node of the mesh. */
  readonly hop: number;
  /** Bytes of a body that travel with the message; what is larger, or out of line, is pulled by the receiver. */
  readonly inline_limit: number;
  /** Messages from other nodes that a node can keep until they are received. */
  readonly message_buffers: number;
}

const microsecond = 1_000;
const millisecond = 1_000_000;

interface Machine {
  readonly story: string;
  readonly prices: Pick<
    Prices,
    | 'kernel_call'
    | 'local_send'
    | 'local_rpc'
    | 'local_right'
    | 'local_kilobyte'
    | 'fork_processor'
    | 'exec_processor'
    | 'exit_processor'
    | 'task_processor'
    | 'region_processor'
    | 'page_processor'
    | 'migrate_out_processor'
    | 'migrate_in_processor'
    | 'quantum'
  >;
}

interface Network {
  readonly story: string;
  readonly shares: Shares;
  readonly interconnect: Interconnect;
  readonly prices: Pick<
    Prices,
    'remote_send' | 'remote_rpc' | 'remote_right' | 'remote_kilobyte' | 'failure_detection'
  >;
}

export const machines: Readonly<Record<string, Machine>> = {
  i386_25: {
    story: 'the 25 MHz i386 with 16 MB of section 4 of the paper',
    prices: {
      kernel_call: 540 * microsecond,
      local_send: 750 * microsecond,
      local_rpc: 750 * microsecond,
      local_right: 350 * microsecond,
      local_kilobyte: 1_300 * microsecond,
      fork_processor: 35 * millisecond,
      exec_processor: 40 * millisecond,
      exit_processor: 17 * millisecond,
      task_processor: 36 * millisecond,
      region_processor: 3 * millisecond,
      page_processor: 20 * microsecond,
      migrate_out_processor: 55 * millisecond,
      migrate_in_processor: 77 * millisecond,
      quantum: 100 * millisecond,
    },
  },
};

/**
 * What the kernels take in. The limit of an inline body is above every size of Table 2, whose rows leave no room for a
 * pull; the number of buffers is that of a large port's queue for each node of a cluster of the time. [D]
 */
const kernelLimits = { inline_limit: 8192, message_buffers: 256 } as const;

/** Table 2, rows between nodes: what the software of the paper and its wires cost together. */
const table2 = {
  shares: { out: 423, in: 423 },
  prices: {
    remote_send: 6_500 * microsecond,
    remote_rpc: 7_500 * microsecond,
    remote_right: 1_300 * microsecond,
    remote_kilobyte: 5_550 * microsecond,
    failure_detection: 5_000 * millisecond,
  },
} as const;

export const networks: Readonly<Record<string, Network>> = {
  ethernet_10: {
    story: 'the non-dedicated 10 Mbit/s Ethernet of section 4 of the paper',
    ...table2,
    interconnect: { wiring: 'shared', hop: 0, ...kernelLimits },
  },
  // The same software and the same wires, but each node has one of its own: what the segment costs shows by difference.
  ethernet_10_switched: {
    story: 'the Ethernet of the paper with a switch: each node has a link of its own, in both directions',
    ...table2,
    interconnect: { wiring: 'switched', hop: 0, ...kernelLimits },
  },
  // What Table 2 leaves when the wire costs next to nothing: the software's 846 thousandths of each row, and links of
  // 200 MB/s that a head passes in 40 ns, as multicomputers had that ran distributed Mach. [D]
  mesh_200: {
    story:
      'a multicomputer: rows of the same processors, 200 MB/s links between neighbours; the software is what is left',
    shares: { out: 500, in: 499 },
    interconnect: { wiring: 'mesh', hop: 40, ...kernelLimits },
    prices: {
      remote_send: 5_500 * microsecond,
      remote_rpc: 6_350 * microsecond,
      remote_right: 1_100 * microsecond,
      remote_kilobyte: 4_705 * microsecond,
      failure_detection: 1_000 * millisecond,
    },
  },
};
