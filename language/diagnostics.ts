/**
 * What the language says about a script that it cannot accept, or can but doubts.
 *
 * A diagnostic is plain data: the language server, the command line and the debug adapter show the same ones. Its code is
 * stable and documented in docs/language.md; its message says what is wrong and what to do, and its span is the smallest
 * piece of source that has to change. Where the change is obvious the diagnostic carries it.
 */

export type Severity = 'error' | 'warning' | 'hint';

/** A range of source: one-based lines and columns, the end exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The text that should stand at the diagnostic's span. */
export interface Fix {
  readonly title: string;
  readonly replacement: string;
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly fix?: Fix;
}

/** Every code, and how grave it is. The order is that of docs/language.md. */
export const severities = {
  // the text
  syntax: 'error',
  'unclosed-text': 'error',
  'unclosed-block': 'error',
  'unclosed-comment': 'error',
  'unknown-unit': 'error',
  'reserved-word': 'error',
  'too-deep': 'error',
  // names
  'unknown-name': 'error',
  'unknown-program': 'error',
  'unknown-node': 'error',
  'unknown-cluster': 'error',
  'unknown-function': 'error',
  'unknown-field': 'error',
  'unknown-phase': 'error',
  'unknown-region': 'error',
  'unknown-type': 'error',
  'unknown-mechanism': 'error',
  'unknown-profile': 'error',
  'unknown-price': 'error',
  'not-modelled': 'error',
  'duplicate-name': 'error',
  'not-a-variable': 'error',
  // types and numbers
  'wrong-type': 'error',
  'wrong-arguments': 'error',
  'no-value': 'error',
  'missing-unit': 'error',
  'not-whole': 'error',
  'not-constant': 'error',
  'not-positive': 'error',
  'too-large': 'error',
  'division-by-zero': 'error',
  'empty-range': 'warning',
  'outside-region': 'error',
  // places
  'wrong-place': 'error',
  'uncatchable-signal': 'error',
  'no-cluster': 'error',
  'no-pma': 'error',
  'impossible-migration': 'error',
  unreachable: 'warning',
  'constant-expectation': 'warning',
  'unknown-outcome': 'warning',
  'unused-variable': 'hint',
  // clusters
  'no-master': 'error',
  'several-masters': 'error',
  'several-pmas': 'error',
  'no-root': 'error',
  'no-credentials': 'error',
  'several-credentials': 'error',
  'no-file-server': 'error',
  repeated: 'error',
} as const satisfies Record<string, Severity>;

export type DiagnosticCode = keyof typeof severities;

/** Receives what a check finds; the severity follows from the code. */
export type Report = (code: DiagnosticCode, span: Span, message: string, fix?: Fix) => void;

export function collect(into: Diagnostic[]): Report {
  return (code, span, message, fix) => {
    const found = { code, severity: severities[code], message, span };
    into.push(fix === undefined ? found : { ...found, fix });
  };
}

/** Orders diagnostics as they stand in the script. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => a.span.line - b.span.line || a.span.column - b.span.column);
}
