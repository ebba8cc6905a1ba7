/**
 * A UNIX process: its line in the PM Master's table, what its PMA keeps of it (two PMAs, while it moves), its vprocs on
 * the nodes that know it, and its open and mapped files.
 */
import type {
  ClusterState,
  FileDescriptorState,
  FileMappingState,
  FileTokenState,
  VprocState,
} from '../../simulator/inspect/state.ts';
import { presentProc } from './proc.ts';
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
      : (['parent', 'group', 'session', 'state', 'stopped', 'status', 'signal', 'lost', 'master'] as const).map(
          (member) => presentValue(member, entry[member], `${base}.${member}`),
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
    ...(task === undefined || task.mappings.length === 0
      ? []
      : [
          group(
            'mapped files',
            task.mappings.map((mapping, index) => presentMapping(mapping, `${base}.mappings[${index}]`)),
            `${base}.mappings`,
          ),
        ]),
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
  const { descriptor, path, position, server, token } = file;
  return withMembers(
    { name: String(descriptor), value: `${path} at ${position}, from ${server}${tokenInWords(token)}`, expression },
    file,
  );
}

/** What the emulator keeps of the file besides the descriptor. */
function tokenInWords(token: FileTokenState | null): string {
  if (token === null) return '';
  return token.access === 'none' ? ', with its position' : `, with its position and to ${token.access}`;
}

function presentMapping(mapping: FileMappingState, expression: string): Shown {
  const { region, path, offset, length, sharing } = mapping;
  return withMembers(
    { name: region, value: `${path} from ${offset}, ${length} bytes, ${sharing}`, expression },
    mapping,
  );
}
