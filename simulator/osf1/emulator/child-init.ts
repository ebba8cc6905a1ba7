/**
 * What the emulator does first in a new process: it makes the ports that signals and exceptions arrive on, and reports
 * them to the PMA [mechanisms 5.3]. With the reply ports of its two threads these are the four receive rights of a
 * process.
 *
 * Before that it has written to every page of memory that it inherited and must not share: each such region has an
 * object of its own now, and its parent's as a shadow.
 */
import { NONE, at } from '../../base/table.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { SetExceptionPorts } from '../../mach/kernel-services/special-port-services.ts';
import { call, finish, routine, step } from '../../mach/routine.ts';
import { EXCEPTION_DEFAULT, EXC_MASK_ALL } from '../../mach/exception-ports.ts';
import { firstWrite } from '../../mach/vm/region.ts';
import type { OsfWorld } from '../world.ts';
import { pmaCall, type PmaCall } from './pma-call.ts';
import { TASK_SELF, emulatorOf } from './state.ts';

export const childInit = routine<OsfWorld, object>('emulator.child_init', 'makes the ports of a new process', [
  step('write to its memory', (w, t) => {
    const task = at(w.tasks, t.task);
    const { mappings } = emulatorOf(task);
    for (const id of task.regions) {
      const region = at(w.regions, id);
      // What copying costs is part of the processor price of fork. Nobody has written to a file that is mapped.
      if (region.needsCopy && !mappings.some((each) => each.region === region.name)) firstWrite(w, region);
    }
  }),
  step('make the signal port', (w, t) => {
    kernelCall(w, t, TASK_SELF, 'mach_port_allocate', { body: { label: `${at(w.tasks, t.task).name}.signal` } });
  }),
  step('make the exception port', (w, t) => {
    emulatorOf(at(w.tasks, t.task)).signalPort = (t.body as { name: number }).name;
    kernelCall(w, t, TASK_SELF, 'mach_port_allocate', { body: { label: `${at(w.tasks, t.task).name}.exception` } });
  }),
  step('let exceptions arrive on it', (w, t) => {
    const { name } = t.body as { name: number };
    emulatorOf(at(w.tasks, t.task)).exceptionPort = name;
    const rights = [{ name, disposition: MAKE_SEND }];
    const body: SetExceptionPorts = { exceptionMask: EXC_MASK_ALL, behavior: EXCEPTION_DEFAULT, flavor: NONE };
    kernelCall(w, t, TASK_SELF, 'task_set_exception_ports', { body, rights });
  }),
  step('report to the PMA', (w, t) => {
    const { signalPort, exceptionPort } = emulatorOf(at(w.tasks, t.task));
    const rights = [exceptionPort, signalPort].map((name) => ({ name, disposition: MAKE_SEND }));
    call(t, pmaCall, { operation: 'pma.child_init', payload: { rights }, tries: 0 } satisfies PmaCall);
  }),
  step('return in the child', (_w, t) => finish(t, 0)),
]);
