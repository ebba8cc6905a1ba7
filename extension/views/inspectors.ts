/**
 * The inspectors as kinds of panel: how each finds what it shows, and what it says where there is nothing.
 */
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { ownerKey, type TableOwner } from './capabilities.ts';
import { memorySheet } from './memory-sheet.ts';
import type { PortOwner } from './port-known.ts';
import { portSheet } from './port-sheet.ts';
import type { ProcessOwner } from './process-known.ts';
import { processSheet } from './process-sheet.ts';
import { serverTitle, type ServerOwner } from './server-known.ts';
import { serverSheet } from './server-sheet.ts';
import type { Sheet } from './sheet.ts';
import { streamSheet, type StreamOwner } from './stream-sheet.ts';

/** A kind of inspector; `Owner` says what is inspected. */
export interface InspectorKind<Owner> {
  readonly viewType: string;
  /** Stands before the title of each panel. */
  readonly name: string;
  readonly missing: string;
  keyOf(owner: Owner): string;
  sheetOf(state: ClusterState, before: ClusterState | null, owner: Owner): Sheet | null;
}

export const portInspector: InspectorKind<PortOwner> = {
  viewType: 'osf1ad.port',
  name: 'Port',
  missing: 'There is no such port at this moment.',
  keyOf: ({ identity }) => identity,
  sheetOf: portSheet,
};

export const memoryInspector: InspectorKind<TableOwner> = {
  viewType: 'osf1ad.memory',
  name: 'Memory',
  missing: 'There is no such task at this moment.',
  keyOf: ownerKey,
  sheetOf: memorySheet,
};

export const processInspector: InspectorKind<ProcessOwner> = {
  viewType: 'osf1ad.process',
  name: 'Process',
  missing: 'Nobody knows such a process at this moment.',
  keyOf: ({ pid }) => `pid/${pid}`,
  sheetOf: processSheet,
};

export const serverInspector: InspectorKind<ServerOwner> = {
  viewType: 'osf1ad.server',
  name: 'Server',
  missing: 'There is no such server at this moment.',
  keyOf: serverTitle,
  sheetOf: serverSheet,
};

export const streamInspector: InspectorKind<StreamOwner> = {
  viewType: 'osf1ad.stream',
  name: 'Stream',
  missing: 'There is no such pipe or socket at this moment.',
  keyOf: ({ name }) => name,
  sheetOf: streamSheet,
};
