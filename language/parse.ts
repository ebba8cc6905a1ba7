/**
 * From text to a tree that can be asked: parsed, its names resolving on demand, its syntax errors told in sentences.
 */
import { DocumentState, URI, type LangiumCoreServices } from 'langium';
import type { Diagnostic } from './diagnostics.ts';
import type { Script } from './generated/ast.ts';
import { createLanguage } from './module.ts';
import { syntaxErrors } from './syntax/errors.ts';

export interface Parsed {
  readonly script: Script;
  readonly errors: readonly Diagnostic[];
}

let shared: LangiumCoreServices | undefined;

/** The language that scripts outside of any editor are read with; the parser is built once. */
export function theLanguage(): LangiumCoreServices {
  return (shared ??= createLanguage());
}

export function parse(text: string): Parsed {
  const language = theLanguage();
  const factory = language.shared.workspace.LangiumDocumentFactory;
  const document = factory.fromString<Script>(text, URI.parse('script:///script.adw'));
  // Scopes are read off the tree, so names can resolve at once.
  document.state = DocumentState.ComputedScopes;
  return {
    script: document.parseResult.value,
    errors: syntaxErrors(text, document.parseResult, language.parser.Lexer),
  };
}
