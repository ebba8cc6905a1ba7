/**
 * Whose a process is: every request for a PM Master goes to the one beside whoever asks, and from there, if the process
 * is another one's, to that one, whole: the answer comes from there straight to who has asked. Where there is one PM Master
 * everything is its own.
 *
 *   the block of the pid is known     0 questions      (the own blocks, and those that were asked for before)
 *   it is not                         1 RPC to the broker, once for each block; if it has failed, as soon as that is noticed
 *
 * The broker is the PM Master that the script says, as long as its node is up; then the first of the others. It takes over
 * the blocks of those that have failed (take-over.ts).
 */
import { NONE, at } from '../../base/table.ts';
import { renewRight } from '../../dipc/boot.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { destinationOf } from '../../mach/ipc/right.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { isInTouch, isKnownDown } from '../../mach/node.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, goTo, replace, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn, type Thread } from '../../mach/thread.ts';
import { clusterOf } from '../configuration.ts';
import { adoptReply, forward, unwrap } from '../forward.ts';
import type { OsfWorld } from '../world.ts';
import { isGone } from '../pma/master-call.ts';
import { blockOf, blocksOf, grantBlock, knownOwner, noteOwner } from './blocks.ts';
import { masterOf, type PmMaster } from './entry.ts';
import { operation } from './operation.ts';
import { RECOVERED } from './recover.ts';

/** What findOwner finishes with: this PM Master, or the name of a right to another one, or neither: it is out of reach. */
export type Owner = { readonly own: true } | { readonly own: false; readonly name: number };

interface FindOwner {
  readonly pid: number;
  tries?: number;
}

const MAXIMUM_TRIES = 8;

/** Channel on which those wait who need a broker, until its failure is noticed. */
export const NOTICED = 'notice of a failure';

const OWN: Owner = { own: true };
const OUT_OF_REACH: Owner = { own: false, name: NONE };

export const findOwner = routine<OsfWorld, FindOwner>('pmm.find_owner', 'finds the PM Master of a process', [
  step('look whose the block is', (w, t, f) => {
    const master = masterOf(w, t);
    const node = isOnly(w) ? master.node : knownOwner(master, blockOf(f.pid));
    if (node === master.node) return finish(t, OWN);
    const peer = node === NONE ? NONE : masterOn(w, master, node);
    if (peer !== NONE) return finish(t, { own: false, name: peer } satisfies Owner);
    // Nobody knows more than the broker: nobody has the block, or who has it is down.
    if (isBroker(w, master)) return node === NONE ? finish(t, OWN) : waitFor(w, t, master, node);
    const broker = brokerOf(w, master);
    if (broker === NONE) return waitFor(w, t, master, brokerNode(w, master));
    rpc(w, t, broker, 'pmm.whose_block', { body: { block: blockOf(f.pid) } });
  }),
  step('remember what the broker says', (w, t, f) => {
    const master = masterOf(w, t);
    f.tries = (f.tries ?? 0) + 1;
    // It has failed: another one is the broker now.
    if (isGone(t.code) && f.tries < MAXIMUM_TRIES) return goTo(w, t, 'look whose the block is');
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code === 'ESRCH' ? OWN : OUT_OF_REACH);
    const { node } = t.body as { node: number };
    noteOwner(master, blockOf(f.pid), node);
    if (node === master.node) return finish(t, OWN);
    const name = masterOn(w, master, node);
    if (name !== NONE) return finish(t, { own: false, name } satisfies Owner);
    waitFor(w, t, master, node);
  }),
]);

/**
 * There is nobody to ask on the node. If it has failed, and this kernel has not noticed yet, the next broker takes over when it
 * has: then the owner is looked for again.
 */
function waitFor(w: OsfWorld, t: Thread, master: PmMaster, node: number): void {
  if (isKnownDown(w, master.node, node) || isInTouch(w, master.node, node)) return finish(t, OUT_OF_REACH);
  blockOn(w, t, NOTICED);
  goTo(w, t, 'look whose the block is');
}

/** Where every node manages its own processes there is a PM Master on each. */
export const isOnly = (w: OsfWorld): boolean => clusterOf(w).management !== 'local_masters';

/** Nodes with a PM Master in the order in which they are the broker, each if all before it are down. */
function candidates(w: OsfWorld): number[] {
  const { nodes } = clusterOf(w);
  const all = nodes.flatMap(({ pma, pmMaster }, node) => (pma || pmMaster ? [node] : []));
  return all.sort((a, b) => Number(nodes[b]!.pmMaster) - Number(nodes[a]!.pmMaster));
}

/** The node of whom all are to take for the broker who are in touch with it: the first that is up. */
export const firstBroker = (w: OsfWorld): number | undefined => candidates(w).find((node) => at(w.nodes, node).up);

/** 0 where the script has put the broker, another number for every other node. */
export const rankOf = (w: OsfWorld, node: number): number => (clusterOf(w).nodes[node]!.pmMaster ? 0 : node + 1);

function brokerNode(w: OsfWorld, { node }: PmMaster): number {
  return candidates(w).find((each) => each === node || !isKnownDown(w, node, each)) ?? node;
}

/** Whether it gives out the blocks, and knows whose each is. */
export const isBroker = (w: OsfWorld, master: PmMaster): boolean => brokerNode(w, master) === master.node;

/** Name, in the PM Master's space, of a right to the PM Master of another node; NONE if there is none in reach. */
function masterOn(w: OsfWorld, master: PmMaster, node: number): number {
  const { peers } = master;
  const task = at(w.tasks, master.task);
  const peer = w.pmMasters.rows.find((each) => each.live && each.node === node);
  while (peers.length <= node) peers.push(NONE);
  if (peer !== undefined) {
    const service = lookup(at(w.tasks, peer.task).space, peer.service)!.port;
    peers[node] = renewRight(w, peers[node]!, at(w.ports, service), task);
  }
  const known = peers[node]!;
  return known === NONE || destinationOf(w, task, known) === NONE ? NONE : known;
}

/** The broker that this PM Master asks for blocks; NONE if it is out of reach. */
export const brokerOf = (w: OsfWorld, master: PmMaster): number => masterOn(w, master, brokerNode(w, master));

/** Names of rights to all other PM Masters in reach. */
export function otherMasters(w: OsfWorld, master: PmMaster): number[] {
  if (isOnly(w)) return [];
  const nodes = w.nodes.rows.filter(({ id }) => id !== master.node);
  return nodes.map(({ id }) => masterOn(w, master, id)).filter((name) => name !== NONE);
}

/** Whom a request is about, NONE if it is for the PM Master that was asked. */
function subjectOf(name: string, body: unknown): number {
  const { pid, of, child } = (body ?? {}) as { readonly pid?: number; readonly of?: number; readonly child?: number };
  if (aboutChild.has(name) && child !== undefined && child > 0) return child;
  return of ?? pid ?? NONE;
}

const aboutChild: ReadonlySet<string> = new Set(['pmm.find_child', 'pmm.reap', 'pmm.orphan', 'pmm.parent_moved']);

interface MasterRequest extends Request {
  refused?: number[];
}

/** Serves every operation of a PM Master; who executes one is the service `local <operation>`. */
export const masterRequest = routine<OsfWorld, MasterRequest>('pmm.request', 'takes a request to who can execute it', [
  step('find whose the process is', (w, t, f) => {
    const master = masterOf(w, t);
    if (master.recovering && f.operation !== 'pmm.own_blocks') {
      blockOn(w, t, RECOVERED);
      return again(t);
    }
    const pid = subjectOf(f.operation, f.body);
    if (pid !== NONE && !isOnly(w)) return call(t, findOwner, { pid } satisfies FindOwner);
    replace(t, w.setup.services.get(`local ${f.operation}`)!, { ...f });
  }),
  step('execute it, or send it on', (w, t, f) => {
    const owner = t.result as Owner;
    if (owner.own) return replace(t, w.setup.services.get(`local ${f.operation}`)!, { ...f });
    f.refused = [...f.names];
    if (owner.name === NONE) return;
    goTo(w, t, 'be done');
    forward(w, t, owner.name, 'pmm.forwarded', subjectOf(f.operation, f.body), f);
  }),
  step('give up the rights that came with it', (w, t, f) => {
    const name = f.refused!.shift();
    if (name === undefined) return finish(t, { code: 'EHOSTDOWN' } satisfies Payload);
    again(t);
    kernelCall(w, t, masterOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

export const forwardedRequest = routine<OsfWorld, Request>('pmm.forwarded', 'takes a request from another PM Master', [
  step('take it apart', (w, t, f) => {
    const request = unwrap(w, t, f);
    adoptReply(t, request.reply);
    // As a rule it is this one's; if not, who has sent it on knew an owner that has failed since.
    replace(t, masterRequest, request);
  }),
]);

const allocBlock = operation<{ readonly node: number }>('pmm.alloc_block', 'gives out a block of pids', (w, f, t) => ({
  body: { block: grantBlock(masterOf(w, t), f.node) },
}));

const whoseBlock = operation<{ readonly block: number }>('pmm.whose_block', 'says whose a block is', (w, f, t) => {
  const node = knownOwner(masterOf(w, t), f.block);
  return node === NONE ? { code: 'ESRCH' } : { body: { node } };
});

const ownBlocks = operation('pmm.own_blocks', 'says which blocks are its own', (w: OsfWorld, _body: unknown, t) => {
  const master = masterOf(w, t);
  return { body: { node: master.node, blocks: blocksOf(master, master.node) } satisfies OwnBlocks };
});

/** What \`pmm.own_blocks\` answers. */
export interface OwnBlocks {
  readonly node: number;
  readonly blocks: readonly number[];
}

export const blockRoutines: readonly Routine[] = [allocBlock, whoseBlock, ownBlocks];
