/**
 * What a task may ask of its receive right: `mach_port_get_receive_status` [mechanisms 1.13].
 *
 * Rights on other nodes count. The principal knows how many send-once rights are away [D4]; of send rights it knows only
 * whether there are any, by the credits that are not back [2.7]. A credit comes back when the last right of its node is
 * gone, so for a while there seem to be send rights where there are none any more. Of a port without no-senders detection
 * nobody counts the rights elsewhere: the answer has a third value.
 */
import { NONE, at } from '../base/table.ts';
import type { Port } from '../mach/ipc/port.ts';
import { leaveDeadSet } from '../mach/ipc/port-set.ts';
import { noSendersRequest, portDestroyedRequest } from '../mach/ipc/requests.ts';
import { invalidValue } from '../mach/kernel-services/port-services.ts';
import { onReceive } from '../mach/kernel-services/receive-services.ts';
import type { Routine } from '../mach/routine.ts';
import { distributedOf } from './distributed.ts';
import type { DipcWorld } from './world.ts';

export interface ReceiveStatus {
  readonly qlimit: number;
  readonly mscount: number;
  readonly seqno: number;
  readonly msgcount: number;
  /** Name of the set that the port belongs to, or NONE. */
  readonly pset: number;
  /** Send-once rights, on all nodes. */
  readonly sorights: number;
  /** Whether there are send rights on any node; null: there is none here, and nobody counts those elsewhere. */
  readonly srights: boolean | null;
  /** A port-destroyed notice, and a no-senders notice, is requested. */
  readonly pdrequest: boolean;
  readonly nsrequest: boolean;
  /** The make-send count from which on the no-senders notice is wanted. */
  readonly sync: number;
}

export const receiveStatus: readonly Routine[] = [
  onReceive<DipcWorld>('mach_port_get_receive_status', 'report on a receive right', (w, port) => ({
    body: statusOf(w, port),
  })),
  onReceive<DipcWorld>(
    'mach_port_get_attributes',
    'report on a receive right, or on its queue limit',
    (w, port, body) => {
      const { flavor = 'RECEIVE_STATUS' } = body as { flavor?: string };
      if (flavor === 'RECEIVE_STATUS') return { body: statusOf(w, port) };
      return flavor === 'LIMITS' ? { body: { qlimit: port.qlimit } } : invalidValue;
    },
  ),
];

function statusOf(w: DipcWorld, port: Port): ReceiveStatus {
  leaveDeadSet(w, port);
  const { qlimit, mscount, seqno, msgcount, pset } = port;
  return {
    qlimit,
    mscount,
    seqno,
    msgcount,
    pset: pset === NONE ? NONE : at(w.ports, pset).receiverName,
    ...rightsTo(w, port),
    pdrequest: portDestroyedRequest(w, port) !== NONE,
    nsrequest: noSendersRequest(w, port) !== NONE,
    sync: port.requests === NONE ? 0 : at(w.requests, port.requests).sync,
  };
}

function rightsTo(w: DipcWorld, port: Port): Pick<ReceiveStatus, 'sorights' | 'srights'> {
  const here = port.srights > 0;
  if (port.dipc === NONE) return { sorights: port.sorights, srights: here };
  const { remoteSendOnce, counted, transit } = distributedOf(w, port);
  const elsewhere = counted ? transit !== 0 : null;
  return { sorights: port.sorights + remoteSendOnce, srights: here || elsewhere };
}
