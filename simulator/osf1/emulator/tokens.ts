/**
 * The tokens that an emulator holds, and what it keeps under them [mechanisms 5.1].
 *
 *   position token   the emulator knows the position of the open file itself: reading and writing move it here, lseek
 *                    costs no message. One process has it, of all that share the open file
 *   file token       to read: blocks of the file are kept here. To write: bytes that are written are gathered here, too.
 *                    Many emulators may read, or one may write
 *
 * They come together, with the answer of the file server (file-server/token.ts), and go together: at close, exit and
 * migration, or when the server wants them back. It asks the PMA, which shares this page of memory with the emulator, so
 * they come back also from a process that is stopped, frozen or blocked (pma/tokens.ts).
 *
 * Nobody else can see what is gathered here: who wants to read or write has to have the token first. So every read finds the
 * last write, on whatever nodes they are [P10].
 */
import { BLOCK_BYTES, joined, readBytes, trimmed, writeBytes } from '../file-server/bytes.ts';
import type { FileAccess } from '../file-server/handle.ts';
import type { EmulatorState, OpenFile } from './state.ts';

/** Bytes that were written and that the server does not have yet. */
export interface Piece {
  readonly position: number;
  readonly size: number;
  readonly bytes: string;
}

/** What a file server gives with its answer. */
export interface Grant {
  /** The server's number of the open file, and of the grant. */
  readonly open: number;
  readonly serial: number;
  readonly access: FileAccess;
  readonly position: number;
  readonly size: number;
  readonly flags: number;
}

export interface HeldToken extends Grant {
  /** Name of the right to the open file. */
  readonly capability: number;
  /** The position token is here: this is the position. */
  position: number;
  /** Size of the file, as far as this process has written to it. */
  size: number;
  access: FileAccess;
  /** Blocks of the file with what was written here, by their number. */
  cached: { readonly block: number; bytes: string }[];
  /** What was written, in order. */
  dirty: Piece[];
  /** The first of them, which are on their way to the server. */
  sending: number;
}

/** What comes back with a token. */
export interface Returned {
  readonly serial: number;
  readonly position: number;
  readonly pieces: readonly Piece[];
}

/** Blocks that are kept of a file, and bytes that are gathered before they are written back. */
const MOST_BLOCKS = 4;
export const MOST_DIRTY_BYTES = MOST_BLOCKS * BLOCK_BYTES;

export function tokenFor(emulator: EmulatorState, { capability }: OpenFile): HeldToken | null {
  return emulator.tokens.find((each) => each.capability === capability) ?? null;
}

/**
 * Keeps what the server has granted, in place of what was held: with each answer a grant of its own, or none any more. A grant
 * that was on its way while a token was wanted back may be the one that was meant: it is not taken.
 */
export function keepGrant(emulator: EmulatorState, file: OpenFile, grant: Grant | null, recalls: number): void {
  if (emulator.recalls !== recalls) return;
  const cached = tokenFor(emulator, file)?.cached ?? [];
  const { capability } = file;
  forgetToken(emulator, capability);
  if (grant !== null) emulator.tokens.push({ ...grant, capability, cached, dirty: [], sending: 0 });
}

export function forgetToken(emulator: EmulatorState, capability: number): void {
  emulator.tokens = emulator.tokens.filter((each) => each.capability !== capability);
}

/** What the server is told when the token goes back. */
export const returned = ({ serial, position, dirty }: HeldToken): Returned => ({
  serial,
  position,
  pieces: [...dirty],
});

export const bytesIn = (pieces: readonly Piece[]): number => pieces.reduce((sum, { size }) => sum + size, 0);

/** The PMA takes a token out; null if it is not here, or not yet. */
export function takeToken(emulator: EmulatorState, open: number, serial: number): Returned | null {
  emulator.recalls++;
  const held = emulator.tokens.find((each) => each.open === open && each.serial === serial);
  if (held === undefined) return null;
  forgetToken(emulator, held.capability);
  return returned(held);
}

/** Nothing is held any more, and nothing that is on its way will be. */
export function forgetTokens(emulator: EmulatorState): void {
  emulator.recalls++;
  emulator.tokens = [];
}

/** At most `size` bytes from a position, as far as one block goes; null if the block is not here. */
export function cachedBytes(held: HeldToken, position: number, size: number): { size: number; bytes: string } | null {
  const block = Math.floor(position / BLOCK_BYTES);
  const kept = held.cached.find((each) => each.block === block);
  if (kept === undefined) return null;
  const from = position - block * BLOCK_BYTES;
  const taken = Math.min(size, BLOCK_BYTES - from);
  return { size: taken, bytes: readBytes([kept.bytes], from, taken) };
}

/** Keeps a block as the server has it; what was written here since stands over it. */
export function keepBlock(held: HeldToken, block: number, bytes: string): void {
  const entry = { block, bytes };
  for (const piece of held.dirty) cover(entry, piece);
  held.cached.push(entry);
  if (held.cached.length > MOST_BLOCKS) held.cached.shift();
}

/** What was written, here or through the server, is in the blocks that are kept. */
export function coverBlocks(held: HeldToken, piece: Piece): void {
  for (const entry of held.cached) cover(entry, piece);
}

/** Gathers what is written; what follows the last piece becomes part of it. */
export function gather(held: HeldToken, piece: Piece): void {
  coverBlocks(held, piece);
  held.size = Math.max(held.size, piece.position + piece.size);
  const last = held.dirty.length > held.sending ? held.dirty.pop()! : null;
  if (last === null) held.dirty.push(piece);
  else if (last.position + last.size !== piece.position) held.dirty.push(last, piece);
  else {
    const bytes = joined(last.bytes, last.size, piece.bytes);
    held.dirty.push({ position: last.position, size: last.size + piece.size, bytes });
  }
}

/** At most a block of what was written goes to the server first; longer pieces are cut. */
export function nextPieces(held: HeldToken): readonly Piece[] {
  const [first] = held.dirty;
  if (first !== undefined && first.size > BLOCK_BYTES) {
    held.dirty.splice(0, 1, part(first, 0, BLOCK_BYTES), part(first, BLOCK_BYTES, first.size - BLOCK_BYTES));
  }
  let bytes = 0;
  held.sending = 0;
  for (const { size } of held.dirty) {
    if (held.sending > 0 && bytes + size > BLOCK_BYTES) break;
    bytes += size;
    held.sending++;
  }
  return held.dirty.slice(0, held.sending);
}

function part({ position, bytes }: Piece, from: number, size: number): Piece {
  return { position: position + from, size, bytes: trimmed(bytes.slice(from, from + size)) };
}

function cover(entry: { readonly block: number; bytes: string }, { position, size, bytes }: Piece): void {
  const start = entry.block * BLOCK_BYTES;
  const from = Math.max(position, start);
  const to = Math.min(position + size, start + BLOCK_BYTES);
  if (from >= to) return;
  const blocks = [entry.bytes];
  writeBytes(blocks, from - start, bytes.slice(from - position, to - position), to - from);
  entry.bytes = blocks[0]!;
}
