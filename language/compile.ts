/**
 * The compiler: from the text of a script to the Image that the simulator runs, or to the reasons why not.
 *
 * It needs no editor, no language server and no file system, and returns at once. Errors leave no image; warnings and
 * hints do. Whatever the text is, the answer is a result, never an exception.
 */
import type { Image, Span } from '../simulator/workload/program.ts';
import { checkScript } from './check.ts';
import { lowerScript, type SlotTypes } from './compile/image.ts';
import { simulatorProfiles } from './compile/profiles.ts';
import type { Diagnostic } from './diagnostics.ts';
import { parse } from './parse.ts';
import type { Profiles } from './vocabulary/profiles.ts';

export type { Diagnostic, DiagnosticCode, Severity } from './diagnostics.ts';
export type { SlotTypes } from './compile/image.ts';
export type { Type } from './types.ts';
export { simulatorProfiles } from './compile/profiles.ts';

export interface CompileResult {
  /** null if there is an error among the diagnostics. */
  readonly image: Image | null;
  /** What the values of the slots count, for those who show them; null with the image. */
  readonly slotTypes: SlotTypes | null;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles a script. The path is only remembered, for people to read. */
export function compileScript(text: string, path: string, profiles: Profiles = simulatorProfiles): CompileResult {
  const { script, errors } = parse(text);
  const diagnostics = checkScript(script, errors, profiles);
  if (diagnostics.some(({ severity }) => severity === 'error')) return { image: null, slotTypes: null, diagnostics };
  return { ...lowerScript(script, path), diagnostics };
}

/** The places where a breakpoint can be: the statements of all programs and scenarios, in the order of the text. */
export function statementSpans(image: Image): Span[] {
  const spans = [...image.programs, ...image.scenarios].flatMap(({ code }) =>
    code.filter(({ statement }) => statement).map(({ span }) => span),
  );
  return spans.sort((a, b) => a.line - b.line || a.column - b.column);
}
