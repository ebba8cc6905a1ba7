/**
 * The closed union of events: everything that can happen in a cluster.
 *
 * An event is a kind and up to three integers; it lives in the columns of the queue (queue.ts), never as an object.
 * A room emits events with `emit`; only the engine dispatches them, so a lower room reaches a higher one without
 * knowing it. The comment of each kind names its operands.
 */

export const RUN = 0; //            thread, identity   the thread performs its next step
export const SLICE = 1; //          node, epoch        the running computation's time slice ends
export const DELIVER = 2; //        message, sender    a message reaches its port on the sender's own node
export const SEND_REMOTE = 3; //    message            a message for a proxy is handed to distributed IPC
export const ARRIVE = 4; //         packet             a packet has crossed the network
export const HANDLE = 5; //         packet             the receiving processor has taken it in
export const COPYOUT = 6; //        thread, message    a message in network form was dequeued: make its rights local
export const WAKE = 7; //           thread, epoch      a sleeping thread's time has come
export const CRASH = 8; //          node               the node fails
export const NODE_DOWN = 9; //      observer, node     a surviving node learns of the failure
export const LAST_SEND = 10; //     port               a no-senders condition may have become true
export const ABANDON = 11; //       message            a message in network form is destroyed unread
export const ROOM = 12; //          port               a message was dequeued, and nodes wait to be called back
export const UNUSED = 13; //        object             nobody on another node uses this memory object any more
export const DEPART = 14; //        packet             the sending processor is done with it: it waits for the wire
export const MOVED_OUT = 15; //     port               all that a receive right took along has left its old node
export const DN_REQUEST = 16; //    port               a proxy's death is asked about on this node for the first time
export const INTERRUPT_SEND = 17; // thread, identity  an abort waits for a send that may be waiting at a proxy
export const REBOOT = 18; //        node               the node boots again, after it has failed
export const TASK_ENDED = 19; //    task               the kernel has ended a Mach task, because nobody settled an exception of it
export const CUT = 20; //           node, node         no packet crosses between the two
export const SEVER = 21; //         epoch              nodes that have been cut off for long are taken to be down
export const HEAL = 22; //                             every packet crosses again

/**
 * What an event is about: whose row its first operand is. With a node that fails goes every event about something on it
 * (a packet is on the node that sent it until it has arrived, and then on both).
 */
export type Subject = 'thread' | 'message' | 'port' | 'object' | 'node' | 'crossing' | 'arrival' | 'cluster';

/** The kinds of events, by number. */
export const eventKinds: readonly { readonly name: string; readonly about: Subject }[] = [
  { name: 'run', about: 'thread' },
  { name: 'slice', about: 'node' },
  { name: 'deliver', about: 'message' },
  { name: 'send remote', about: 'message' },
  { name: 'arrive', about: 'crossing' },
  { name: 'handle', about: 'arrival' },
  { name: 'copyout', about: 'thread' },
  { name: 'wake', about: 'thread' },
  { name: 'crash', about: 'cluster' },
  { name: 'node down', about: 'node' },
  { name: 'last send', about: 'port' },
  { name: 'abandon', about: 'message' },
  { name: 'room', about: 'port' },
  { name: 'unused', about: 'object' },
  { name: 'depart', about: 'crossing' },
  { name: 'moved out', about: 'port' },
  { name: 'dead-name request', about: 'port' },
  { name: 'interrupt send', about: 'thread' },
  { name: 'reboot', about: 'cluster' },
  { name: 'task ended', about: 'cluster' },
  { name: 'cut', about: 'cluster' },
  { name: 'sever', about: 'cluster' },
  { name: 'heal', about: 'cluster' },
];

export type EventKind = number;
