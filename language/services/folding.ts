/**
 * Folding: what stands in braces, once. A loop and its block would fold alike.
 */
import type { AstNode } from 'langium';
import { DefaultFoldingRangeProvider } from 'langium/lsp';
import * as ast from '../generated/ast.ts';

export class Osf1adFoldingProvider extends DefaultFoldingRangeProvider {
  protected override shouldProcess(node: AstNode): boolean {
    return ast.isBlock(node) || ast.isDeclaration(node) || ast.isNodeDeclaration(node);
  }
}
