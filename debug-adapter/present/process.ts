/**
 * A UNIX process: its line in the PM Master's table, what its PMA keeps of it (two PMAs, while it moves), its vprocs on
 * the nodes that know it, and its open files.
 */
import type { ClusterState, FileDescriptorState, VprocState } from '../../simulator/inspect/state.ts';
import type { ProcState } from '../../simulator/inspect/state-processes.ts';
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
      'local state',
      state.procs.filter((proc) => proc.pid === pid).map((proc, index) => presentProc(proc, `${base}.procs[${index}]`)),
      `${base}.procs`,
    ),
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

function presentProc(proc: ProcState, expression: string): Shown {
  const { node, list, state, calls, pending } = proc;
  const asked = `${calls.length} in progress, ${pending.length} pending`;
  return withMembers({ name: `at ${node}`, value: `${list}, ${state}, ${asked}`, expression }, proc);
}

function presentFile(file: FileDescriptorState, expression: string): Shown {
  return withMembers(
    { name: `${file.descriptor}`, value: `${file.path} at ${file.position}, from ${file.server}`, expression },
    file,
  );
}
