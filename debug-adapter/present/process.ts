/**
 * A UNIX process: its line in the PM Master's table, its vprocs on the nodes that know it, and its open files.
 */
import type { ClusterState, FileDescriptorState, VprocState } from '../../simulator/inspect/state.ts';
import { presentValue, withMembers } from './value.ts';
import { group, type Shown } from './shown.ts';

export function presentProcess(state: ClusterState, pid: number): readonly Shown[] {
  const base = `pid(${pid})`;
  const entry = state.processes.find((process) => process.pid === pid);
  const task = state.tasks.find((each) => each.kind === 'process' && each.pid === pid);
  const vprocs = state.vprocs.filter((vproc) => vproc.pid === pid);
  return [
    presentValue('pid', pid, `${base}.pid`),
    ...(task === undefined
      ? []
      : [presentValue('name', task.name, `${base}.name`), presentValue('node', task.node, `${base}.node`)]),
    ...(entry === undefined
      ? []
      : (['parent', 'state', 'status', 'signal', 'lost'] as const).map((member) =>
          presentValue(member, entry[member], `${base}.${member}`),
        )),
    group(
      'vprocs',
      vprocs.map((vproc, index) => presentVproc(vproc, `${base}.vprocs[${index}]`)),
      `${base}.vprocs`,
    ),
    group(
      'files',
      (task?.files ?? []).map((file, index) => presentFile(file, `${base}.files[${index}]`)),
      `${base}.files`,
    ),
  ];
}

function presentVproc(vproc: VprocState, expression: string): Shown {
  const where =
    vproc.operations === 'local'
      ? `local, ${vproc.list}, ${vproc.state}`
      : `stub for ${vproc.at}${vproc.stale ? ', stale' : ''}`;
  return withMembers({ name: `on ${vproc.node}`, value: where, expression }, vproc);
}

function presentFile(file: FileDescriptorState, expression: string): Shown {
  return withMembers(
    { name: `${file.descriptor}`, value: `${file.path} at ${file.position}, from ${file.server}`, expression },
    file,
  );
}
