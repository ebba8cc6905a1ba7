/**
 * Values of any shape: locals, and whatever an expression finds in the inspected state.
 *
 * The rows of an object are its members, those of a list its elements. Numbers are shown as they are: an expression
 * must give back what is shown. A short object tells its members, so that a row can be read without opening it.
 */
import { inBuckets, type Shown } from './shown.ts';

const summaryMax = 60;

export function presentValue(name: string, value: unknown, expression?: string): Shown {
  const row = {
    name,
    value: valueInWords(value),
    type: typeOf(value),
    ...(expression === undefined ? {} : { expression }),
  };
  return typeof value === 'object' && value !== null ? withMembers(row, value) : row;
}

/** The row of an object, in words of its own, that opens to its members. */
export function withMembers(row: Shown, value: object): Shown {
  const children = childrenOfValue(value, row.expression);
  return children === undefined ? row : { ...row, children };
}

/** The members as rows, or undefined where there is nothing to open. */
export function childrenOfValue(value: unknown, expression?: string): (() => readonly Shown[]) | undefined {
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    return () =>
      inBuckets(value.map((item, index) => presentValue(`[${index}]`, item, path(expression, `[${index}]`))));
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return () =>
    inBuckets(Object.entries(value).map(([name, member]) => presentValue(name, member, path(expression, `.${name}`))));
}

export function valueInWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `list of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${name}: ${shortly(member)}`);
  const all = members.join(', ');
  return all.length <= summaryMax ? `{${all}}` : `{${all.slice(0, summaryMax)}...}`;
}

export function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}

function shortly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  return typeof value === 'object' && value !== null ? '{...}' : JSON.stringify(value);
}

function path(expression: string | undefined, step: string): string | undefined {
  return expression === undefined ? undefined : `${expression}${step}`;
}
