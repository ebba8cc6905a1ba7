/**
 * Our diagnostics, as the language server sends them.
 */
import type { DocumentValidator, LangiumDocument, Lexer } from 'langium';
import type { Diagnostic as LspDiagnostic, Range } from 'vscode-languageserver';
import { checkScript } from '../check.ts';
import type { Diagnostic, Fix, Severity, Span } from '../diagnostics.ts';
import type { Script } from '../generated/ast.ts';
import { syntaxErrors } from '../syntax/errors.ts';
import type { Profiles } from '../vocabulary/profiles.ts';

export class Osf1adValidator implements DocumentValidator {
  readonly #lexer: Lexer;
  readonly #profiles: Profiles;

  constructor(lexer: Lexer, profiles: Profiles) {
    this.#lexer = lexer;
    this.#profiles = profiles;
  }

  async validateDocument(document: LangiumDocument): Promise<LspDiagnostic[]> {
    const { parseResult } = document;
    const errors = syntaxErrors(document.textDocument.getText(), parseResult, this.#lexer);
    return checkScript(parseResult.value as Script, errors, this.#profiles).map(toLsp);
  }
}

const levels: Readonly<Record<Severity, 1 | 2 | 4>> = { error: 1, warning: 2, hint: 4 };

/** What a client gives back with a diagnostic, for a quick fix. */
export interface DiagnosticData {
  readonly fix?: Fix;
}

function toLsp({ code, severity, message, span, fix }: Diagnostic): LspDiagnostic {
  const unnecessary = code === 'unused-variable' || code === 'unreachable';
  return {
    range: toRange(span),
    severity: levels[severity],
    code,
    source: 'osf1ad',
    message,
    ...(unnecessary ? { tags: [1] } : {}),
    ...(fix === undefined ? {} : { data: { fix } satisfies DiagnosticData }),
  };
}

function toRange({ line, column, endLine, endColumn }: Span): Range {
  return {
    start: { line: line - 1, character: column - 1 },
    end: { line: endLine - 1, character: endColumn - 1 },
  };
}
