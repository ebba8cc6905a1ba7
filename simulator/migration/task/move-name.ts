/**
 * Step 6: one name of the migrating task's port name space moves to the new task, and keeps its name [mechanisms 4.3].
 *
 *   send       get_refs, extract, insert, restore the user references
 *   receive    receive_status, lift the no-senders and port-destroyed requests, extract (the right moves: 2.8), insert, set
 *              queue limit, make-send count and sequence number, put the requests and the set back
 *   send-once  extract, insert
 *   set, dead  are made again under the same name
 *
 * A dead-name request stands at the name: it is lifted before the first right under the name goes, or its freeing would be
 * announced, and put back when that right has arrived. Lifting means asking for no notice: the answer is the send-once
 * right of the request, which the agent holds meanwhile.
 *
 * A name with send and receive rights is moved twice: receive first, so that the send right joins it.
 */
import { NONE } from '../../base/table.ts';
import { MOVE_RECEIVE, MOVE_SEND, MOVE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { DEAD_NAME, PORT_SET, RECEIVE, SEND_ONCE } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { ReceiveStatus } from '../../dipc/receive-status.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { MigrationWorld } from '../record.ts';

type Variant = 'no-senders' | 'port-destroyed' | 'dead-name';

/** A name, and one right under it. */
export interface RightUnderName {
  readonly name: number;
  readonly type: number;
  /** A dead-name notice is asked for, and has not been lifted yet. */
  readonly dnrequest: boolean;
}

export interface MoveName extends RightUnderName {
  readonly from: number;
  readonly to: number;
  urefs: number;
  status: ReceiveStatus | null;
  /** Requests to lift; those that were lifted, with the names of their rights in the agent's space. */
  lift: Variant[];
  lifted: { readonly variant: Variant; readonly right: number }[];
}

export function movingName(from: number, to: number, { name, type, dnrequest }: RightUnderName): MoveName {
  return { from, to, name, type, dnrequest, urefs: 1, status: null, lift: [], lifted: [] };
}

export const moveName = routine<MigrationWorld, MoveName>('sms.move name', 'moves one name of the name space', [
  step('begin', (w, t, f) => {
    if (f.type === RECEIVE) goTo(w, t, 'ask for the status of the receive right');
    else if (f.type === SEND_ONCE) goTo(w, t, 'see what requests there are');
    else if (f.type === PORT_SET) goTo(w, t, 'make the set again');
  }),
  step('count the user references', (w, t, f) => {
    kernelCall(w, t, f.from, 'mach_port_get_refs', { body: { name: f.name } });
  }),
  step('dead names are made again', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.urefs = (t.body as { urefs: number }).urefs;
    goTo(w, t, f.type === DEAD_NAME ? 'make the set again' : 'see what requests there are');
  }),
  step('ask for the status of the receive right', (w, t, f) => {
    kernelCall(w, t, f.from, 'mach_port_get_receive_status', { body: { name: f.name } });
  }),
  step('keep its status', (_w, t, f) => {
    if (t.code === 'KERN_SUCCESS') f.status = t.body as ReceiveStatus;
    else finish(t, t.code);
  }),
  step('see what requests there are', (_w, _t, f) => {
    if (f.status?.nsrequest === true) f.lift.push('no-senders');
    if (f.status?.pdrequest === true) f.lift.push('port-destroyed');
    if (f.dnrequest) f.lift.push('dead-name');
  }),
  step('lift a request', (w, t, f) => {
    const [variant] = f.lift;
    if (variant === undefined) return goTo(w, t, 'extract the right');
    kernelCall(w, t, f.from, 'mach_port_request_notification', { body: { name: f.name, variant } });
  }),
  step('keep it', (w, t, f) => {
    const variant = f.lift.shift()!;
    if (t.code === 'KERN_SUCCESS' && t.names.length > 0) f.lifted.push({ variant, right: t.names[0]! });
    goTo(w, t, 'lift a request');
  }),
  step('extract the right', (w, t, f) => {
    const disposition = f.type === RECEIVE ? MOVE_RECEIVE : f.type === SEND_ONCE ? MOVE_SEND_ONCE : MOVE_SEND;
    kernelCall(w, t, f.from, 'mach_port_extract_right', { body: { name: f.name, disposition } });
  }),
  step('insert it under the same name', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    const disposition = f.type === RECEIVE ? MOVE_RECEIVE : f.type === SEND_ONCE ? MOVE_SEND_ONCE : MOVE_SEND;
    const rights = [{ name: t.names[0]!, disposition }];
    kernelCall(w, t, f.to, 'mach_port_insert_right', { body: { name: f.name }, rights });
  }),
  step('restore what did not travel', (w, t, f) => {
    if (t.code === 'KERN_INVALID_CAPABILITY') return goTo(w, t, 'its port has died: make a dead name');
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    const { name, urefs, status } = f;
    if (status !== null) {
      kernelCall(w, t, f.to, 'mach_port_set_attributes', { body: { name, qlimit: status.qlimit } });
    } else if (urefs > 1) kernelCall(w, t, f.to, 'mach_port_mod_refs', { body: { name, delta: urefs - 1 } });
  }),
  step('the make-send count', (w, t, { to, name, status }) => {
    if (status === null || status.mscount === 0) return;
    kernelCall(w, t, to, 'mach_port_set_mscount', { body: { name, mscount: status.mscount } });
  }),
  step('the sequence number', (w, t, { to, name, status }) => {
    if (status === null || status.seqno === 0) return;
    kernelCall(w, t, to, 'mach_port_set_seqno', { body: { name, seqno: status.seqno } });
  }),
  step('put a request back', (w, t, f) => {
    const request = f.lifted.shift();
    if (request === undefined) return goTo(w, t, 'put the port back into its set');
    const { variant, right } = request;
    // A port that died meanwhile is news at once; a no-senders request waits for what it waited for.
    const sync = { 'dead-name': 1, 'port-destroyed': 0, 'no-senders': f.status?.sync ?? 0 }[variant];
    const rights = [{ name: right, disposition: MOVE_SEND_ONCE }];
    kernelCall(w, t, f.to, 'mach_port_request_notification', { body: { name: f.name, variant, sync }, rights });
  }),
  step('and the next one', (w, t) => goTo(w, t, 'put a request back')),
  step('put the port back into its set', (w, t, f) => {
    if (f.status === null || f.status.pset === NONE) return;
    kernelCall(w, t, f.to, 'mach_port_move_member', { body: { member: f.name, set: f.status.pset } });
  }),
  // A request that could not be put back does not keep the task from moving; a node that is gone does.
  step('moved', (_w, t) => finish(t, t.code.startsWith('KERN_') ? 'KERN_SUCCESS' : t.code)),
  step('make the set again', (w, t, f) => {
    kernelCall(w, t, f.to, 'mach_port_allocate_name', { body: { name: f.name, right: f.type, urefs: f.urefs } });
  }),
  step('made', (_w, t) => finish(t, t.code)),
  step('its port has died: make a dead name', (w, t, f) => {
    const body = { name: f.name, right: DEAD_NAME, urefs: f.urefs };
    kernelCall(w, t, f.to, 'mach_port_allocate_name', { body });
  }),
  step('made dead', (w, t) => {
    if (t.code === 'KERN_SUCCESS') goTo(w, t, 'put a request back');
    else finish(t, t.code);
  }),
]);
