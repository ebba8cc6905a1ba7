/**
 * Semantic tokens: the colours that a lexical grammar cannot know. Names by what they stand for, functions, units.
 */
import type { AstNode } from 'langium';
import { AbstractSemanticTokenProvider, type SemanticTokenAcceptor } from 'langium/lsp';
import { SemanticTokenTypes } from 'vscode-languageserver';
import * as ast from '../generated/ast.ts';
import { knownName } from '../vocabulary/words.ts';

export class Osf1adSemanticTokens extends AbstractSemanticTokenProvider {
  protected override highlightElement(node: AstNode, acceptor: SemanticTokenAcceptor): void {
    if (ast.isNameUse(node)) {
      const type = ast.isNamed(node.target.ref) ? typeOf(node.target.ref) : knownType(node.target.$refText);
      if (type !== undefined) acceptor({ node, property: 'target', type });
    } else if (ast.isNamed(node)) {
      acceptor({ node, property: 'name', type: typeOf(node) });
      if (ast.isParameter(node)) acceptor({ node, property: 'parameterType', type: SemanticTokenTypes.type });
    } else if (ast.isProgramDeclaration(node) || ast.isTaskDeclaration(node)) {
      acceptor({ node, property: 'name', type: SemanticTokenTypes.class });
    } else if (ast.isSpawn(node) || ast.isExecStatement(node)) {
      acceptor({ node, property: 'program', type: SemanticTokenTypes.class });
    } else if (ast.isStart(node)) {
      acceptor({ node, property: 'task', type: SemanticTokenTypes.class });
    } else if (ast.isRequestStatement(node)) {
      acceptor({ node, property: 'variant', type: SemanticTokenTypes.enumMember });
    } else if (ast.isClusterDeclaration(node)) {
      acceptor({ node, property: 'name', type: SemanticTokenTypes.namespace });
    } else if (ast.isScenarioDeclaration(node)) {
      acceptor({ node, property: 'cluster', type: SemanticTokenTypes.namespace });
    } else if (ast.isCall(node)) {
      acceptor({ node, property: 'function', type: SemanticTokenTypes.function });
    } else if (ast.isFieldUse(node)) {
      acceptor({ node, property: 'field', type: SemanticTokenTypes.property });
    } else if (ast.isNumberLiteral(node)) {
      acceptor({ node, property: 'text', type: SemanticTokenTypes.number });
    } else if (ast.isTouchStatement(node)) {
      const type = node.region.ref === undefined ? SemanticTokenTypes.property : typeOf(node.region.ref);
      acceptor({ node, property: 'region', type });
    } else if (ast.isOnStatement(node)) {
      acceptor({ node, property: 'phase', type: SemanticTokenTypes.enumMember });
    } else if (ast.isMigrate(node)) {
      acceptor({ node, property: 'implementation', type: SemanticTokenTypes.enumMember });
      acceptor({ node, property: 'strategy', type: SemanticTokenTypes.enumMember });
    } else if (ast.isAssignStatement(node)) {
      acceptor({ node, property: 'target', type: SemanticTokenTypes.variable });
    }
  }
}

function typeOf(node: ast.Named): SemanticTokenTypes {
  switch (node.$type) {
    case 'Parameter':
      return SemanticTokenTypes.parameter;
    case 'ConstantDeclaration':
      return SemanticTokenTypes.macro;
    case 'NodeDeclaration':
      return SemanticTokenTypes.struct;
    default:
      return SemanticTokenTypes.variable;
  }
}

const knownType = (name: string): SemanticTokenTypes | undefined =>
  knownName(name) === undefined ? undefined : SemanticTokenTypes.enumMember;
