/**
 * The part of the world that the OSF/1 AD servers own: PMAs with their procs and vprocs, the PM Master's table, the
 * credentials server's entries, the file servers' files and open file structures.
 *
 * A server touches its own rows only; what belongs to another one it asks for by message. The tables are shared by all
 * nodes, so every row says which node (or which server) it belongs to.
 */
import { NONE, table, type Table } from '../base/table.ts';
import type { Setup } from '../mach/world.ts';
import type { Image } from '../workload/program.ts';
import type { XmmWorld } from '../xmm/world.ts';
import type { CredentialsEntry, CredentialsServer } from './credentials/entry.ts';
import type { File, FileServer } from './file-server/file.ts';
import type { FileName } from './file-server/name.ts';
import type { FileHandle } from './file-server/handle.ts';
import type { Expectation, Operator, OutputLine } from './operator.ts';
import type { Monitor } from './monitor/monitor.ts';
import type { Pma } from './pma/pma.ts';
import type { MasterEntry, PmMaster } from './pm-master/entry.ts';
import type { Proc } from './proc.ts';
import type { Vproc } from './vproc.ts';

export interface OsfSetup extends Setup {
  readonly image: Image;
  /** Index of the scenario that is run. */
  readonly scenario: number;
}

export interface OsfTables {
  readonly pmas: Table<Pma>;
  readonly procs: Table<Proc>;
  readonly vprocs: Table<Vproc>;
  readonly pmMasters: Table<PmMaster>;
  readonly masterEntries: Table<MasterEntry>;
  /** Row of the entry of each pid that was given out. */
  readonly entryByPid: Map<number, number>;
  readonly monitors: Table<Monitor>;
  readonly credentialsServers: Table<CredentialsServer>;
  readonly credentials: Table<CredentialsEntry>;
  readonly fileServers: Table<FileServer>;
  readonly files: Table<File>;
  readonly fileNames: Table<FileName>;
  readonly fileHandles: Table<FileHandle>;
  readonly operator: Operator;
  readonly expectations: Expectation[];
  /** How many requests for processes were made: the number of the last one (request-number.ts). */
  asked: number;
  readonly output: OutputLine[];
}

export interface OsfWorld extends XmmWorld, OsfTables {
  readonly setup: OsfSetup;
}

export function osfTables(): OsfTables {
  return {
    pmas: table(),
    procs: table(),
    vprocs: table(),
    pmMasters: table(),
    masterEntries: table(),
    entryByPid: new Map(),
    monitors: table(),
    credentialsServers: table(),
    credentials: table(),
    fileServers: table(),
    files: table(),
    fileNames: table(),
    fileHandles: table(),
    operator: { task: NONE, locals: [], pmas: [], kernels: [], hosts: [], self: NONE, nameServer: NONE, started: [] },
    expectations: [],
    asked: 0,
    output: [],
  };
}
