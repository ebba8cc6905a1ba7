/**
 * From a file name to a script that can run: everything that can be wrong with it is found here, before anything runs.
 *
 *   workload.adw:12:5: error: There is no node `dset`. Did you mean `dest`? [unknown-node]
 */
import { readFileSync, statSync } from 'node:fs';
import { compileScript } from '../language/compile.ts';
import type { Diagnostic, DiagnosticCode } from '../language/diagnostics.ts';
import { suggestion } from '../language/nearest.ts';
import type { Image, Scenario } from '../simulator/workload/program.ts';
import { Failure } from './exit.ts';

export interface Script {
  readonly file: string;
  readonly image: Image;
  /** Warnings, in the form of the example above; the script runs nevertheless. */
  readonly warnings: readonly string[];
}

/** Diagnostics of these codes are about the text; those of all others, about what it says. */
const textCodes: readonly DiagnosticCode[] = [
  'syntax',
  'unclosed-text',
  'unclosed-block',
  'unknown-unit',
  'reserved-word',
  'too-deep',
];

export function loadScript(file: string): Script {
  const { image, diagnostics } = compileScript(read(file), file);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (image === null) {
    const exit = errors.some(({ code }) => textCodes.includes(code)) ? 'parse' : 'validate';
    throw new Failure(exit, errors.map((error) => inWords(file, error)).join('\n'));
  }
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  return { file, image, warnings: warnings.map((warning) => inWords(file, warning)) };
}

/** The scenario of this title, or the first one. Returns its index in the image. */
export function chooseScenario({ file, image }: Script, title: string | undefined): number {
  const titles = image.scenarios.map(({ name }) => name);
  if (titles.length === 0) {
    throw new Failure('validate', `${file}:1:1: error: The script has no scenario, so there is nothing to run.`);
  }
  if (title === undefined) return 0;
  const index = titles.indexOf(title);
  if (index >= 0) return index;
  const near = suggestion(title, titles).text;
  const guess = near.startsWith('Did you mean') ? ` ${near}` : '';
  const known = image.scenarios.map((scenario) => `  ${placeOf(file, scenario)}: ${scenario.name}`);
  throw new Failure('usage', [`${file} has no scenario "${title}".${guess} Its scenarios:`, ...known].join('\n'));
}

export function placeOf(file: string, { span }: Pick<Scenario, 'span'>): string {
  return `${file}:${span.line}:${span.column}`;
}

function inWords(file: string, { span, severity, message, code }: Diagnostic): string {
  return `${file}:${span.line}:${span.column}: ${severity}: ${message} [${code}]`;
}

function read(file: string): string {
  try {
    if (statSync(file).isDirectory()) {
      throw new Failure('input', `${file} is a directory; a workload script is a file that ends in .adw.`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('input', `${file} cannot be read: ${whyUnreadable(error)}.`);
  }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'you may not read it';
  return error instanceof Error ? error.message : String(error);
}
