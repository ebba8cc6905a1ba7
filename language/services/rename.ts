/**
 * Rename: only to what can be a name, so that a script that compiles still compiles.
 */
import type { LangiumDocument } from 'langium';
import { DefaultRenameProvider, type LangiumServices } from 'langium/lsp';
import { ResponseError, LSPErrorCodes, type RenameParams, type WorkspaceEdit } from 'vscode-languageserver';
import type { ConstantDeclaration } from '../generated/ast.ts';

export class Osf1adRenameProvider extends DefaultRenameProvider {
  readonly #parse: LangiumServices['parser']['LangiumParser'];

  constructor(services: LangiumServices) {
    super(services);
    this.#parse = services.parser.LangiumParser;
  }

  override async rename(document: LangiumDocument, params: RenameParams): Promise<WorkspaceEdit | undefined> {
    if (!this.#isName(params.newName)) {
      const message = `\`${params.newName}\` cannot be a name: use letters, digits and _, and no word of the language.`;
      throw new ResponseError(LSPErrorCodes.RequestFailed, message);
    }
    return super.rename(document, params);
  }

  #isName(name: string): boolean {
    if (!/^[A-Za-z_]\w*$/.test(name)) return false;
    const result = this.#parse.parse<ConstantDeclaration>(name, { rule: 'FunctionName' });
    const reserved = name === 'wait' || name === 'migrate';
    return !reserved && result.parserErrors.length === 0;
  }
}
