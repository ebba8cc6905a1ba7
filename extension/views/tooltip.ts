/**
 * The words of a marked row for the pointer and for a screen reader: its facts as a small table in markdown, with what
 * they were before where they have changed, and one sentence that says the same without a picture.
 */
import type { Change, Mark, MarkedRow } from './changes.ts';

const markWords: Readonly<Record<Mark, string>> = {
  same: '',
  inside: 'changed inside',
  changed: 'changed since the last stop',
  new: 'new since the last stop',
  gone: 'gone since the last stop',
};

/** Characters that markdown would take for its own. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>()#+\-.!|~]/g, '\\$&');

export function tooltipMarkdown(row: MarkedRow): string {
  const was = new Map(row.changes.map((change) => [change.fact, change]));
  const head = `**${escaped(row.label)}**${row.mark === 'same' ? '' : ` — ${markWords[row.mark]}`}`;
  const facts = row.facts
    .filter(({ name, value }) => value !== '' || was.has(name))
    .map(({ name, value }) => `| ${escaped(name)} | ${valueMarkdown(value, was.get(name))} |`);
  return facts.length === 0 ? head : [head, '', '| | |', '|:--|:--|', ...facts].join('\n');
}

const orNone = (value: string): string => (value === '' ? 'none' : value);

function valueMarkdown(value: string, change: Change | undefined): string {
  if (change === undefined) return escaped(value);
  return `${escaped(orNone(change.was))} → **${escaped(orNone(value))}**`;
}

export function spoken(row: MarkedRow): string {
  const changes = row.changes.map(({ fact, was, now }) => `${fact} was ${orNone(was)}, is ${orNone(now)}`);
  return [row.label, row.description, markWords[row.mark], ...changes].filter((part) => part !== '').join(', ');
}
