// Every diagnostic: its code, its range and its sentence, written under the line that it is about.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScript, type Diagnostic } from '../../language/compile.ts';
import { severities } from '../../language/diagnostics.ts';
import { testSections } from './sections.ts';

/** What sections may rely on; it comes after them, so that lines and columns stay. */
const lab = `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
  node bare { }
}
program idle() { compute 1 s }
`;

const annotation = /^ *\/\/ *\^.*\n/gm;

const bare = (text: string): string => text.replace(annotation, '');

function mark({ span, code, message }: Diagnostic, line: string): string {
  const end = span.endLine === span.line ? span.endColumn : line.length + 1;
  const carets = '^'.repeat(Math.max(1, end - span.column));
  const indent = span.column > 3 ? `//${' '.repeat(span.column - 3)}` : `${' '.repeat(Math.max(0, span.column - 3))}//`;
  return `${indent}${carets} ${code}: ${message}\n`;
}

function annotate(text: string): string {
  const { diagnostics } = compileScript(/ on lab\b/.test(text) ? text + lab : text, 'case.adw');
  const lines = text.split('\n');
  return lines
    .map((line, index) => {
      const here = diagnostics.filter(({ span }) => span.line === index + 1);
      const end = index === lines.length - 1 ? '' : '\n';
      return `${line}${end}${here.map((each) => mark(each, line)).join('')}`;
    })
    .join('');
}

describe('diagnostics', () => {
  testSections('diagnostics', bare, annotate);

  it('every quick fix mends what it is offered for', () => {
    const directory = join(import.meta.dirname, 'diagnostics');
    let mended = 0;
    for (const name of readdirSync(directory)) {
      for (const section of readFileSync(join(directory, name), 'utf8').split(/^(?=\/\/\/\/ )/m)) {
        const script = bare(section) + (/ on lab\b/.test(section) ? lab : '');
        for (const { code, span, fix } of compileScript(script, 'case.adw').diagnostics) {
          if (fix === undefined) continue;
          const lines = script.split('\n');
          const line = lines[span.line - 1] ?? '';
          lines[span.line - 1] = line.slice(0, span.column - 1) + fix.replacement + line.slice(span.endColumn - 1);
          const { diagnostics } = compileScript(lines.join('\n'), 'case.adw');
          const still = diagnostics.find(
            (each) => each.code === code && each.span.line === span.line && each.span.column === span.column,
          );
          assert.equal(still, undefined, `${fix.title} in\n${section}`);
          mended += 1;
        }
      }
    }
    assert.ok(mended > 20);
  });

  it('every code has a case and an entry in docs/language.md', () => {
    const directory = join(import.meta.dirname, 'diagnostics');
    const cases = readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('');
    const reference = readFileSync(join(import.meta.dirname, '../../docs/language.md'), 'utf8');
    const codes = Object.keys(severities);
    assert.deepEqual(
      codes.filter((code) => !cases.includes(`^ ${code}: `)),
      [],
      'codes without a case',
    );
    assert.deepEqual(
      codes.filter((code) => !reference.includes(`\`${code}\``)),
      [],
      'codes without an entry',
    );
  });
});
