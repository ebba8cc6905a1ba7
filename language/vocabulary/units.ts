/**
 * Numbers with their units. `1.4 s` is 1 400 000 000 ns and `24 KB` is 24 576 bytes, exactly: values are whole
 * nanoseconds and whole bytes, and a decimal that would not be whole is not rounded but reported.
 */
import type { Type } from '../types.ts';

export interface Unit {
  readonly name: string;
  readonly type: 'time' | 'size';
  /** In nanoseconds or bytes. */
  readonly factor: bigint;
  readonly doc: string;
}

export const units: readonly Unit[] = [
  { name: 'ns', type: 'time', factor: 1n, doc: 'nanoseconds' },
  { name: 'us', type: 'time', factor: 1_000n, doc: 'microseconds' },
  { name: 'ms', type: 'time', factor: 1_000_000n, doc: 'milliseconds' },
  { name: 's', type: 'time', factor: 1_000_000_000n, doc: 'seconds' },
  { name: 'B', type: 'size', factor: 1n, doc: 'bytes' },
  { name: 'bytes', type: 'size', factor: 1n, doc: 'bytes' },
  { name: 'KB', type: 'size', factor: 1_024n, doc: 'kilobytes of 1024 bytes' },
  { name: 'MB', type: 'size', factor: 1_048_576n, doc: 'megabytes of 1024 KB' },
];

export interface Quantity {
  readonly type: Type;
  /** Whole number, nanoseconds or bytes. */
  readonly value: number;
  readonly trouble: 'not-whole' | 'too-large' | null;
}

/** The value of a number as it is written, for example `500`, `1.4 s` or `24KB`. */
export function quantity(text: string): Quantity {
  const match = /^(\d+)(?:\.(\d+))?\s*([A-Za-z]*)$/.exec(text);
  const unit = units.find((each) => each.name === match?.[3]);
  const decimals = match?.[2] ?? '';
  const digits = BigInt((match?.[1] ?? '0') + decimals) * (unit?.factor ?? 1n);
  const scale = 10n ** BigInt(decimals.length);
  const type = unit?.type ?? 'int';
  const value = Number(digits / scale);
  if (digits % scale !== 0n) return { type, value, trouble: 'not-whole' };
  return { type, value, trouble: Number.isSafeInteger(value) ? null : 'too-large' };
}

const timeUnits = units.filter((each) => each.type === 'time').reverse();

/** A time as people write it: the largest unit that leaves a whole number or few decimals. */
export function showTime(nanoseconds: number): string {
  const unit = timeUnits.find((each) => Math.abs(nanoseconds) >= Number(each.factor));
  return unit === undefined ? `${nanoseconds} ns` : `${nanoseconds / Number(unit.factor)} ${unit.name}`;
}

export function showSize(bytes: number): string {
  const unit = [...units].reverse().find((each) => each.type === 'size' && bytes % Number(each.factor) === 0);
  return bytes === 0 || unit === undefined || unit.factor === 1n
    ? `${bytes} bytes`
    : `${bytes / Number(unit.factor)} ${unit.name}`;
}
