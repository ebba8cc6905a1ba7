/**
 * Receiver-pull: a destination takes in one migration at a time, so that it is not flooded [paper 3.2 (c)].
 *
 * Who wants in asks for a turn before anything of it is frozen, and runs on while it waits: the migrations stand in line in
 * the order in which they came. A node that says `refuse when busy` has no line.
 *
 *   reserve    the source takes a place; answered when it is the first
 *   request    comes when the process is frozen; without a place it takes one, and waits frozen
 *   leave      the source gives its place up: the process has ended, or a call that it is in may last for long, and nobody
 *              else need wait for that
 *
 * A place goes when the process is in, or refused, or when the node fails that holds it. If the destination fails, whoever
 * waits hears of it and goes on as before; if the process ends while it waits, its turn is given back when it comes.
 * [docs/decisions/0051-migrations-stand-in-line.md]
 */
import { at, NONE } from '../../base/table.ts';
import { rpc, send, type Payload } from '../../mach/ipc/mach-msg.ts';
import { again, finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn, wakeAll, type Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import { residentBytes } from '../../mach/vm/region.ts';
import { peerOf, pmaOf, type Incoming, type Pma } from '../../osf1/pma/pma.ts';
import type { MigrationWorld } from '../record.ts';

/** Channel on which those wait that stand in line. */
export const TURN = 'turn to install a process';

const BUSY = 'the destination is busy';

interface Reserving extends Request {
  readonly body: Incoming;
}

export const reserve = routine<MigrationWorld, Reserving>('migration.reserve', 'gives a migration its turn', [
  step('take a place', (w, t, f) => {
    const pma = pmaOf(w, t);
    // The members of a group are taken in together or not at all: what would be refused is refused now.
    const reason = (f.body.group ? refusal(w, t.node) : '') || busy(w, pma);
    if (reason !== '') return finish(t, { code: 'EAGAIN', body: { reason } } satisfies Payload);
    pma.incoming.push({ ...f.body });
    const ahead = pma.incoming.length - 1;
    const text = `migration ${f.body.turn + 1}, behind ${ahead}`;
    if (ahead > 0 && w.setup.watched) tell(w, 'in line', t.node, null, t.identity, text);
  }),
  step('wait for its turn', (w, t, f) => {
    const place = placeOf(pmaOf(w, t), f.body.turn);
    if (place <= 0) return finish(t, {} satisfies Payload);
    blockOn(w, t, TURN);
    again(t);
  }),
]);

/** A process has come that asked for no turn, or has given it back. Empty, or why it is refused. */
export function takePlace(w: MigrationWorld, pma: Pma, place: Incoming): string {
  if (placeOf(pma, place.turn) >= 0) return '';
  const reason = busy(w, pma);
  if (reason === '') pma.incoming.push(place);
  return reason;
}

export const placeOf = ({ incoming }: Pma, turn: number): number => incoming.findIndex((each) => each.turn === turn);

/** The process is in, or refused; the members of a group keep their common place until the last of them is. */
export function leavePlace(w: MigrationWorld, pma: Pma, turn: number, whole = false): void {
  const place = placeOf(pma, turn);
  if (place < 0 || (pma.incoming[place]!.group && !whole)) return;
  pma.incoming.splice(place, 1);
  wakeAll(w, at(w.tasks, pma.task), TURN);
}

/** A node has failed: its migrations do not come any more, but for one that is being installed, which ends by itself. */
export function forgetPlaces(w: MigrationWorld, pma: Pma, node: number): void {
  const isInstalled = w.procs.rows.some((each) => each.live && each.node === pma.node && each.state === 'attaching');
  for (const { from, turn } of [...pma.incoming.slice(isInstalled ? 1 : 0)]) {
    if (from === node) leavePlace(w, pma, turn, true);
  }
}

export const leave = routine<MigrationWorld, Request>('migration.leave', 'gives a turn to the next', [
  step('give the place up', (w, t, f) => {
    leavePlace(w, pmaOf(w, t), (f.body as { turn: number }).turn, true);
    finish(t, null);
  }),
]);

/** The source asks for a turn; the next step finds in `t.code` whether it has come. */
export function askForTurn(w: MigrationWorld, t: Thread, to: number, place: Incoming): void {
  rpc(w, t, peerOf(w, pmaOf(w, t), to), 'migration.reserve', { body: place });
}

export function giveTurnBack(w: MigrationWorld, t: Thread, to: number, turn: number): void {
  const peer = peerOf(w, pmaOf(w, t), to);
  if (peer !== NONE) send(w, t, peer, 'migration.leave', { body: { turn } });
}

/** Why the node does not take a process in now, in words; empty if it does. */
export function refusal(w: MigrationWorld, node: number): string {
  const { refuseAll, refuseBelow } = specOf(w, node);
  if (refuseAll) return 'the destination takes no process in';
  const free = at(w.nodes, node).memory - residentBytes(w, node);
  return free < refuseBelow ? 'the destination is short of memory' : '';
}

function busy(w: MigrationWorld, { node, incoming }: Pma): string {
  return incoming.length > 0 && specOf(w, node).refuseWhenBusy ? BUSY : '';
}

function specOf(w: MigrationWorld, node: number) {
  const { image, scenario } = w.setup;
  return image.clusters[image.scenarios[scenario]!.cluster]!.nodes[node]!;
}
