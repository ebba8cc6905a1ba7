/**
 * Checks of clusters: the servers that OSF/1 AD cannot do without are there, once, and every profile and price is known.
 */
import * as ast from '../generated/ast.ts';
import { sentences, suggestion } from '../nearest.ts';
import { hasServer, managementOf, nodesOf, spanOf, spanOfHead, spanOfProperty } from '../tree.ts';
import { configurations, placements } from '../vocabulary/profiles.ts';
import { names } from '../vocabulary/words.ts';
import { mustBeConstant, type Check } from './context.ts';
import { checkExpression } from './expression.ts';

export function checkCluster(cx: Check, cluster: ast.ClusterDeclaration): void {
  checkProfiles(cx, cluster);
  const nodes = nodesOf(cluster);
  checkOnlyServer(cx, cluster, 'pm_master');
  checkOnlyServer(cx, cluster, 'credentials');
  checkOnlyPma(cx, cluster);
  for (const server of ['monitor', 'console'] as const) checkAtMostOne(cx, cluster, server);
  if (!nodes.some(({ items }) => items.some((item) => ast.isFileServerItem(item) && item.directory === '/'))) {
    const message = `The cluster \`${cluster.name}\` has no root: add \`file_server "/"\` to one node.`;
    cx.report('no-root', spanOfProperty(cluster, 'name'), message);
  }
  const seen = new Set<string>();
  for (const node of nodes) {
    if (seen.has(node.name)) {
      const message = `The cluster has a node \`${node.name}\` already: choose another name.`;
      cx.report('duplicate-name', spanOfProperty(node, 'name'), message);
    }
    seen.add(node.name);
    checkNodeItems(cx, node);
  }
}

function checkOnlyServer(cx: Check, cluster: ast.ClusterDeclaration, server: 'pm_master' | 'credentials'): void {
  const [first, ...others] = nodesOf(cluster).filter((node) => hasServer(node, server));
  const [none, several, title] =
    server === 'pm_master'
      ? (['no-master', 'several-masters', 'PM Master'] as const)
      : (['no-credentials', 'several-credentials', 'credentials server'] as const);
  if (first === undefined) {
    const message = `The cluster \`${cluster.name}\` has no ${title}: add \`${server}\` to one node.`;
    cx.report(none, spanOfProperty(cluster, 'name'), message);
  }
  for (const node of others) {
    const item = node.items.find((each) => ast.isServerItem(each) && each.server === server) ?? node;
    const beside = managementOf(cluster) === 'local_masters' ? ' Each node with a PMA has its own by itself.' : '';
    const message = `A cluster has one ${title}, and \`${first?.name ?? ''}\` runs it: remove this one.${beside}`;
    cx.report(several, spanOf(item), message);
  }
}

/** With centralised process management there is one PMA for all nodes. */
function checkOnlyPma(cx: Check, cluster: ast.ClusterDeclaration): void {
  if (managementOf(cluster) !== 'centralised') return;
  const [first, ...others] = nodesOf(cluster).filter((node) => hasServer(node, 'pma'));
  if (first === undefined) {
    const message = `The cluster \`${cluster.name}\` has no PMA: add \`pma\` to one node.`;
    cx.report('no-pma', spanOfProperty(cluster, 'name'), message);
  }
  for (const node of others) {
    const item = node.items.find((each) => ast.isServerItem(each) && each.server === 'pma') ?? node;
    const message = `Centralised process management has one PMA, and \`${first?.name ?? ''}\` runs it: remove this one.`;
    cx.report('several-pmas', spanOf(item), message);
  }
}

function checkAtMostOne(cx: Check, cluster: ast.ClusterDeclaration, server: 'monitor' | 'console'): void {
  const [, ...others] = nodesOf(cluster).filter((node) => hasServer(node, server));
  for (const node of others) {
    const item = node.items.find((each) => ast.isServerItem(each) && each.server === server) ?? node;
    cx.report('repeated', spanOf(item), `A cluster has one ${server}: remove this one.`);
  }
}

function checkProfiles(cx: Check, cluster: ast.ClusterDeclaration): void {
  const seen = new Set<string>();
  for (const item of cluster.items) {
    if (ast.isNodeDeclaration(item)) continue;
    const key = ast.isPriceItem(item) ? `price ${item.price}` : (firstWords.get(item.$type) ?? item.$type);
    if (seen.has(key))
      cx.report('repeated', spanOf(item), `The cluster has its \`${key}\` already: remove one of them.`);
    seen.add(key);
    if (ast.isPriceItem(item)) checkPrice(cx, item);
    else if (ast.isManagementItem(item)) checkManagement(cx, item);
    else if (ast.isPlacementItem(item)) checkPlacement(cx, item);
    else if (ast.isMachineItem(item) || ast.isNetworkItem(item)) checkProfile(cx, item);
  }
}

function checkProfile(cx: Check, item: ast.MachineItem | ast.NetworkItem): void {
  const machine = ast.isMachineItem(item);
  const known = names(machine ? cx.profiles.machines : cx.profiles.networks);
  if (known.includes(item.profile)) return;
  const { text, fix } = suggestion(item.profile, known);
  const message = `There is no ${machine ? 'machine' : 'network'} \`${item.profile}\`.`;
  cx.report('unknown-profile', spanOfProperty(item, 'profile'), sentences(message, text), fix);
}

function checkManagement(cx: Check, item: ast.ManagementItem): void {
  const known = names(configurations);
  if (known.includes(item.configuration)) return;
  const { text, fix } = suggestion(item.configuration, known);
  const message = `Processes are not managed by \`${item.configuration}\`.`;
  cx.report('unknown-profile', spanOfProperty(item, 'configuration'), sentences(message, text), fix);
}

function checkPlacement(cx: Check, item: ast.PlacementItem): void {
  const known = names(placements);
  if (known.includes(item.policy)) return;
  const { text, fix } = suggestion(item.policy, known);
  const message = `There is no placement policy \`${item.policy}\`.`;
  cx.report('unknown-profile', spanOfProperty(item, 'policy'), sentences(message, text), fix);
}

function checkPrice(cx: Check, item: ast.PriceItem): void {
  checkExpression(cx, item.value);
  mustBeConstant(cx, item.value, 'time', 0, `The price \`${item.price}\``);
  const known = names(cx.profiles.prices);
  if (known.includes(item.price)) return;
  const { text, fix } = suggestion(item.price, known);
  const message = sentences(`There is no price \`${item.price}\`.`, text);
  cx.report('unknown-price', spanOfProperty(item, 'price'), message, fix);
}

function checkNodeItems(cx: Check, node: ast.NodeDeclaration): void {
  const seen = new Set<string>();
  for (const item of node.items) {
    const key = keyOf(item);
    if (seen.has(key)) {
      cx.report(
        'repeated',
        spanOfHead(item),
        `The node \`${node.name}\` has its \`${key}\` already: remove one of them.`,
      );
    }
    seen.add(key);
    if (ast.isMemoryItem(item)) {
      checkExpression(cx, item.size);
      mustBeConstant(cx, item.size, 'size', 1, 'The memory of a node');
    } else if (ast.isRefuseItem(item) && item.limit !== undefined) {
      checkExpression(cx, item.limit);
      mustBeConstant(cx, item.limit, 'size', 0, 'The memory below which a node refuses');
    }
  }
}

/** What a node may say once: that it refuses, for want of memory or always, and that nobody queues, are two things. */
function keyOf(item: ast.NodeItem): string {
  if (ast.isServerItem(item)) return item.server;
  if (ast.isRefuseItem(item) && item.busy) return 'refuse when busy';
  return firstWords.get(item.$type) ?? item.$type;
}

/** The word that an item of a cluster or a node begins with. */
const firstWords: ReadonlyMap<string, string> = new Map([
  ['FileServerItem', 'file_server'],
  ['MemoryItem', 'memory'],
  ['RefuseItem', 'refuse'],
  ['MachineItem', 'machine'],
  ['NetworkItem', 'network'],
  ['ManagementItem', 'process_management'],
  ['CachingItem', 'file_caching'],
  ['PlacementItem', 'placement'],
  ['LostPagesItem', 'lost_pages'],
]);
