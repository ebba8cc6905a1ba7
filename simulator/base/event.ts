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

export const eventNames = [
  'run',
  'slice',
  'deliver',
  'send remote',
  'arrive',
  'handle',
  'copyout',
  'wake',
  'crash',
  'node down',
  'last send',
  'abandon',
  'room',
  'unused',
  'depart',
  'moved out',
  'dead-name request',
  'interrupt send',
  'reboot',
] as const;

export type EventKind = number;
