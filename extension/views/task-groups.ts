/** What a row of the Tasks view opens into, besides threads: special ports, memory, open files, what is left elsewhere. */
import type { RegionState } from '../../simulator/inspect/state-memory.ts';
import type {
  FileDescriptorState,
  FileTokenState,
  ResidualState,
  SpecialPortState,
  TaskState,
} from '../../simulator/inspect/state.ts';
import { count, portName, size } from './quantities.ts';
import { fact, joined, type Row, type Subject } from './row.ts';

const pageSize_bytes = 4096;

/** The ports that the kernel keeps for the task; one that is interposed is shown as such. */
export function specialGroup(id: string, { specialPorts }: TaskState, subject: Subject): readonly Row[] {
  if (specialPorts.length === 0) return [];
  const isInterposed = specialPorts.some(({ what }) => what === 'sself');
  return [
    {
      id: `${id}/special`,
      kind: 'group',
      label: 'Special ports',
      description: joined(String(specialPorts.length), isInterposed ? 'interposed' : ''),
      icon: 'plug',
      facts: [fact('Special ports', specialPorts.length), fact('Interposed', isInterposed ? 'yes' : 'no')],
      subject,
      open: false,
      children: specialPorts.map((port) => specialRow(id, port)),
    },
  ];
}

function specialRow(id: string, { what, port, label, receiver, node }: SpecialPortState): Row {
  return {
    id: `${id}/special/${what}`,
    kind: 'port',
    label: what,
    description: joined(label, receiver === '' ? '' : `received by ${receiver} on ${node}`),
    icon: 'plug',
    facts: [fact('Port', label), fact('Received by', receiver), fact('On', node)],
    subject: { port },
    open: false,
    children: [],
  };
}

export function regionGroup(id: string, { regions }: TaskState, subject: Subject): readonly Row[] {
  if (regions.length === 0) return [];
  const pages = regions.reduce((sum, region) => sum + region.pages, 0);
  const remote = regions.reduce((sum, region) => sum + remotePages(region), 0);
  return [
    {
      id: `${id}/regions`,
      kind: 'regions',
      label: 'Memory',
      description: joined(size(pages * pageSize_bytes), remote === 0 ? '' : `${count(remote, 'page')} elsewhere`),
      icon: 'database',
      facts: [fact('Pages', pages), fact('On other nodes', remote)],
      subject,
      open: false,
      children: regions.map((region) => regionRow(id, region, subject)),
    },
  ];
}

const remotePages = (region: RegionState): number => region.remote.reduce((sum, { pages }) => sum + pages, 0);

function regionRow(id: string, region: RegionState, subject: Subject): Row {
  const elsewhere = region.remote.map(({ node, pages }) => `${pages} on ${node}`).join(', ');
  return {
    id: `${id}/region/${region.start}`,
    kind: 'region',
    label: region.name,
    description: joined(count(region.pages, 'page'), `${region.resident} here`, elsewhere),
    icon: 'symbol-array',
    facts: [
      fact('Pages', region.pages),
      fact('Here', region.resident),
      fact('Elsewhere', elsewhere),
      fact('First page', region.start),
      fact('Protection', region.protection),
      fact('Inheritance', region.inheritance),
    ],
    subject,
    open: false,
    children: [],
  };
}

export function fileGroup(id: string, { files }: TaskState, subject: Subject): readonly Row[] {
  if (files.length === 0) return [];
  return [
    {
      id: `${id}/files`,
      kind: 'group',
      label: 'Open files',
      description: String(files.length),
      icon: 'files',
      facts: [fact('Open files', files.length)],
      subject,
      open: false,
      children: files.map((file) => fileRow(id, file, subject)),
    },
  ];
}

function tokenText({ access, blocks, unwritten }: FileTokenState): string {
  const file = access === 'none' ? 'position' : `position, ${access}`;
  return `${file}; ${blocks} blocks kept, ${unwritten} bytes not written back`;
}

function fileRow(id: string, file: FileDescriptorState, subject: Subject): Row {
  return {
    id: `${id}/file/${file.descriptor}`,
    kind: 'file',
    label: `${file.descriptor}  ${file.path}`,
    description: `at ${size(file.position)}`,
    icon: 'file',
    facts: [
      fact('Path', file.path),
      fact('Position', file.position),
      fact('Capability', portName(file.capability)),
      fact('Served by', file.server),
      ...(file.token === null ? [] : [fact('Token', tokenText(file.token))]),
    ],
    subject,
    open: false,
    children: [],
  };
}

/** What the task still needs of nodes that are not its own. */
export function residualGroup(id: string, { residual }: TaskState, subject: Subject): readonly Row[] {
  if (residual.length === 0) return [];
  const nodes = residual.map(({ node }) => node).join(', ');
  return [
    {
      id: `${id}/residual`,
      kind: 'group',
      label: 'Residual dependency',
      description: `on ${nodes}`,
      icon: 'references',
      facts: [fact('On', nodes)],
      subject,
      open: false,
      children: residual.map((on) => residualRow(id, on, subject)),
    },
  ];
}

function residualRow(id: string, { node, pma, forwarders, relays, pages }: ResidualState, subject: Subject): Row {
  const some = (number: number, words: string): string => (number === 0 ? '' : words);
  return {
    id: `${id}/residual/${node}`,
    kind: 'group',
    label: node,
    description: joined(
      some(pma, `${pma} in its PMA`),
      some(forwarders, count(forwarders, 'forwarder')),
      some(relays, count(relays, 'relay')),
      some(pages, count(pages, 'page')),
    ),
    icon: 'server',
    facts: [fact('In its PMA', pma), fact('Forwarders', forwarders), fact('Relays', relays), fact('Pages', pages)],
    subject,
    open: false,
    children: [],
  };
}
