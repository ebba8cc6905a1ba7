/**
 * docs/posix.md is what the editor says: each system call has a row, and the calls and options that are left out are those of
 * the vocabulary, with the same reason. `UPDATE=1` writes the table anew.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { compileScript } from '../../language/compile.ts';
import { callsLeftOut, optionsLeftOut, whyLeftOut, type NotModelled } from '../../language/vocabulary/not-modelled.ts';
import { systemCalls } from '../../language/vocabulary/system-calls.ts';
import { knownName } from '../../language/vocabulary/words.ts';

const PATH = 'docs/posix.md';
const HEADING = '## What is left out';

/** Not UNIX's: the language's own, for what it has no arrays and no C for. */
const ofTheLanguage = ['buffer', 'errno', 'FD_FIRST', 'migrate', 'allow_migration', 'disallow_migration'];

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
const row = ({ names, because, instead }: NotModelled): string =>
  `| ${quoted(names)} | ${because} | ${instead ?? ''}${instead === undefined ? '' : ' '}|`;

const table = (): string =>
  [
    'The editor says so where a program uses it (`not-modelled`).',
    '',
    '| call | why | what to write instead |',
    '|---|---|---|',
    ...callsLeftOut.map(row),
    '',
    '| option | why | what to write instead |',
    '|---|---|---|',
    ...optionsLeftOut.map(row),
    '',
  ].join('\n');

const documented = (): string => readFileSync(PATH, 'utf8');

/** The section about what is left out, and all others. */
function sections(): { readonly before: string; readonly left: string; readonly after: string } {
  const [before = '', rest = ''] = documented().split(`${HEADING}\n\n`);
  const end = rest.indexOf('\n## ');
  return { before, left: end < 0 ? rest : rest.slice(0, end), after: end < 0 ? '' : rest.slice(end) };
}

const rows = (): string => sections().before + sections().after;

describe('what of UNIX is modelled', () => {
  it('is documented: every system call has a row', () => {
    const missing = systemCalls.filter(({ name }) => !ofTheLanguage.includes(name) && !rows().includes(`\`${name}`));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  it('and what is left out is in the table, with its reason', () => {
    if (process.env['UPDATE'] === '1') {
      const { before, after } = sections();
      writeFileSync(PATH, [before, HEADING, '\n\n', table(), after].join(''));
    }
    assert.equal(sections().left, table());
  });

  it('and nothing is both', () => {
    const calls = callsLeftOut
      .flatMap(({ names }) => names)
      .filter((name) => systemCalls.some((each) => each.name === name));
    const options = optionsLeftOut.flatMap(({ names }) => names).filter((name) => knownName(name) !== undefined);
    assert.deepEqual([calls, options], [[], []], 'take what is modelled out of language/vocabulary/not-modelled.ts');
  });

  it('and the editor gives the reason of each, where a program uses it', () => {
    for (const [entries, use] of [
      [callsLeftOut, (name: string) => `${name}()`],
      [optionsLeftOut, (name: string) => `let f = ${name} print(f)`],
    ] as const) {
      for (const entry of entries) {
        for (const name of entry.names) {
          const found = compileScript(`program p { ${use(name)} }`, 'case.adw').diagnostics.filter(
            ({ code }) => code === 'not-modelled',
          );
          assert.deepEqual(
            found.map(({ message }) => message),
            [whyLeftOut(name, entry)],
          );
        }
      }
    }
  });

  it('and what a row says is left out is no surprise in the editor either', () => {
    const left = rows()
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').at(-2)!);
    const names = left.flatMap((cell) => [...cell.matchAll(/`([a-z]\w*)`/g)].map(([, name]) => name!));
    const unknown = names.filter((name) => {
      const { diagnostics } = compileScript(`program p { ${name}() }`, 'case.adw');
      return diagnostics.some(({ code }) => code === 'unknown-function');
    });
    assert.deepEqual(unknown, []);
  });
});
