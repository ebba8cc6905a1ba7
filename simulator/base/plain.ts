/**
 * Copying and hashing the world.
 *
 * Everything in the world is plain: numbers, strings, booleans, null, undefined, arrays, typed arrays, Maps from number to
 * number, and objects of these, without cycles. So one short function copies all of it and another hashes all of it,
 * and no field can be forgotten. A Map is an index over other data: it is copied, but adds nothing to a digest.
 */

export function copy<T>(value: T): T {
  return copyAny(value) as T;
}

function copyAny(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const source: readonly unknown[] = value;
    const target = source.slice();
    for (let i = 0; i < target.length; i++) {
      const item = target[i];
      if (typeof item === 'object' && item !== null) target[i] = copyAny(item);
    }
    return target;
  }
  if (value instanceof Map) return new Map(value as Map<number, number>);
  if (value instanceof Int32Array || value instanceof Float64Array) return value.slice();
  const target: Record<string, unknown> = { ...value };
  for (const key in target) {
    const item = target[key];
    if (typeof item === 'object' && item !== null) target[key] = copyAny(item);
  }
  return target;
}

/** Two lanes of 32 bits, mixed word by word. */
interface Hash {
  a: number;
  b: number;
}

/** Sixteen hexadecimal digits that depend on every value, on its place and on its kind. */
export function digestOf(value: unknown): string {
  const hash: Hash = { a: 0x811c9dc5, b: 0x1b873593 };
  add(hash, value);
  return hex(hash.a) + hex(hash.b);
}

function add(hash: Hash, value: unknown): void {
  switch (typeof value) {
    case 'number':
      return addNumber(hash, value);
    case 'boolean':
      return addWord(hash, value ? 0x74727565 : 0x66616c73);
    case 'string':
      addWord(hash, value.length ^ 0x73747200);
      for (let i = 0; i < value.length; i++) addWord(hash, value.charCodeAt(i));
      return;
    case 'undefined':
      return addWord(hash, 0x756e6465);
    case 'object':
      return addObject(hash, value);
    default:
      throw new TypeError(`a ${typeof value} is not plain data`);
  }
}

function addObject(hash: Hash, value: object | null): void {
  if (value === null) return addWord(hash, 0x6e756c6c);
  if (value instanceof Map) return;
  if (Array.isArray(value) || value instanceof Int32Array || value instanceof Float64Array) {
    addWord(hash, value.length ^ 0x61727200);
    for (const item of value) add(hash, item);
    return;
  }
  addWord(hash, 0x6f626a00);
  for (const key in value) {
    add(hash, key);
    add(hash, (value as Record<string, unknown>)[key]);
  }
  addWord(hash, 0x656e6400);
}

function addNumber(hash: Hash, value: number): void {
  const low = value | 0;
  addWord(hash, low);
  if (low !== value) {
    addWord(hash, Math.floor(value / 0x1_0000_0000) | 0);
    const fraction = value - Math.floor(value);
    if (fraction !== 0) addWord(hash, Math.floor(fraction * 0x1_0000_0000) | 0);
  }
}

function addWord(hash: Hash, word: number): void {
  hash.a = Math.imul(hash.a ^ word, 0x01000193) ^ (hash.b >>> 15);
  hash.b = Math.imul(hash.b ^ (word + 0x9e3779b9), 0x85ebca6b) ^ (hash.a >>> 13);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
