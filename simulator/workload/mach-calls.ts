/** The calls of Mach that a task makes by name: each kernel call with its body, and the short routines around some. */
import { BYTES_PER_PAGE } from '../mach/vm/object.ts';
import { at } from '../base/table.ts';
import { COPY_SEND, MAKE_SEND } from '../mach/ipc/right.ts';
import { kernelCall } from '../mach/kernel-call.ts';
import { call } from '../mach/routine.ts';
import type { Thread } from '../mach/thread.ts';
import type { Inheritance } from '../mach/vm/region.ts';
import { Fault, number, text } from './evaluate.ts';
import type { WorkloadFrame } from './frame.ts';
import { next } from './locals.ts';
import { machCall, portSet, specialPort, specialPortCall } from './mach-routines.ts';
import { askNameServer } from './name-server.ts';
import type { Instruction } from './program.ts';
import { ended } from '../osf1/started-tasks.ts';
import type { WorkloadWorld } from './world.ts';

type Mach = Extract<Instruction, { op: 'mach' }>;

export function performMach(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Mach, self: number): void {
  const { operands, slot, span } = instruction;
  const integer = (index: number): number => number(w, f.locals, operands[index]!);
  const string = (index: number): string => text(w, f.locals, operands[index]!);
  const onSelf = (operation: string, body: object, rights: { name: number; disposition: number }[] = []): void =>
    kernelCall(w, t, self, operation, { body, rights });
  switch (instruction.call) {
    case 'code':
      if (slot >= 0) f.locals[slot] = f.code;
      return next(t, f);
    case 'port': {
      const name = w.setup.image.programs[f.unit]!.slots[slot];
      const label = `${at(w.tasks, t.task).name}.${name === undefined || name === '' ? 'port' : name}`;
      return call(t, machCall, { self, operation: 'mach_port_allocate', body: { label } });
    }
    case 'port_set':
      return call(t, portSet, { self, members: operands.map((_, index) => integer(index)), set: 0, code: '' });
    case 'join':
      return onSelf('mach_port_move_member', { member: integer(0), set: integer(1) });
    case 'make_send': {
      const name = integer(0);
      return onSelf('mach_port_insert_right', { name }, [{ name, disposition: MAKE_SEND }]);
    }
    case 'deallocate':
      return onSelf('mach_port_deallocate', { name: integer(0) });
    case 'destroy':
      return onSelf('mach_port_destroy', { name: integer(0) });
    case 'queue_limit':
      return onSelf('mach_port_set_qlimit', { name: integer(0), qlimit: integer(1) });
    case 'publish': {
      const rights = [{ name: integer(0), disposition: MAKE_SEND }];
      const body = { name: string(1) };
      return call(t, askNameServer, {
        self,
        operation: 'netname_check_in',
        body,
        rights,
        server: 0,
        code: '',
        found: 0,
      });
    }
    case 'lookup': {
      const body = { name: string(0) };
      return call(t, askNameServer, {
        ...{ self, operation: 'netname_look_up', body, rights: [] },
        ...{ server: 0, code: '', found: 0 },
      });
    }
    case 'norma_get_special_port': {
      const name = string(0);
      const body = { node: w.nodes.rows.findIndex((each) => each.name === name), which: integer(1) };
      return call(t, specialPort, specialPortCall({ self, operation: instruction.call, body, rights: [] }));
    }
    case 'norma_set_special_port': {
      const rights = [{ name: integer(0), disposition: MAKE_SEND }];
      const body = { which: integer(1) };
      return call(t, specialPort, specialPortCall({ self, operation: instruction.call, body, rights }));
    }
    case 'vm_allocate': {
      const inheritance = (operands.length > 2 ? string(2) : 'copy') as Inheritance;
      const body = { name: string(0), pages: pages(integer(1), instruction), protection: 'rw-', inheritance };
      return call(t, machCall, { self, operation: 'vm_allocate', body });
    }
    case 'vm_map': {
      const region = { name: string(0), pages: pages(integer(1), instruction) };
      const body = { ...region, protection: 'rw-', inheritance: 'share', copy: false };
      const rights = [{ name: integer(2), disposition: COPY_SEND }];
      return call(t, machCall, { self, operation: 'vm_map', body, rights });
    }
    case 'vm_deallocate':
      return onSelf('vm_deallocate', { name: string(0) });
    case 'vm_read':
      return call(t, machCall, { self, operation: 'vm_read', body: { name: string(0), pages: [integer(1)] } });
    case 'memory_entry':
      return call(t, machCall, { self, operation: 'mach_make_memory_entry', body: { name: string(0) } });
    case 'suspend':
    case 'resume':
    case 'terminate': {
      const started = integer(0);
      const child = w.operator.started[started];
      if (child === undefined) throw new Fault('the task could not be started', span);
      if (instruction.call === 'terminate') ended(w, started);
      return kernelCall(w, t, child.right, `task_${instruction.call}`);
    }
  }
}

function pages(bytes: number, { span }: Mach): number {
  if (bytes <= 0) throw new Fault('memory must be more than nothing', span);
  return Math.ceil(bytes / BYTES_PER_PAGE);
}
