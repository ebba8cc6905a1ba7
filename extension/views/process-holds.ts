/** What a process has, and who knows it: open and mapped files, relatives, vprocs on the nodes, the capabilities of its PMA. */
import type { ProcCapabilityState } from '../../simulator/inspect/state-processes.ts';
import type {
  FileDescriptorState,
  FileMappingState,
  FileTokenState,
  MasterEntry,
  VprocState,
} from '../../simulator/inspect/state.ts';
import { amount, column } from './column.ts';
import type { KnownProcess } from './process-known.ts';
import { count, portName, size } from './quantities.ts';
import { sectionOf } from './sheet.ts';

export const files = sectionOf<KnownProcess, FileDescriptorState>({
  key: 'files',
  title: 'File descriptors',
  empty: 'No file is open.',
  rows: ({ task }) => task?.files ?? [],
  rowKey: ({ descriptor }) => descriptor,
  columns: [
    amount('descriptor', 'Descriptor', 'Number in the process', ({ descriptor }) => descriptor),
    column('path', 'Path', 'What was opened', ({ path }) => path),
    amount('position', 'Position', 'As the emulator knows it', ({ position }) => position),
    column('server', 'Server', 'Node of the file server', ({ server }) => server),
    column('capability', 'Capability', 'Name of the right to the open file structure', ({ capability }) =>
      portName(capability),
    ),
    column('token', 'Token', 'What the emulator may keep: the position alone, or what it reads, or writes', (file) =>
      tokenKind(file.token),
    ),
    column('kept', 'Keeps', 'Blocks of the file, and bytes that the file server does not have yet', ({ token }) =>
      kept(token),
    ),
  ],
});

const tokenKind = (token: FileTokenState | null): string =>
  token === null ? '' : token.access === 'none' ? 'position' : `position, ${token.access}`;

const kept = (token: FileTokenState | null): string =>
  token === null ? '' : `${count(token.blocks, 'block')}, ${size(token.unwritten)} unwritten`;

interface MappingRow extends FileMappingState {
  readonly resident: number;
}

export const mappings = sectionOf<KnownProcess, MappingRow>({
  key: 'mappings',
  title: 'Mapped files',
  empty: 'No file is mapped.',
  rows: ({ task }) =>
    (task?.mappings ?? []).map((mapping) => {
      const { resident = 0 } = task?.regions.find(({ name }) => name === mapping.region) ?? {};
      return { ...mapping, resident };
    }),
  rowKey: ({ region }) => region,
  columns: [
    amount('address', 'Address', 'Where the program sees it', ({ address }) => portName(address)),
    column('path', 'Path', 'What is mapped', ({ path }) => path),
    amount('offset', 'From', 'Its first byte in the file', ({ offset }) => offset),
    amount('length', 'Bytes', 'How many are mapped', ({ length }) => length),
    column('sharing', 'Sharing', 'Shared: one memory with all who map or read the file', ({ sharing }) => sharing),
    amount('resident', 'Here', 'Pages that are in the memory of its node', ({ resident }) => resident),
  ],
});

interface ChildRow {
  readonly pid: number;
  readonly entry: MasterEntry | undefined;
  readonly reported: boolean;
}

export const relatives = sectionOf<KnownProcess, ChildRow>({
  key: 'children',
  title: 'Children',
  empty: 'It has no children.',
  rows: ({ procs: [proc], state }) =>
    (proc?.children ?? []).map((child) => ({
      pid: child,
      entry: state.processes.find(({ pid }) => pid === child),
      reported: proc?.exited.includes(child) === true,
    })),
  rowKey: ({ pid }) => pid,
  columns: [
    amount('pid', 'Pid', 'Process id', ({ pid }) => pid),
    column('name', 'Program', 'What it runs', ({ entry }) => entry?.name ?? ''),
    column('node', 'Node', 'Where the PM Master knows it to be', ({ entry }) => entry?.node ?? ''),
    column('state', 'State', 'What the PM Master says of it', ({ entry }) => entry?.state ?? 'unknown'),
    column('reported', 'Exit reported', 'The PMA of the parent has been told', ({ reported }) =>
      reported ? 'yes' : 'no',
    ),
  ],
});

export const vprocs = sectionOf<KnownProcess, VprocState>({
  key: 'vprocs',
  title: 'Vprocs',
  empty: 'No PMA has a vproc of it.',
  rows: (known) => known.vprocs,
  rowKey: ({ node }) => node,
  columns: [
    column('node', 'On', 'Node of the PMA that has the vproc', ({ node }) => node),
    column('operations', 'Operations', 'Local ones, or client stubs', ({ operations }) =>
      operations === 'local' ? 'local' : 'client stubs',
    ),
    column('at', 'Process at', 'Where the vproc believes the process to be', ({ at }) => at),
    column('stale', 'Stale', 'It has moved since; the next call will be told', ({ stale }) => (stale ? 'stale' : '')),
    amount('references', 'References', 'Calls and processes that use it', ({ references }) => references),
    column('state', 'State', 'Of the proc behind it', ({ operations, list, state }) =>
      operations === 'local' ? `${list}, ${state}` : '',
    ),
  ],
});

interface CapabilityRow extends ProcCapabilityState {
  readonly node: string;
}

export const capabilities = sectionOf<KnownProcess, CapabilityRow>({
  key: 'capabilities',
  title: 'Capabilities of the PMA',
  empty: 'The PMA keeps nothing of it.',
  rows: ({ procs }) => procs.flatMap(({ node, capabilities }) => capabilities.map((each) => ({ ...each, node }))),
  rowKey: ({ node, what }) => `${node}/${what}`,
  columns: [
    column('what', 'For', 'What the PMA keeps it for', ({ what }) => spaced(what)),
    column('name', 'Name', "In the PMA's name space", ({ name }) => portName(name)),
    column('port', 'Port', 'The port that it denotes', ({ label }) => label),
    column('pma', 'PMA', 'Node of the PMA', ({ node }) => node),
  ],
});

const spaced = (what: string): string => what.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
