/**
 * What a name refers to.
 *
 *   a program       after spawn, exec                the programs of the script
 *   a task          after start                      the tasks of the script
 *   a cluster       after `scenario "..." on`        the clusters of the script
 *   a node          after on, to, crash, ...         the nodes of the scenario's cluster, before anything else
 *   anything else   in an expression                 variables (nearest first), constants, nodes of the cluster
 *
 * Nothing is seen across scripts, and nothing depends on tables filled beforehand: a scope is read off the tree, so a
 * script can be linked at once, without a workspace.
 */
import {
  stream,
  type AstNodeDescription,
  type AstNodeDescriptionProvider,
  type LangiumCoreServices,
  type ReferenceInfo,
  type Scope,
  type ScopeProvider,
} from 'langium';
import * as ast from './generated/ast.ts';
import {
  allNodesOf,
  clusterOf,
  clustersOf,
  constantsOf,
  isNodePlace,
  nodesOf,
  programsOf,
  roomOf,
  scriptOf,
  tasksOf,
  visibleVariables,
} from './tree.ts';

type Target = ast.Named | ast.ProgramDeclaration | ast.TaskDeclaration | ast.ClusterDeclaration;

export class Osf1adScopeProvider implements ScopeProvider {
  readonly #descriptions: AstNodeDescriptionProvider;

  constructor(services: LangiumCoreServices) {
    this.#descriptions = services.workspace.AstNodeDescriptionProvider;
  }

  getScope(context: ReferenceInfo): Scope {
    const descriptions = this.#descriptions;
    const describe = (target: Target): AstNodeDescription => descriptions.createDescription(target, target.name);
    return {
      getElement(name) {
        for (const target of targets(context)) if (target.name === name) return describe(target);
        return undefined;
      },
      getElements: (name) =>
        stream(targets(context))
          .filter((target) => target.name === name)
          .map(describe),
      getAllElements: () =>
        stream(targets(context))
          .distinct(({ name }) => name)
          .map(describe),
    };
  }
}

function* targets({ container, property }: ReferenceInfo): Generator<Target, void> {
  const script = scriptOf(container);
  if (property === 'program') yield* programsOf(script);
  else if (property === 'task') yield* tasksOf(script);
  else if (property === 'cluster') yield* clustersOf(script);
  else if (ast.isFileDeclaration(container)) yield* allNodesOf(script);
  else if (ast.isAssignStatement(container)) yield* visibleVariables(container);
  // A process has regions of its own; a task has what it made or was sent, under the names of variables.
  else if (ast.isTouchStatement(container)) yield* roomOf(container) === 'task' ? visibleVariables(container) : [];
  else {
    if (isNodePlace(container)) yield* nodesOf(clusterOf(container));
    yield* visibleVariables(container);
    yield* constantsOf(script);
    yield* nodesOf(clusterOf(container));
  }
}
