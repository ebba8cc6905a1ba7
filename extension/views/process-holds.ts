/** What a process has, and who knows it: open and mapped files, relatives, vprocs on the nodes, the capabilities of its PMA. */
import type { FileTokenState } from '../../simulator/inspect/state.ts';
import type { KnownProcess } from './process-known.ts';
import { count, portName, size } from './quantities.ts';
import { column, sectionOf } from './sheet.ts';

export const files = sectionOf<KnownProcess>(
  {
    key: 'files',
    title: 'File descriptors',
    empty: 'No file is open.',
    columns: [
      column('descriptor', 'Descriptor', 'Number in the process', true),
      column('path', 'Path', 'What was opened'),
      column('position', 'Position', 'As the emulator knows it', true),
      column('server', 'Server', 'Node of the file server'),
      column('capability', 'Capability', 'Name of the right to the open file structure'),
      column('token', 'Token', 'What the emulator may keep: the position alone, or what it reads, or writes'),
      column('kept', 'Keeps', 'Blocks of the file, and bytes that the file server does not have yet'),
    ],
  },
  ({ task }) =>
    (task?.files ?? []).map(({ descriptor, path, position, server, capability, token }) => ({
      key: String(descriptor),
      cells: [descriptor, path, position, server, portName(capability), tokenKind(token), kept(token)],
    })),
);

const tokenKind = (token: FileTokenState | null): string =>
  token === null ? '' : token.access === 'none' ? 'position' : `position, ${token.access}`;

const kept = (token: FileTokenState | null): string =>
  token === null ? '' : `${count(token.blocks, 'block')}, ${size(token.unwritten)} unwritten`;

export const mappings = sectionOf<KnownProcess>(
  {
    key: 'mappings',
    title: 'Mapped files',
    empty: 'No file is mapped.',
    columns: [
      column('address', 'Address', 'Where the program sees it', true),
      column('path', 'Path', 'What is mapped'),
      column('offset', 'From', 'Its first byte in the file', true),
      column('length', 'Bytes', 'How many are mapped', true),
      column('sharing', 'Sharing', 'Shared: one memory with all who map or read the file'),
      column('resident', 'Here', 'Pages that are in the memory of its node', true),
    ],
  },
  ({ task }) =>
    (task?.mappings ?? []).map(({ region, path, address, offset, length, sharing }) => ({
      key: region,
      cells: [
        portName(address),
        path,
        offset,
        length,
        sharing,
        task?.regions.find(({ name }) => name === region)?.resident ?? 0,
      ],
    })),
);

export const relatives = sectionOf<KnownProcess>(
  {
    key: 'children',
    title: 'Children',
    empty: 'It has no children.',
    columns: [
      column('pid', 'Pid', 'Process id', true),
      column('name', 'Program', 'What it runs'),
      column('node', 'Node', 'Where the PM Master knows it to be'),
      column('state', 'State', 'What the PM Master says of it'),
      column('reported', 'Exit reported', 'The PMA of the parent has been told'),
    ],
  },
  ({ procs: [proc], state }) =>
    (proc?.children ?? []).map((child) => {
      const entry = state.processes.find(({ pid }) => pid === child);
      return {
        key: String(child),
        cells: [
          child,
          entry?.name ?? '',
          entry?.node ?? '',
          entry?.state ?? 'unknown',
          proc?.exited.includes(child) === true ? 'yes' : 'no',
        ],
      };
    }),
);

export const vprocs = sectionOf<KnownProcess>(
  {
    key: 'vprocs',
    title: 'Vprocs',
    empty: 'No PMA has a vproc of it.',
    columns: [
      column('node', 'On', 'Node of the PMA that has the vproc'),
      column('operations', 'Operations', 'Local ones, or client stubs'),
      column('at', 'Process at', 'Where the vproc believes the process to be'),
      column('stale', 'Stale', 'It has moved since; the next call will be told'),
      column('references', 'References', 'Calls and processes that use it', true),
      column('state', 'State', 'Of the proc behind it'),
    ],
  },
  ({ vprocs }) =>
    vprocs.map(({ node, operations, at, stale, references, list, state }) => ({
      key: node,
      cells: [
        node,
        operations === 'local' ? 'local' : 'client stubs',
        at,
        stale ? 'stale' : '',
        references,
        operations === 'local' ? `${list}, ${state}` : '',
      ],
    })),
);

export const capabilities = sectionOf<KnownProcess>(
  {
    key: 'capabilities',
    title: 'Capabilities of the PMA',
    empty: 'The PMA keeps nothing of it.',
    columns: [
      column('what', 'For', 'What the PMA keeps it for'),
      column('name', 'Name', "In the PMA's name space"),
      column('port', 'Port', 'The port that it denotes'),
      column('pma', 'PMA', 'Node of the PMA'),
    ],
  },
  ({ procs }) =>
    procs.flatMap(({ node, capabilities }) =>
      capabilities.map(({ what, name, label }) => ({
        key: `${node}/${what}`,
        cells: [spaced(what), portName(name), label, node],
      })),
    ),
);

const spaced = (what: string): string => what.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
