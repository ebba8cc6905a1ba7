/**
 * The outline of a script: clusters with their nodes, files, constants, programs, tasks, scenarios by their titles.
 */
import { GrammarUtils, type AstNode, type LangiumDocument } from 'langium';
import type { DocumentSymbolProvider } from 'langium/lsp';
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver';
import * as ast from '../generated/ast.ts';
import { nodesOf } from '../tree.ts';
import { headOf } from './docs.ts';

export class Osf1adSymbolProvider implements DocumentSymbolProvider {
  getSymbols(document: LangiumDocument): DocumentSymbol[] {
    return (document.parseResult.value as ast.Script).declarations.flatMap((each) => symbolOf(each) ?? []);
  }
}

function symbolOf(declaration: ast.Declaration): DocumentSymbol | undefined {
  switch (declaration.$type) {
    case 'ClusterDeclaration': {
      const nodes = nodesOf(declaration).flatMap((node) => symbol(node, 'name', node.name, SymbolKind.Object) ?? []);
      return symbol(declaration, 'name', declaration.name, SymbolKind.Module, nodes);
    }
    case 'FileDeclaration':
      return symbol(declaration, 'path', declaration.path, SymbolKind.File);
    case 'ConstantDeclaration':
      return symbol(declaration, 'name', declaration.name, SymbolKind.Constant);
    case 'ProgramDeclaration':
    case 'TaskDeclaration': {
      const found = symbol(declaration, 'name', declaration.name, SymbolKind.Class);
      return found === undefined ? undefined : { ...found, detail: headOf(declaration) };
    }
    case 'ScenarioDeclaration':
      return symbol(declaration, 'title', declaration.title, SymbolKind.Event);
  }
}

function symbol(
  node: AstNode,
  property: string,
  name: string | undefined,
  kind: SymbolKind,
  children: DocumentSymbol[] = [],
): DocumentSymbol | undefined {
  const range = node.$cstNode?.range;
  const selectionRange = GrammarUtils.findNodeForProperty(node.$cstNode, property)?.range;
  if (name === undefined || name === '' || range === undefined || selectionRange === undefined) return undefined;
  return { name, kind, range, selectionRange, children };
}
