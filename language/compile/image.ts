/**
 * Lowers declarations: a checked script becomes an Image, with the types of its slots beside it.
 */
import type { AstNode } from 'langium';
import type {
  ClusterSpec,
  FileSpec,
  Image,
  Layout,
  NodeSpec,
  Program,
  Scenario,
} from '../../simulator/workload/program.ts';
import { regionSizes } from '../check/layout.ts';
import { constantNumber } from '../constants.ts';
import * as ast from '../generated/ast.ts';
import { countsOf, hasServer, managementOf, nodesOf, spanOf } from '../tree.ts';
import type { Type } from '../types.ts';
import { createTyping } from '../typing.ts';
import {
  configurations,
  defaultConfiguration,
  defaultMachine,
  defaultNetwork,
  defaultPlacement,
  placements,
} from '../vocabulary/profiles.ts';
import { Code } from './code.ts';
import { endOf } from './expression.ts';
import { lowerBody } from './statement.ts';

/** The types of the slots of every program (tasks are among them) and scenario, in the order of the image. */
export interface SlotTypes {
  readonly programs: readonly (readonly Type[])[];
  readonly scenarios: readonly (readonly Type[])[];
}

/** Memory of a node that does not say: that of the machines of the paper. */
const defaultMemory = 16 * 1024 * 1024;

export function lowerScript(script: ast.Script, path: string): { image: Image; slotTypes: SlotTypes } {
  const { declarations } = script;
  const clusters = declarations.filter(ast.isClusterDeclaration);
  const sources = declarations.filter(isSource);
  const typing = createTyping();
  const programs = new Map(sources.map((program, index) => [program, index]));
  const bodies = sources.map((program) => {
    const room = ast.isTaskDeclaration(program) ? 'task' : 'program';
    const code = new Code({ room, typing, programs, nodes: [] });
    for (const parameter of program.parameters) code.declare(parameter);
    return lowerRunnable(code, program);
  });
  const scenarios = declarations.filter(ast.isScenarioDeclaration);
  const plots = scenarios.map((scenario) => {
    const nodes = nodesOf(scenario.cluster?.ref);
    return lowerRunnable(new Code({ room: 'scenario', typing, programs, nodes }), scenario);
  });
  const image: Image = {
    path,
    clusters: clusters.map(lowerCluster),
    files: declarations.filter(ast.isFileDeclaration).map(lowerFile),
    programs: pairs(sources, bodies).map(([program, code]) => lowerProgram(program, code)),
    scenarios: pairs(scenarios, plots).map(([scenario, code]) => lowerScenario(scenario, code, clusters)),
  };
  return { image, slotTypes: { programs: bodies.map(typesOf), scenarios: plots.map(typesOf) } };
}

type Source = ast.ProgramDeclaration | ast.TaskDeclaration;

const isSource = (declaration: ast.Declaration): declaration is Source =>
  ast.isProgramDeclaration(declaration) || ast.isTaskDeclaration(declaration);

const typesOf = ({ types }: Code): readonly Type[] => types;

const pairs = <Node extends AstNode>(nodes: readonly Node[], codes: readonly Code[]): [Node, Code][] =>
  nodes.flatMap((node, index) => codes.slice(index, index + 1).map((code): [Node, Code] => [node, code]));

function lowerRunnable(code: Code, runnable: Source | ast.ScenarioDeclaration): Code {
  lowerBody(code, runnable.statements);
  code.emit({ ...code.place(endOf(runnable)), op: 'end' });
  return code;
}

function lowerProgram(program: Source, { slots, instructions }: Code): Program {
  const { name, parameters } = program;
  const isTask = ast.isTaskDeclaration(program);
  return {
    kind: isTask ? 'task' : 'program',
    name,
    span: spanOf(program),
    parameters: parameters.length,
    slots,
    layout: isTask ? noLayout : lowerLayout(program),
    counts: countsOf(program).map((each) => each.name),
    code: instructions,
  };
}

/** A task makes its memory itself. */
const noLayout: Layout = { text: 0, data: 0, bss: 0, stack: 0 };

function lowerLayout(program: ast.ProgramDeclaration): Layout {
  const sizes = regionSizes(program);
  const size = (region: string): number => sizes.get(region) ?? 0;
  return { text: size('text'), data: size('data'), bss: size('bss'), stack: size('stack') };
}

function lowerScenario(
  scenario: ast.ScenarioDeclaration,
  { slots, instructions }: Code,
  clusters: readonly ast.ClusterDeclaration[],
): Scenario {
  const cluster = clusters.findIndex((each) => each === scenario.cluster?.ref);
  const seed = constantNumber(scenario.seed) ?? 1;
  return { name: scenario.title, span: spanOf(scenario), cluster, seed, slots, code: instructions };
}

function lowerFile(file: ast.FileDeclaration): FileSpec {
  const size = constantNumber(file.size) ?? 0;
  const owner = constantNumber(file.owner) ?? null;
  const mode = file.mode === undefined ? null : Number.parseInt(file.mode, 8);
  return { path: file.path, node: file.node?.ref?.name ?? null, size, owner, mode, span: spanOf(file) };
}

function lowerCluster(cluster: ast.ClusterDeclaration): ClusterSpec {
  const prices: Record<string, number> = {};
  for (const item of cluster.items) {
    if (ast.isPriceItem(item)) prices[item.price] = constantNumber(item.value) ?? 0;
  }
  return {
    name: cluster.name,
    span: spanOf(cluster),
    machine: cluster.items.find(ast.isMachineItem)?.profile ?? defaultMachine,
    network: cluster.items.find(ast.isNetworkItem)?.profile ?? defaultNetwork,
    prices,
    management: configurations.find(({ name }) => name === managementOf(cluster))?.name ?? defaultConfiguration,
    placement: placements.find(({ name }) => name === policyOf(cluster))?.name ?? defaultPlacement,
    fileCaching: cluster.items.find(ast.isCachingItem)?.on ?? false,
    endsAtOnce: cluster.items.find(ast.isLostPagesItem)?.atOnce ?? false,
    nodes: nodesOf(cluster).map(lowerNode),
  };
}

const policyOf = (cluster: ast.ClusterDeclaration): string | undefined =>
  cluster.items.find(ast.isPlacementItem)?.policy;

function lowerNode(node: ast.NodeDeclaration): NodeSpec {
  const refusals = node.items.filter(ast.isRefuseItem);
  return {
    name: node.name,
    span: spanOf(node),
    pma: hasServer(node, 'pma'),
    pmMaster: hasServer(node, 'pm_master'),
    credentials: hasServer(node, 'credentials'),
    monitor: hasServer(node, 'monitor'),
    console: hasServer(node, 'console'),
    fileServer: node.items.find(ast.isFileServerItem)?.directory ?? null,
    memory: constantNumber(node.items.find(ast.isMemoryItem)?.size) ?? defaultMemory,
    refuseBelow: constantNumber(refusals.find(({ limit }) => limit !== undefined)?.limit) ?? 0,
    refuseAll: refusals.some(({ always }) => always),
    refuseWhenBusy: refusals.some(({ busy }) => busy),
  };
}
