/**
 * A Mach task: what the kernel knows about it, and its threads.
 */
import type { ResidualState, SpecialPortState, TaskState, ThreadState } from '../../simulator/inspect/state.ts';
import { presentValue, withMembers } from './value.ts';
import { group, type Shown } from './shown.ts';

export function presentTask(task: TaskState): readonly Shown[] {
  const base = `task(${task.task})`;
  return [
    ...(['task', 'name', 'node', 'kind', 'suspendCount'] as const).map((member) =>
      presentValue(member, task[member], `${base}.${member}`),
    ),
    group(
      'specialPorts',
      task.specialPorts.map((port, index) => presentSpecial(port, `${base}.specialPorts[${index}]`)),
      `${base}.specialPorts`,
    ),
    group(
      'threads',
      task.threads.map((thread, index) => presentThread(thread, `${base}.threads[${index}]`)),
      `${base}.threads`,
    ),
    presentResiduals(task),
  ];
}

function presentSpecial(port: SpecialPortState, expression: string): Shown {
  const { what, label, receiver, node } = port;
  const holder = receiver === '' ? '' : ` -> ${receiver} @ ${node}`;
  return withMembers({ name: what, value: `${label}${holder}`, expression }, port);
}

/** What it still needs of other nodes, a row for each of them. */
export function presentResiduals({ task, residual }: TaskState): Shown {
  const base = `task(${task}).residual`;
  return group(
    'residual',
    residual.map((on, index) =>
      withMembers({ name: `on ${on.node}`, value: residualInWords(on), expression: `${base}[${index}]` }, on),
    ),
    base,
  );
}

function residualInWords({ pma, forwarders, relays, pages }: ResidualState): string {
  const parts: readonly [string, number][] = [
    ['in the PMA', pma],
    ['forwarders', forwarders],
    ['relays', relays],
    ['pages', pages],
  ];
  return parts
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what}: ${count}`)
    .join(', ');
}

function presentThread(thread: ThreadState, expression: string): Shown {
  const waits = thread.waits === '' ? '' : `, waits for ${thread.waits}`;
  return withMembers({ name: thread.name, value: `${thread.state}${waits}`, expression }, thread);
}
