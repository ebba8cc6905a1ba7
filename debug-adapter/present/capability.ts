/**
 * Capabilities: the entries of a task's port name space, in the order of their names.
 *
 *   name 5    send  fs.file  2 user references -> file_server @ master
 */
import type { CapabilityState, ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import { presentPort } from './port.ts';
import { withMembers } from './value.ts';
import type { Shown } from './shown.ts';

export function presentCapabilities(state: ClusterState, task: TaskState): readonly Shown[] {
  return task.capabilities.map((capability, index) =>
    presentCapability(state, capability, `task(${task.task}).capabilities[${index}]`),
  );
}

/** Below its members, the port that it is for, over the whole cluster. */
function presentCapability(state: ClusterState, capability: CapabilityState, expression: string): Shown {
  const { name, type } = capability;
  const row = { name: `name ${name}`, value: capabilityInWords(capability), type, expression };
  const members = withMembers(row, capability);
  const port = presentPort(state, capability.port);
  return port === undefined ? members : { ...members, children: () => [...(members.children?.() ?? []), port] };
}

function capabilityInWords({ type, label, userReferences, queued, receiver }: CapabilityState): string {
  const references = `${userReferences} user reference${userReferences === 1 ? '' : 's'}`;
  const waiting = queued === 0 ? '' : `, ${queued} queued`;
  const holder = receiver === null ? '' : ` -> ${receiver.task} @ ${receiver.node}`;
  return `${type} ${label}, ${references}${waiting}${holder}`;
}
