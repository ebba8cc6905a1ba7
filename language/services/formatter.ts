/**
 * Formatting on request. A script with syntax errors is left alone: its author is in the middle of something.
 */
import type { LangiumDocument, Lexer } from 'langium';
import type { Formatter } from 'langium/lsp';
import type { DocumentRangeFormattingParams, TextEdit } from 'vscode-languageserver';
import { format } from '../format.ts';

export class Osf1adFormatter implements Formatter {
  readonly formatOnTypeOptions = undefined;
  readonly #lexer: Lexer;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
  }

  formatDocument(document: LangiumDocument): TextEdit[] {
    return this.#edits(document, 0, Infinity);
  }

  formatDocumentRange(document: LangiumDocument, { range }: DocumentRangeFormattingParams): TextEdit[] {
    return this.#edits(document, range.start.line, range.end.line);
  }

  formatDocumentOnType(): TextEdit[] {
    return [];
  }

  /** One edit for the lines that differ, if they lie in the range; a range is only honoured if the lines match up. */
  #edits({ textDocument, parseResult }: LangiumDocument, first: number, last: number): TextEdit[] {
    const text = textDocument.getText();
    const formatted = parseResult.parserErrors.length > 0 ? null : format(text, this.#lexer);
    if (formatted === null || formatted === text) return [];
    const old = text.split('\n');
    const now = formatted.split('\n');
    if (old.length !== now.length) {
      const whole = first === 0 && last >= old.length - 1;
      const end = textDocument.positionAt(text.length);
      return whole ? [{ range: { start: { line: 0, character: 0 }, end }, newText: formatted }] : [];
    }
    return old.flatMap((line, index) => {
      const newText = now[index] ?? '';
      if (index < first || index > last || line === newText) return [];
      const start = { line: index, character: 0 };
      return [{ range: { start, end: { line: index, character: line.length } }, newText }];
    });
  }
}
