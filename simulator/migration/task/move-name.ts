/**
 * One name of the migrating task's port name space moves to the new task, and keeps its name [mechanisms 4.3].
 *
 *   send       get_refs, extract, insert, restore the user references
 *   receive    receive_status, lift the no-senders request, extract (the right moves: 2.8), insert, set attributes,
 *              put the request and the set back
 *   send-once  extract, insert
 *   set, dead  are made again under the same name
 *
 * A name with send and receive rights is moved twice: receive first, so that the send right joins it.
 */
import { NONE } from '../../base/table.ts';
import { MOVE_RECEIVE, MOVE_SEND, MOVE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { DEAD_NAME, PORT_SET, RECEIVE, SEND_ONCE } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { ReceiveStatus } from '../../mach/kernel-services/receive-services.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { MigrationWorld } from '../record.ts';

export interface MoveName {
  readonly from: number;
  readonly to: number;
  /** The name, and the one right under it that is moved now. */
  readonly name: number;
  readonly type: number;
  urefs: number;
  status: ReceiveStatus | null;
  /** Name, in the agent's space, of the right that is under way; and of the request that was lifted, or NONE. */
  right: number;
  request: number;
}

export function movingName(from: number, to: number, name: number, type: number): MoveName {
  return { from, to, name, type, urefs: 1, status: null, right: NONE, request: NONE };
}

export const moveName = routine<MigrationWorld, MoveName>('sms.move name', 'moves one name of the name space', [
  step('begin', (w, t, f) => {
    if (f.type === RECEIVE) goTo(w, t, 'ask for the status of the receive right');
    else if (f.type === SEND_ONCE) goTo(w, t, 'extract the right');
    else if (f.type === PORT_SET) goTo(w, t, 'make the set again');
  }),
  step('count the user references', (w, t, f) => {
    kernelCall(w, t, f.from, 'mach_port_get_refs', { body: { name: f.name } });
  }),
  step('dead names are made again', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.urefs = (t.body as { urefs: number }).urefs;
    goTo(w, t, f.type === DEAD_NAME ? 'make the set again' : 'extract the right');
  }),
  step('ask for the status of the receive right', (w, t, f) => {
    kernelCall(w, t, f.from, 'mach_port_get_receive_status', { body: { name: f.name } });
  }),
  step('lift the no-senders request', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.status = t.body as ReceiveStatus;
    if (!f.status.nsrequest) return goTo(w, t, 'extract the right');
    kernelCall(w, t, f.from, 'mach_port_request_notification', { body: { name: f.name } });
  }),
  step('keep the request', (_w, t, f) => {
    if (t.code === 'KERN_SUCCESS' && t.names.length > 0) f.request = t.names[0]!;
  }),
  step('extract the right', (w, t, f) => {
    const disposition = f.type === RECEIVE ? MOVE_RECEIVE : f.type === SEND_ONCE ? MOVE_SEND_ONCE : MOVE_SEND;
    kernelCall(w, t, f.from, 'mach_port_extract_right', { body: { name: f.name, disposition } });
  }),
  step('insert it under the same name', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.right = t.names[0]!;
    const disposition = f.type === RECEIVE ? MOVE_RECEIVE : f.type === SEND_ONCE ? MOVE_SEND_ONCE : MOVE_SEND;
    const rights = [{ name: f.right, disposition }];
    kernelCall(w, t, f.to, 'mach_port_insert_right', { body: { name: f.name }, rights });
  }),
  step('restore what did not travel', (w, t, f) => {
    if (t.code === 'KERN_INVALID_CAPABILITY') return goTo(w, t, 'its port has died: make a dead name');
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    if (f.type === RECEIVE) {
      kernelCall(w, t, f.to, 'mach_port_set_attributes', { body: { ...f.status, name: f.name } });
    } else if (f.urefs > 1) {
      kernelCall(w, t, f.to, 'mach_port_mod_refs', { body: { name: f.name, delta: f.urefs - 1 } });
    }
  }),
  step('put the request back', (w, t, f) => {
    if (f.request === NONE) return;
    const rights = [{ name: f.request, disposition: MOVE_SEND_ONCE }];
    kernelCall(w, t, f.to, 'mach_port_request_notification', { body: { name: f.name }, rights });
  }),
  step('put the port back into its set', (w, t, f) => {
    if (f.status === null || f.status.pset === NONE) return;
    kernelCall(w, t, f.to, 'mach_port_move_member', { body: { member: f.name, set: f.status.pset } });
  }),
  step('moved', (_w, t) => finish(t, t.code)),
  step('make the set again', (w, t, f) => {
    kernelCall(w, t, f.to, 'mach_port_allocate_name', { body: { name: f.name, right: f.type, urefs: f.urefs } });
  }),
  step('made', (_w, t) => finish(t, t.code)),
  step('its port has died: make a dead name', (w, t, f) => {
    const body = { name: f.name, right: DEAD_NAME, urefs: f.urefs };
    kernelCall(w, t, f.to, 'mach_port_allocate_name', { body });
  }),
  step('made dead', (_w, t) => finish(t, t.code)),
]);
