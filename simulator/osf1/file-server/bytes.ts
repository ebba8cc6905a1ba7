/**
 * What is in a file: bytes, as a string of characters 0 to 255, because strings are shared by all copies of a world and
 * cost nothing to keep. Zeros at the end of a piece of data are left out, wherever it is: in a block, in a message, in a
 * program's buffer; its size is said beside it. So a file of zeros takes no room however large it is.
 */

/** The block in which file data is kept, and in which it travels. */
export const BLOCK_BYTES = 4096;

/** The bytes of a file from `position` on, at most `size`, without the zeros at the end. */
export function readBytes(blocks: readonly string[], position: number, size: number): string {
  const first = Math.floor(position / BLOCK_BYTES);
  const last = Math.min(blocks.length, Math.ceil((position + size) / BLOCK_BYTES));
  let bytes = '';
  for (let block = first; block < last; block++) bytes = padded(bytes, (block - first) * BLOCK_BYTES) + blocks[block]!;
  const start = position - first * BLOCK_BYTES;
  return trimmed(bytes.slice(start, start + size));
}

/** Puts `size` bytes into a file from `position` on: `bytes`, and zeros after them. */
export function writeBytes(blocks: string[], position: number, bytes: string, size: number): void {
  const end = position + size;
  for (let at = position; at < end;) {
    const block = Math.floor(at / BLOCK_BYTES);
    const from = at - block * BLOCK_BYTES;
    const to = Math.min(BLOCK_BYTES, end - block * BLOCK_BYTES);
    while (blocks.length <= block) blocks.push('');
    const old = blocks[block]!;
    const written = padded(bytes.slice(at - position, at - position + to - from), to - from);
    blocks[block] = trimmed(padded(old.slice(0, from), from) + written + old.slice(to));
    at += to - from;
  }
}

/** Forgets what is behind the first `size` bytes. */
export function cutBytes(blocks: string[], size: number): void {
  const whole = Math.floor(size / BLOCK_BYTES);
  const rest = blocks[whole]?.slice(0, size - whole * BLOCK_BYTES) ?? '';
  blocks.length = Math.min(blocks.length, whole);
  if (rest !== '') blocks[whole] = trimmed(rest);
}

/** Two pieces one after the other; the first is `size` bytes long. */
export const joined = (first: string, size: number, second: string): string =>
  second === '' ? first : padded(first, size) + second;

const padded = (bytes: string, size: number): string => bytes.padEnd(size, '\0');

export function trimmed(bytes: string): string {
  let end = bytes.length;
  while (end > 0 && bytes.charCodeAt(end - 1) === 0) end--;
  return end === bytes.length ? bytes : bytes.slice(0, end);
}

/** The bytes of a text, in UTF-8. */
export function bytesOf(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The text that bytes stand for; what is no UTF-8 is shown as the replacement character. */
export function textOf(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
