/**
 * What a declaration says about itself: its head as one line, and the comment right above it.
 */
import type { AstNode } from 'langium';
import * as ast from '../generated/ast.ts';
import { createTyping } from '../typing.ts';

export type Documented = ast.Named | ast.ProgramDeclaration | ast.TaskDeclaration | ast.ClusterDeclaration;

export const isDocumented = (node: AstNode): node is Documented =>
  ast.isNamed(node) || ast.isProgramDeclaration(node) || ast.isTaskDeclaration(node) || ast.isClusterDeclaration(node);

/** The line that shows what a name is. */
export function headOf(node: Documented): string {
  switch (node.$type) {
    case 'ProgramDeclaration':
    case 'TaskDeclaration': {
      const kind = ast.isTaskDeclaration(node) ? 'task' : 'program';
      const parameters = node.parameters.map(({ name, parameterType }) => `${name}: ${parameterType}`);
      return `${kind} ${node.name}(${parameters.join(', ')})`;
    }
    case 'ClusterDeclaration':
      return `cluster ${node.name}`;
    case 'NodeDeclaration':
      return `node ${node.name} of ${node.$container.name}`;
    case 'ConstantDeclaration':
      return `const ${node.name} = ${(node.value as AstNode | undefined)?.$cstNode?.text ?? ''}`;
    case 'Parameter':
      return `${node.name}: ${node.parameterType}`;
    case 'CountStatement':
      return `count ${node.name}`;
    case 'NamedThread':
      return `thread ${node.name}`;
    case 'LetStatement':
    case 'ForStatement':
      return `${node.name}: ${createTyping().ofVariable(node)}`;
  }
}

/** The comment that ends on the line before a node, without its stars and slashes; empty if there is none. */
export function docOf(node: AstNode): string {
  const cst = node.$cstNode;
  if (cst === undefined) return '';
  const before = cst.root.fullText.slice(0, cst.offset);
  const block = /\/\*\*?((?:[^*]|\*(?!\/))*)\*\/[ \t]*\r?\n[ \t]*$/.exec(before);
  if (block?.[1] !== undefined) return block[1].replace(/^[ \t]*\*? ?/gm, '').trim();
  const lines = before.split(/\r?\n/).slice(0, -1);
  const first = lines.findLastIndex((line) => !/^\s*\/\//.test(line)) + 1;
  return lines
    .slice(first)
    .map((line) => line.replace(/^\s*\/\/ ?/, ''))
    .join('\n')
    .trim();
}
