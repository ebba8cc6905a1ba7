/**
 * Did you mean: the known name that is nearest to one that is not known.
 *
 * Near is few edits (insert, remove, replace, swap neighbours) for the length of the name; letters that differ only in
 * case cost half an edit. Names that look like nothing known get no suggestion rather than a silly one.
 */
import type { Fix } from './diagnostics.ts';

/** Longer words are never mistyped names, and would only cost time. */
const longest = 64;

function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longest) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, name.length / 3) + 0.01;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > bestDistance) continue;
    const distance = edits(name, candidate);
    if (distance > 0 && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The end of a message about an unknown name, and the change that would mend it. */
export function suggestion(name: string, known: Iterable<string>): { text: string; fix: Fix | undefined } {
  const names = [...known];
  const near = nearest(name, names);
  if (near !== undefined) {
    return { text: `Did you mean \`${near}\`?`, fix: { title: `Change to \`${near}\``, replacement: near } };
  }
  const few = names.length > 0 && names.length <= 8;
  return { text: few ? `Known here: ${names.map((each) => `\`${each}\``).join(', ')}.` : '', fix: undefined };
}

/** Joins the sentences of a message, leaving out the empty ones. */
export function sentences(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const from = a.charAt(row - 1);
      const to = b.charAt(column - 1);
      const replace = from === to ? 0 : from.toLowerCase() === to.toLowerCase() ? 0.5 : 1;
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + replace);
      if (row > 1 && column > 1 && from === b.charAt(column - 2) && a.charAt(row - 2) === to) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
