/**
 * What a name refers to.
 *
 *   a program       after spawn, exec                the programs of the script
 *   a cluster       after `scenario "..." on`        the clusters of the script
 *   a node          after on, to, crash, ...         the nodes of the scenario's cluster, before anything else
 *   anything else   in an expression                 variables (nearest first), constants, nodes of the cluster
 *
 * Nothing is seen across scripts, and nothing depends on tables filled beforehand: a scope is read off the tree, so a
 * script can be linked at once, without a workspace.
 */
import {
  EMPTY_SCOPE,
  stream,
  type AstNodeDescription,
  type AstNodeDescriptionProvider,
  type LangiumCoreServices,
  type ReferenceInfo,
  type Scope,
  type ScopeProvider,
  type Stream,
} from 'langium';
import * as ast from './generated/ast.ts';
import { clusterOf, isNodePlace, nodesOf, scriptOf, visibleVariables } from './tree.ts';

type Target = ast.Named | ast.ProgramDeclaration | ast.ClusterDeclaration;

export class Osf1adScopeProvider implements ScopeProvider {
  readonly #descriptions: AstNodeDescriptionProvider;

  constructor(services: LangiumCoreServices) {
    this.#descriptions = services.workspace.AstNodeDescriptionProvider;
  }

  getScope(context: ReferenceInfo): Scope {
    const descriptions = this.#descriptions;
    const describe = (target: Target): AstNodeDescription => descriptions.createDescription(target, target.name);
    const all = (): Stream<Target> => stream(targets(context)).distinct(({ name }) => name);
    if (all().isEmpty()) return EMPTY_SCOPE;
    return {
      getElement(name) {
        const target = all().find((each) => each.name === name);
        return target === undefined ? undefined : describe(target);
      },
      getElements(name) {
        return all()
          .filter((each) => each.name === name)
          .map(describe);
      },
      getAllElements: () => all().map(describe),
    };
  }
}

function* targets({ container, property }: ReferenceInfo): Generator<Target> {
  const { declarations } = scriptOf(container);
  if (property === 'program') return yield* named(declarations.filter(ast.isProgramDeclaration));
  if (property === 'cluster') return yield* named(declarations.filter(ast.isClusterDeclaration));
  if (ast.isFileDeclaration(container)) {
    return yield* named(declarations.filter(ast.isClusterDeclaration).flatMap((cluster) => nodesOf(cluster)));
  }
  if (ast.isAssignStatement(container)) return yield* named(visibleVariables(container));
  if (isNodePlace(container)) yield* named(nodesOf(clusterOf(container)));
  yield* named(visibleVariables(container));
  yield* named(declarations.filter(ast.isConstantDeclaration));
  yield* named(nodesOf(clusterOf(container)));
}

/** After a syntax error a declaration may have lost its name. */
function* named(all: Iterable<Target>): Generator<Target> {
  for (const target of all) if (typeof target.name === 'string') yield target;
}
