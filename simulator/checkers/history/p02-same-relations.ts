/**
 * A migration changes nothing of who a process is to others: when the PM Master learns of the new node, pid, name, parent, group
 * and session stay what they were, and what the process brings along says the same, its children too [mechanisms 5.4, 5.8].
 *
 * And whoever uses the stub of a process sends to a PMA that the process is or was at: what is believed may be out of date, but
 * was true once [mechanisms 5.2].
 */
import { NONE } from '../../base/table.ts';
import { SEND, lookup } from '../../mach/ipc/space.ts';
import { INIT, masterEntryOf, type MasterEntry } from '../../osf1/pm-master/entry.ts';
import type { Proc } from '../../osf1/proc.ts';
import type { Vproc } from '../../osf1/vproc.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

/** What the PM Master said of a process after the last event. */
interface Said {
  pid: number;
  name: string;
  node: number;
  migrations: number;
  parent: number;
  group: number;
  session: number;
  owner: number;
}

/** What a PMA believed of a process that is elsewhere. */
interface Believed {
  vproc: Vproc | null;
  at: number;
  references: number;
}

export const sameRelations: Monitor = {
  rule: 'P2',
  story: 'a process that moves is to others who it was, and is asked for where it is or was',
  begin(w) {
    const said: Said[] = [];
    const stubs: Believed[] = [];
    /** Nodes on which each process is or was: a bit for each. */
    const places: number[] = [];
    for (const vproc of w.vprocs.rows) if (vproc.live && vproc.at !== NONE) note(places, vproc.pid, vproc.at);
    for (const entry of w.masterEntries.rows) said.push(saidOf(entry));
    return (world) => {
      for (const proc of world.procs.rows) if (proc.live) note(places, proc.pid, proc.node);
      for (const entry of world.masterEntries.rows) {
        const before = said[entry.id];
        if (before === undefined) said[entry.id] = saidOf(entry);
        else {
          if (entry.migrations === before.migrations + 1 && entry.state === 'alive') hasMoved(world, before, entry);
          Object.assign(before, saidOf(entry));
        }
      }
      for (const vproc of world.vprocs.rows) isUsed(world, places, stubs, vproc);
    };
  },
};

const saidOf = ({ pid, name, node, migrations, parent, group, session, owner }: MasterEntry): Said => {
  return { pid, name, node, migrations, parent, group, session, owner };
};

function note(places: number[], pid: number, node: number): void {
  places[pid] = (places[pid] ?? 0) | (1 << node);
}

/** The PM Master has just been told of the new node; one that has come back, or takes over, learns of moves from reports, too. */
function hasMoved(w: CheckedWorld, before: Said, entry: MasterEntry): void {
  const { pid, name, parent, group, session, owner } = entry;
  if (w.pmMasters.rows[owner]?.recovering !== false || owner !== before.owner || entry.node === before.node) return;
  if (pid !== before.pid || name !== before.name)
    broken('P2', `process ${before.pid} (${before.name}) is ${pid} (${name}) now`);
  if (parent !== before.parent || group !== before.group || session !== before.session)
    broken('P2', `process ${pid} is of others since it has moved: ${inWords(entry)}, before ${inWords(before)}`);
  for (const proc of w.procs.rows) {
    if (!proc.live || proc.pid !== pid || proc.node !== entry.node) continue;
    bringsTheSame(w, entry, proc);
    bringsItsChildren(w, proc);
  }
}

const inWords = ({ parent, group, session }: Pick<Said, 'parent' | 'group' | 'session'>): string =>
  `parent ${parent}, group ${group}, session ${session}`;

/** Of a parent that has ended it does not hear: it is init's then. A parent that puts it into a group is about to tell it. */
function bringsTheSame(w: CheckedWorld, entry: MasterEntry, { pid, relations }: Proc): void {
  const { parent, group, session } = relations;
  const isParent = parent === entry.parent || (entry.parent === INIT && masterEntryOf(w, parent)?.state !== 'alive');
  if (isParent && group === entry.group && session === entry.session) return;
  if (isParent && session === entry.session && isRegrouped(w, parent)) return;
  broken('P2', `process ${pid} brings along ${inWords(relations)}; the PM Master says ${inWords(entry)}`);
}

const isRegrouped = (w: CheckedWorld, parent: number): boolean =>
  w.procs.rows.some(({ live, pid, callsInProgress }) => {
    return live && pid === parent && callsInProgress.some(({ request }) => request.operation === 'pma.setpgid');
  });

function bringsItsChildren(w: CheckedWorld, { pid, children }: Proc): void {
  for (const entry of w.masterEntries.rows) {
    if (!entry.live || entry.parent !== pid || entry.state === 'reaped' || entry.pid === pid) continue;
    if (w.pmMasters.rows[entry.owner]?.live !== true || children.includes(entry.pid)) continue;
    broken('P2', `process ${pid} does not bring along that ${entry.pid} is its child`);
  }
}

/** Somebody has just begun to use a stub, or has put it right. */
function isUsed(w: CheckedWorld, places: readonly number[], stubs: Believed[], vproc: Vproc): void {
  const before = (stubs[vproc.id] ??= { vproc: null, at: NONE, references: 0 });
  const { at, references, operations, pid, node, capability, live } = vproc;
  const isNew = before.vproc !== vproc || before.at !== at || references > before.references;
  before.vproc = vproc;
  before.at = at;
  before.references = references;
  if (!isNew || !live || operations !== 'stub' || at === NONE) return;
  if (((places[pid] ?? 0) & (1 << at)) === 0)
    broken('P2', `process ${pid} is looked for at node ${at}, where it never was`);
  const pma = w.pmas.rows.find((each) => each.live && each.node === node);
  const entry = pma === undefined ? null : lookup(w.tasks.rows[pma.task]!.space, capability);
  // The node may have failed, and its PMA with it.
  if (entry === null || (entry.type & SEND) === 0) return;
  const home = w.pmas.rows.find((each) => each.live && each.node === at);
  if (home === undefined || receivesOn(w, entry.port) === home.task || w.nodes.rows[at]!.failedAt !== NONE) return;
  broken('P2', `the stub of process ${pid} at node ${node} does not lead to the PMA of node ${at}`);
}

/** The task that receives on the port, wherever the right to it is; NONE if nobody does. */
function receivesOn(w: CheckedWorld, id: number): number {
  const port = w.ports.rows[id]!;
  if (port.dipc === NONE) return port.receiver;
  const { uid } = w.distributed.rows[port.dipc]!;
  for (const each of w.nodes.rows) {
    const copy = w.ports.rows[each.portByUid.get(uid) ?? NONE];
    if (copy?.live === true && copy.active && !copy.proxy) return copy.receiver;
  }
  return NONE;
}
