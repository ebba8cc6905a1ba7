/**
 * Walking the syntax tree of a script: where something stands, and what stands around it.
 *
 * The tree of a script with syntax errors has holes that its types do not admit; who walks such a tree looks at
 * `isWhole` first.
 */
import { AstUtils, GrammarUtils, type AstNode, type CstNode, type ReferenceInfo } from 'langium';
import type { Span } from './diagnostics.ts';
import * as ast from './generated/ast.ts';
import type { Room } from './vocabulary/functions.ts';

export function spanOf(node: AstNode): Span {
  return spanOfCst(node.$cstNode);
}

/** The span of one property of a node, for example its name; of the whole node if the property is not written. */
export function spanOfProperty(node: AstNode, property: string, index?: number): Span {
  return spanOfCst(GrammarUtils.findNodeForProperty(node.$cstNode, property, index) ?? node.$cstNode);
}

/** The span of the first word of a node: enough to underline a whole statement or declaration. */
export function spanOfHead(node: AstNode): Span {
  const span = spanOf(node);
  const first = node.$cstNode?.text.match(/^\S+/)?.[0] ?? '';
  return { ...span, endLine: span.line, endColumn: span.column + first.length };
}

function spanOfCst(cst: CstNode | undefined): Span {
  if (cst === undefined) return { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const { start, end } = cst.range;
  return { line: start.line + 1, column: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}

export const textOf = (node: AstNode): string => node.$cstNode?.text ?? '';

export type Runnable = ast.ProgramDeclaration | ast.TaskDeclaration | ast.ScenarioDeclaration;

const isRunnable = (node: AstNode): node is Runnable =>
  ast.isProgramDeclaration(node) || ast.isTaskDeclaration(node) || ast.isScenarioDeclaration(node);

/** The program, task or scenario that a node stands in. */
export function runnableOf(node: AstNode): Runnable | undefined {
  for (let at: AstNode | undefined = node; at !== undefined; at = at.$container) {
    if (isRunnable(at)) return at;
  }
  return undefined;
}

export function roomOf(node: AstNode): Room | undefined {
  switch (runnableOf(node)?.$type) {
    case 'ProgramDeclaration':
      return 'program';
    case 'TaskDeclaration':
      return 'task';
    case 'ScenarioDeclaration':
      return 'scenario';
    default:
      return undefined;
  }
}

export function scriptOf(node: AstNode): ast.Script {
  return AstUtils.findRootNode(node) as ast.Script;
}

/** The cluster whose nodes a scenario names. */
export function clusterOf(node: AstNode): ast.ClusterDeclaration | undefined {
  const runnable = runnableOf(node);
  return ast.isScenarioDeclaration(runnable) ? runnable.cluster?.ref : undefined;
}

/** After a syntax error a declaration may have lost its name; nobody can mean it then. */
const hasName = (node: { readonly name: unknown }): boolean => typeof node.name === 'string';

export const clustersOf = (script: ast.Script): ast.ClusterDeclaration[] =>
  script.declarations.filter(ast.isClusterDeclaration).filter(hasName);

export const programsOf = (script: ast.Script): ast.ProgramDeclaration[] =>
  script.declarations.filter(ast.isProgramDeclaration).filter(hasName);

export const tasksOf = (script: ast.Script): ast.TaskDeclaration[] =>
  script.declarations.filter(ast.isTaskDeclaration).filter(hasName);

/** The numbers that the threads of a task or a process count on. */
export const countsOf = (task: ast.TaskDeclaration | ast.ProgramDeclaration): ast.CountStatement[] =>
  task.statements.filter(ast.isCountStatement).filter(hasName);

/** The task that an expression was started as, as far as the text tells. */
export function startedTask(expression: ast.Expression | undefined): ast.TaskDeclaration | undefined {
  if (ast.isStart(expression)) return expression.task.ref;
  const variable = ast.isNameUse(expression) ? expression.target.ref : undefined;
  return ast.isLetStatement(variable) ? startedTask(variable.value) : undefined;
}

export const constantsOf = (script: ast.Script): ast.ConstantDeclaration[] =>
  script.declarations.filter(ast.isConstantDeclaration).filter(hasName);

export const nodesOf = (cluster: ast.ClusterDeclaration | undefined): ast.NodeDeclaration[] =>
  cluster?.items.filter(ast.isNodeDeclaration).filter(hasName) ?? [];

/** The nodes of all clusters of a script. */
export const allNodesOf = (script: ast.Script): ast.NodeDeclaration[] =>
  clustersOf(script).flatMap((cluster) => nodesOf(cluster));

export function hasServer(node: ast.NodeDeclaration, server: ast.ServerItem['server']): boolean {
  return node.items.some((item) => ast.isServerItem(item) && item.server === server);
}

/** Who manages the processes of the cluster, as it says. */
export const managementOf = (cluster: ast.ClusterDeclaration): string | undefined =>
  cluster.items.find(ast.isManagementItem)?.configuration;

/** Whether processes can run on the node: its own PMA manages them, or the one that the cluster has. */
export const isManaged = (node: ast.NodeDeclaration): boolean =>
  hasServer(node, 'pma') || managementOf(node.$container) === 'centralised';

/**
 * Whether a name stands where only a node can: there the nodes of the cluster come before variables of the same name.
 * So a script may call a variable `source` and a node too.
 */
export function isNodePlace(use: ReferenceInfo['container']): boolean {
  const { $container: container, $containerProperty: property, $containerIndex: index } = use;
  if (ast.isSpawn(container)) return property === 'node';
  // A task is bound to no cluster: it names nodes by text.
  if (ast.isStart(container)) return property === 'node' && roomOf(container) === 'scenario';
  if (ast.isMigrate(container)) return property === 'node' || property === 'agent';
  if (ast.isCrashStatement(container) || ast.isRebootStatement(container)) return true;
  if (ast.isPartitionStatement(container)) return true;
  if (ast.isCall(container)) {
    return (container.function === 'residual' && index === 1) || container.function === 'up';
  }
  if (ast.isBinary(container) && (container.operator === '==' || container.operator === '!=')) {
    const other: AstNode | undefined = property === 'left' ? container.right : container.left;
    return ast.isFieldUse(other) && other.field === 'node';
  }
  return false;
}

const isHandler = (at: AstNode): boolean => ast.isOnStatement(at) || ast.isHandlerStatement(at);

/** The loop that a `break` or a `continue` is about: the innermost around it in the same thread. */
export function loopOf(node: AstNode): ast.WhileStatement | ast.ForStatement | undefined {
  for (let at = node.$container; at !== undefined; at = at.$container) {
    if (ast.isWhileStatement(at) || ast.isForStatement(at)) return at;
    if (ast.isFork(at) || isThread(at) || isHandler(at) || isRunnable(at)) return undefined;
  }
  return undefined;
}

const isThread = (at: AstNode): at is ast.ThreadStatement | ast.NamedThread =>
  ast.isThreadStatement(at) || ast.isNamedThread(at);

/** The variables that a node can see, the nearest first. A variable is visible after its `let`, `count` or `thread`, to the end of its block. */
export function* visibleVariables(node: AstNode): Generator<ast.Variable, void> {
  let inner = node;
  for (let at = node.$container; at !== undefined; inner = at, at = at.$container) {
    if (ast.isForStatement(at) && inner === at.body && hasName(at)) yield at;
    if (!isBody(at) || !isStatementOf(at, inner)) continue;
    for (let index = (inner.$containerIndex ?? 0) - 1; index >= 0; index--) {
      const statement = at.statements[index];
      if (isDeclaring(statement) && hasName(statement)) yield statement;
    }
    if (ast.isProgramDeclaration(at) || ast.isTaskDeclaration(at)) yield* at.parameters.filter(hasName);
  }
}

const isDeclaring = (
  statement: ast.Statement | undefined,
): statement is ast.LetStatement | ast.CountStatement | ast.NamedThread =>
  ast.isLetStatement(statement) || ast.isCountStatement(statement) || ast.isNamedThread(statement);

const isStatementOf = (body: ast.Body, node: AstNode): boolean => body.statements[node.$containerIndex ?? -1] === node;

const isBody = (node: AstNode): node is ast.Body => ast.isBlock(node) || isRunnable(node);

/** What the grammar leaves optional. */
const optional = new Set([
  'FileDeclaration.node',
  'FileDeclaration.size',
  'FileDeclaration.owner',
  'FileDeclaration.mode',
  'Fork.node',
  'ExecStatement.node',
  'ScenarioDeclaration.cluster',
  'ScenarioDeclaration.seed',
  'ProgramDeclaration.image',
  'RefuseItem.limit',
  'Migrate.calls',
  'IfStatement.otherwise',
  'TouchStatement.last',
  'Start.node',
  'Spawn.node',
  'HandlerStatement.mask',
  'Migrate.mechanism',
  'Migrate.implementation',
  'Migrate.strategy',
  'Migrate.rounds',
  'Migrate.threshold',
  'Migrate.agent',
]);

const reflection = new ast.Osf1adAstReflection();

/** Whether every part of the node that the grammar asks for is there: not so near a syntax error. */
export function isWhole(node: AstNode): boolean {
  return AstUtils.streamAst(node).every((part) => {
    if (ast.isRefuseItem(part) && !part.always && !part.busy && (part.limit as AstNode | undefined) === undefined)
      return false;
    const { name: type, properties } = reflection.getTypeMetaData(part.$type);
    return Object.values(properties).every(
      ({ name, defaultValue }) =>
        defaultValue !== undefined ||
        optional.has(`${type}.${name}`) ||
        (part as unknown as Record<string, unknown>)[name] !== undefined,
    );
  });
}
