/**
 * Reading the arguments of a request.
 *
 * What arrives is JSON from somebody else's program: every argument is checked before it is used, and what is wrong
 * with it is said in one sentence. The readers come in pairs: `text` insists, `optionalText` answers undefined when
 * the argument is missing or null.
 */
import { RequestError } from './errors.ts';

export type Arguments = Readonly<Record<string, unknown>>;

export function asArguments(value: unknown): Arguments {
  if (value === undefined || value === null) return {};
  if (isArguments(value)) return value;
  throw new RequestError('badArgument', `'arguments' must be an object, not ${kindOf(value)}.`);
}

export function text(from: Arguments, name: string): string {
  return insist(optionalText(from, name), name, 'a string');
}

export function optionalText(from: Arguments, name: string): string | undefined {
  return optional(from, name, 'a string', isText);
}

export function wholeNumber(from: Arguments, name: string): number {
  return insist(optionalWholeNumber(from, name), name, 'a whole number');
}

export function optionalWholeNumber(from: Arguments, name: string): number | undefined {
  return optional(from, name, 'a whole number', isWholeNumber);
}

/** Something that can be named by its number or by its text. */
export function numberOrText(from: Arguments, name: string): number | string {
  return insist(optional(from, name, 'a whole number or a string', isNumberOrText), name, 'a whole number or a string');
}

export function optionalFlag(from: Arguments, name: string): boolean | undefined {
  return optional(from, name, 'true or false', isFlag);
}

export function record(from: Arguments, name: string): Arguments {
  return insist(optional(from, name, 'an object', isArguments), name, 'an object');
}

export function optionalRecord(from: Arguments, name: string): Arguments | undefined {
  return optional(from, name, 'an object', isArguments);
}

/** A list of objects; a missing list is an empty one. */
export function records(from: Arguments, name: string): readonly Arguments[] {
  const list = optional(from, name, 'a list', isList) ?? [];
  return list.map((item, index) => {
    if (isArguments(item)) return item;
    throw new RequestError('badArgument', `'${name}[${index}]' must be an object, not ${kindOf(item)}.`);
  });
}

/** A list of strings; a missing list is an empty one. */
export function texts(from: Arguments, name: string): readonly string[] {
  const list = optional(from, name, 'a list', isList) ?? [];
  return list.map((item, index) => {
    if (typeof item === 'string') return item;
    throw new RequestError('badArgument', `'${name}[${index}]' must be a string, not ${kindOf(item)}.`);
  });
}

function optional<T>(
  from: Arguments,
  name: string,
  expected: string,
  fits: (value: unknown) => value is T,
): T | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (fits(value)) return value;
  throw new RequestError('badArgument', `'${name}' must be ${expected}, not ${kindOf(value)}.`);
}

function insist<T>(value: T | undefined, name: string, expected: string): T {
  if (value !== undefined) return value;
  throw new RequestError('badArgument', `'${name}' is missing; it must be ${expected}.`);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isWholeNumber = (value: unknown): value is number => Number.isSafeInteger(value);
const isNumberOrText = (value: unknown): value is number | string => isText(value) || isWholeNumber(value);
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function isArguments(value: unknown): value is Arguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${JSON.stringify(value)}`;
}
