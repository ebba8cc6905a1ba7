/**
 * Pids in blocks: who has a process made gets its pid from the PM Master beside it, out of a block that the broker has given
 * to that PM Master, so that most creations ask nobody else [paper section 4; docs/decisions/0049-a-pm-master-on-each-node.md].
 *
 * A pid says to which block it belongs, and so whose it is: the broker is asked once for each block, and what it says is
 * kept. A PM Master that is the only one has all pids. Whoever becomes the broker, after a failure, begins far above what
 * any other one can have given out, so that no pid is given twice.
 */
import { NONE } from '../../base/table.ts';
import type { PmMaster } from './entry.ts';

export const BLOCK = 100;
/** What one incarnation of a broker may give out. */
const BLOCKS_OF_AN_INCARNATION = 1000;
/** What all incarnations of a node may. */
const BLOCKS_OF_A_NODE = 1_000_000;

export const blockOf = (pid: number): number => Math.trunc(pid / BLOCK);

/**
 * The first block that the PM Master of a node gives out, by the number of the node's incarnation; `rank` is 0 where the
 * script has put the broker, and another one for every other node.
 */
export function firstBlock(rank: number, incarnation: number): number {
  return rank * BLOCKS_OF_A_NODE + (incarnation - 1) * BLOCKS_OF_AN_INCARNATION;
}

/** The next pid of the PM Master, or NONE: it has used up its blocks. */
export function nextPid(master: PmMaster): number {
  if (master.nextPid > master.lastPid && master.spare.length > 0) beginBlock(master, master.spare.shift()!);
  return master.nextPid > master.lastPid ? NONE : master.nextPid++;
}

/** The broker gives a block to the PM Master of a node. */
export function grantBlock(broker: PmMaster, node: number): number {
  const block = broker.nextBlock++;
  noteOwner(broker, block, node);
  return block;
}

/** The PM Master has got a block. */
export function takeBlock(master: PmMaster, block: number): void {
  noteOwner(master, block, master.node);
  master.spare.push(block);
}

function beginBlock(master: PmMaster, block: number): void {
  master.nextPid = block * BLOCK;
  master.lastPid = master.nextPid + BLOCK - 1;
}

/** Blocks of a PM Master, as far as this one knows. */
export function blocksOf({ blocks }: PmMaster, node: number): number[] {
  return blocks.filter((each) => each.node === node).map(({ block }) => block);
}

/** Their PM Master has failed: whose they are now has to be asked for. */
export function forgetOwner({ blocks }: PmMaster, node: number): void {
  blocks.splice(0, blocks.length, ...blocks.filter((each) => each.node !== node));
}

/** Node of the PM Master that the block is known to belong to, or NONE. */
export function knownOwner({ blocks }: PmMaster, block: number): number {
  return blocks.find((each) => each.block === block)?.node ?? NONE;
}

export function noteOwner({ blocks }: PmMaster, block: number, node: number): void {
  const known = blocks.find((each) => each.block === block);
  if (known === undefined) blocks.push({ block, node });
  else known.node = node;
}
