// What an editor knows without the language server: snippets that compile, a grammar with every keyword.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScript } from '../../language/compile.ts';
import { theLanguage } from '../../language/parse.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../syntaxes', name), 'utf8'));

const snippets = read('snippets.json') as Record<string, { prefix: string; body: string | string[] }>;

/** The text of a snippet with its suggestions left as they are. */
function expanded(name: string): string {
  const body = [snippets[name]?.body ?? []].flat().join('\n');
  return body
    .replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d+/g, '');
}

describe('what stands in syntaxes/', () => {
  const cluster = "Cluster of the paper's Figure 6";
  const program = 'Program';
  const lab = [cluster, 'File', program].map(expanded).join('\n');
  const inScenario = (text: string): string =>
    `${lab}\nscenario "s" on lab { let p = spawn worker(3) on source migrate p to dest\n${text}\n}`;
  const inProgram = (text: string): string => `${lab}\nprogram program_1 {\n${text}\n}`;
  const around: Record<string, (text: string) => string> = {
    [cluster]: (text) => text,
    File: () => lab,
    [program]: () => lab,
    Scenario: (text) => `${lab}\n${text}`,
    For: inProgram,
    'Fork and wait': (text) => inProgram(text.replace('program(', 'worker(3')),
    'Open, read, close': inProgram,
    'On a phase of a migration': inScenario,
    'Expect nothing behind': inScenario,
    'Mach server': (text) => text,
    'Mach client': (text) => text,
    'Mach task that moves': (text) => `${lab}\n${expanded('Mach client')}\n${text}`,
    'Request a notification': (text) => `task t { let service = port ${text} print(notice.operation) }`,
  };

  for (const name of Object.keys(snippets)) {
    it(`snippet: ${name}`, () => {
      const script = around[name]?.(expanded(name)) ?? '';
      const { diagnostics } = compileScript(script, 'snippet');
      assert.deepEqual(
        diagnostics.filter(({ severity }) => severity !== 'hint'),
        [],
        script,
      );
    });
  }

  it('the TextMate grammar has every keyword', () => {
    const { patterns } = read('osf1ad.tmLanguage.json') as { patterns: { name?: string; match?: string }[] };
    const match = patterns.find(({ name }) => name === 'keyword.control.osf1ad')?.match ?? '';
    const words = Object.keys(theLanguage().parser.Lexer.definition).filter((word) => /^[a-z_]+$/.test(word));
    assert.deepEqual(
      words.filter((word) => !new RegExp(`^${match}$`).test(word)),
      [],
    );
  });

  it('the language configuration is complete', () => {
    const configuration = read('language-configuration.json') as Record<string, unknown>;
    for (const key of ['comments', 'brackets', 'folding', 'onEnterRules']) assert.ok(key in configuration, key);
  });
});
