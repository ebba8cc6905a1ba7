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
import {
  allNodesOf,
  clusterOf,
  clustersOf,
  constantsOf,
  isNodePlace,
  nodesOf,
  programsOf,
  scriptOf,
  visibleVariables,
} from './tree.ts';

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

function targets({ container, property }: ReferenceInfo): Target[] {
  const script = scriptOf(container);
  if (property === 'program') return programsOf(script);
  if (property === 'cluster') return clustersOf(script);
  if (ast.isFileDeclaration(container)) return allNodesOf(script);
  const variables = visibleVariables(container);
  if (ast.isAssignStatement(container)) return variables;
  const nodes = nodesOf(clusterOf(container));
  const others = [...variables, ...constantsOf(script)];
  return isNodePlace(container) ? [...nodes, ...others] : [...others, ...nodes];
}
