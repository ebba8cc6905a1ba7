/**
 * Capabilities: the entries of a task's port name space, in the order of their names.
 *
 *   name 5    send  fs.file  2 user references -> file_server @ master
 */
import type { CapabilityState, TaskState } from '../../simulator/inspect/state.ts';
import { withMembers } from './value.ts';
import type { Shown } from './shown.ts';

export function presentCapabilities(task: TaskState): readonly Shown[] {
  return task.capabilities.map((capability, index) =>
    presentCapability(capability, `task(${task.task}).capabilities[${index}]`),
  );
}

function presentCapability(capability: CapabilityState, expression: string): Shown {
  return withMembers(
    { name: `name ${capability.name}`, value: capabilityInWords(capability), type: capability.type, expression },
    capability,
  );
}

function capabilityInWords({ type, label, userReferences, queued, receiver }: CapabilityState): string {
  const references = `${userReferences} user reference${userReferences === 1 ? '' : 's'}`;
  const waiting = queued === 0 ? '' : `, ${queued} queued`;
  const holder = receiver === null ? '' : ` -> ${receiver.task} @ ${receiver.node}`;
  return `${type} ${label}, ${references}${waiting}${holder}`;
}
