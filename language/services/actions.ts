/**
 * Quick fixes: where a diagnostic carries the text that should stand in its place, one action puts it there.
 */
import type { LangiumDocument } from 'langium';
import type { CodeActionProvider } from 'langium/lsp';
import { CodeActionKind, type CodeAction, type CodeActionParams, type Diagnostic } from 'vscode-languageserver';
import type { DiagnosticData } from './validator.ts';

export class Osf1adCodeActionProvider implements CodeActionProvider {
  getCodeActions(document: LangiumDocument, { context }: CodeActionParams): CodeAction[] {
    return context.diagnostics.flatMap((diagnostic) => action(document, diagnostic) ?? []);
  }
}

function action(document: LangiumDocument, diagnostic: Diagnostic): CodeAction | undefined {
  const fix = (diagnostic.data as DiagnosticData | null | undefined)?.fix;
  if (typeof fix?.replacement !== 'string') return undefined;
  const edit = { range: diagnostic.range, newText: fix.replacement };
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    isPreferred: true,
    edit: { changes: { [document.uri.toString()]: [edit] } },
  };
}
