/** Rows of kernel calls that a task makes as one: each finishes with the code of what went wrong first, and a value. */
import { NONE } from '../base/table.ts';
import type { Carried } from '../mach/ipc/mach-msg.ts';
import { MAKE_SEND_ONCE } from '../mach/ipc/right.ts';
import { PORT_SET } from '../mach/ipc/space.ts';
import { kernelCall } from '../mach/kernel-call.ts';
import { finish, goTo, routine, step, type Routine } from '../mach/routine.ts';
import type { NotificationVariant } from './program.ts';
import type { WorkloadWorld } from './world.ts';

interface MachCallFrame {
  /** Name of the task's own kernel port. */
  readonly self: number;
  readonly operation: string;
  readonly body: object;
  readonly rights?: readonly Carried[];
}

/** One kernel call, and its value: a name that it made or brought, the region that it made, the version that it read. */
export const machCall = routine<WorkloadWorld, MachCallFrame>('mach call', 'calls the kernel and keeps what it says', [
  step('call the kernel', (w, t, f) => {
    const { body, rights } = f;
    kernelCall(w, t, f.self, f.operation, { body, rights: rights ?? [] });
  }),
  step('keep the value', (_w, t, f) => {
    const { code } = t;
    const answer = (t.body ?? {}) as { name?: number; versions?: number[] };
    const made = (f.body as { name?: string }).name ?? '';
    const named = f.operation === 'vm_allocate' || f.operation === 'vm_map' ? made : NONE;
    finish(t, { code, value: t.names[0] ?? answer.versions?.[0] ?? answer.name ?? named });
  }),
]);

interface PortSet {
  readonly self: number;
  readonly members: number[];
  set: number;
  code: string;
}

export const portSet = routine<WorkloadWorld, PortSet>('port set', 'makes a port set with members', [
  step('make the set', (w, t, f) => kernelCall(w, t, f.self, 'mach_port_allocate', { body: { right: PORT_SET } })),
  step('keep its name', (_w, t, f) => {
    f.code = t.code;
    f.set = (t.body as { name: number } | null)?.name ?? NONE;
  }),
  step('move a member into it', (w, t, f) => {
    const member = f.members.shift();
    if (member === undefined || f.set === NONE) return finish(t, { code: f.code, value: f.set });
    kernelCall(w, t, f.self, 'mach_port_move_member', { body: { member, set: f.set } });
  }),
  step('move the next', (w, t, f) => {
    if (f.code === 'KERN_SUCCESS') f.code = t.code;
    goTo(w, t, 'move a member into it');
  }),
]);

interface SpecialPortCall {
  readonly self: number;
  readonly operation: 'norma_get_special_port' | 'norma_set_special_port';
  readonly body: object;
  readonly rights: readonly Carried[];
  /** Name of the host-privileged port, which is the first registered port of the task. */
  host: number;
  code: string;
  found: number;
}

export const specialPort = routine<WorkloadWorld, SpecialPortCall>(
  'special port',
  'asks for a well-known port, or sets one',
  [
    step('get the host-privileged port', (w, t, f) => kernelCall(w, t, f.self, 'mach_ports_lookup')),
    step('call the kernel', (w, t, f) => {
      f.host = t.names[0] ?? NONE;
      f.code = f.host === NONE ? 'KERN_INVALID_HOST' : t.code;
      if (f.code !== 'KERN_SUCCESS') return goTo(w, t, 'done');
      kernelCall(w, t, f.host, f.operation, { body: f.body, rights: f.rights });
    }),
    step('forget the host-privileged port', (w, t, f) => {
      f.code = t.code;
      f.found = t.names[0] ?? NONE;
      kernelCall(w, t, f.self, 'mach_port_deallocate', { body: { name: f.host } });
    }),
    step('done', (_w, t, f) => finish(t, { code: f.code, value: f.found })),
  ],
);

export function specialPortCall(
  fields: Pick<SpecialPortCall, 'self' | 'operation' | 'body' | 'rights'>,
): SpecialPortCall {
  return { ...fields, host: NONE, code: '', found: NONE };
}

interface RequestNotification {
  readonly self: number;
  readonly name: number;
  readonly notify: number;
  readonly variant: NotificationVariant;
  code: string;
}

/**
 * A no-senders notice is asked for once a first send right has been made, a dead-name notice also if the name is dead
 * already. The right of a request that this one takes the place of is given up: whoever waited there is told so. */
export const requestNotification = routine<WorkloadWorld, RequestNotification>(
  'request notification',
  'asks to be told',
  [
    step('ask', (w, t, f) => {
      const rights = [{ name: f.notify, disposition: MAKE_SEND_ONCE }];
      const body = { name: f.name, variant: f.variant, sync: f.variant === 'port-destroyed' ? 0 : 1 };
      kernelCall(w, t, f.self, 'mach_port_request_notification', { body, rights });
    }),
    step('give up the request before it', (w, t, f) => {
      f.code = t.code;
      const [before] = t.names;
      if (before === undefined) return;
      kernelCall(w, t, f.self, 'mach_port_deallocate', { body: { name: before } });
    }),
    step('done', (_w, t, f) => finish(t, { code: f.code, value: NONE })),
  ],
);

export const machRoutines: readonly Routine[] = [machCall, portSet, specialPort, requestNotification];
