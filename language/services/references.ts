/**
 * References that are none of the grammar: a scenario asks a task for what it counts (`c.replies`), and which count is
 * meant follows from what the task was started as. Definition, references, rename and hover all ask here.
 */
import {
  AstUtils,
  CstUtils,
  DefaultReferences,
  GrammarUtils,
  stream,
  type AstNode,
  type CstNode,
  type FindReferencesOptions,
  type ReferenceDescription,
  type Stream,
} from 'langium';
import * as ast from '../generated/ast.ts';
import { countsOf, scriptOf, startedTask } from '../tree.ts';

export class Osf1adReferences extends DefaultReferences {
  override findDeclarations(source: CstNode): AstNode[] {
    const { astNode: use } = source;
    const count = ast.isFieldUse(use) && fieldOf(use)?.offset === source.offset ? countMeant(use) : undefined;
    return count === undefined ? super.findDeclarations(source) : [count];
  }

  override findReferences(target: AstNode, options: FindReferencesOptions): Stream<ReferenceDescription> {
    const found = super.findReferences(target, options);
    if (!ast.isCountStatement(target)) return found;
    const { uri } = AstUtils.getDocument(target);
    const uses = AstUtils.streamAst(scriptOf(target)).filter(
      (node): node is ast.FieldUse => ast.isFieldUse(node) && countMeant(node) === target,
    );
    const fields = uses.toArray().flatMap((use): ReferenceDescription[] => {
      const node = fieldOf(use);
      if (node === undefined) return [];
      const [sourcePath, targetPath] = [use, target].map((each) => this.nodeLocator.getAstNodePath(each)) as [
        string,
        string,
      ];
      const segment = CstUtils.toDocumentSegment(node);
      return [{ sourceUri: uri, targetUri: uri, sourcePath, targetPath, segment, local: true }];
    });
    return found.concat(stream(fields));
  }
}

const fieldOf = (use: ast.FieldUse): CstNode | undefined => GrammarUtils.findNodeForProperty(use.$cstNode, 'field');

function countMeant({ receiver, field }: ast.FieldUse): ast.CountStatement | undefined {
  const task = startedTask(receiver);
  return task === undefined ? undefined : countsOf(task).find(({ name }) => name === field);
}
