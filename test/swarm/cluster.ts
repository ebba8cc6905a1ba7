/**
 * Drawn clusters: two to five nodes; who runs which servers; how much memory there is and who refuses to take anybody in;
 * a machine, a network, and prices that are none, a tenth or ten times of what they were.
 *
 * The node `master` always is there: it has the PM Master, at which the operator sits. Credentials and file servers may be
 * elsewhere, and a node may be without a PMA, as a pure compute node.
 */
import { machines, networks } from '../../simulator/profiles/prices.ts';
import type { Chance } from './chance.ts';

export interface DrawnCluster {
  readonly text: string;
  /** Names of all nodes, of those on which processes are made, and of those with a PMA. */
  readonly nodes: readonly string[];
  readonly homes: readonly string[];
  readonly pmas: readonly string[];
}

const millisecond = 1_000_000;
const factors = [0, 0.1, 0.5, 2, 10];

/** Who manages the processes (simulator/osf1/configuration.ts); the one of the paper's measurements more often. */
const managements = ['distributed', 'distributed', 'local_masters', 'centralised'] as const;

/** `later` draws from another stream what was not drawn at first. */
export function drawCluster(draw: Chance, later: Chance): DrawnCluster {
  const management = draw.one(managements);
  const central = management === 'centralised';
  const names = ['left', 'right', 'far', 'bare'].slice(0, draw.within(1, 4));
  if (draw.percent(60) && !names.includes('bare')) names.push('bare');
  const homes = ['master', ...names.filter((name) => name !== 'bare')];
  const credentials = draw.percent(20) ? draw.one(homes) : 'master';
  const files = draw.percent(20) ? draw.one(homes) : 'master';
  const second = draw.percent(30) ? draw.one(homes.filter((name) => name !== files)) : undefined;
  const nodes = ['master', ...names].map((name) => {
    const has = [
      ...(name === 'bare' || (central && name !== 'master') ? [] : ['pma']),
      ...(name === 'master' ? ['pm_master'] : []),
      ...(name === credentials ? ['credentials'] : []),
      ...(name === files ? ['file_server "/"'] : []),
      ...(name === second ? ['file_server "/far"'] : []),
      ...(draw.percent(25) ? [`memory ${draw.one([1, 2, 4, 64])} MB`] : []),
      ...(name !== 'master' && draw.percent(10) ? [refusal(draw)] : []),
      // Who comes while another one comes in is refused there, instead of standing in line.
      ...(draw.percent(15) ? ['refuse when busy'] : []),
    ];
    return `  node ${name} { ${has.join(' ')} }`;
  });
  const machine = draw.one(Object.keys(machines));
  const network = draw.one(Object.keys(networks));
  const profiles = [`  machine ${machine}`, `  network ${network}`, ...drawPrices(draw, machine, network)];
  const managed = management === 'distributed' ? [] : [`  process_management ${management}`];
  const caching = draw.percent(35) ? ['  file_caching on'] : [];
  const lost = later.one([[], ['  lost_pages at_once'], ['  lost_pages at_once'], ['  lost_pages at_fault']]);
  const text = `cluster lab {\n${[...profiles, ...managed, ...caching, ...lost, ...nodes].join('\n')}\n}`;
  const all = ['master', ...names];
  return { text, nodes: all, homes: central ? all : homes, pmas: central ? ['master'] : homes };
}

function refusal(draw: Chance): string {
  return draw.one(['refuse always', `refuse when memory.free < ${draw.within(1, 2000)} KB`]);
}

/** Other prices than the profile's; a failure is noticed soon or late. */
function drawPrices(draw: Chance, machine: string, network: string): string[] {
  const prices: Readonly<Record<string, number>> = { ...machines[machine]!.prices, ...networks[network]!.prices };
  const changed = new Map<string, number>();
  if (draw.percent(50)) {
    for (let i = draw.within(1, 4); i > 0; i--) {
      const name = draw.one(Object.keys(prices));
      const least = name === 'quantum' ? 20 * millisecond : name === 'failure_detection' ? millisecond : 0;
      changed.set(name, Math.max(least, Math.round(prices[name]! * draw.one(factors))));
    }
    // An answer crosses the network as well: a message that is sent and acknowledged costs no less than half an RPC.
    const price = (name: string): number => changed.get(name) ?? prices[name]!;
    if (price('remote_send') < price('remote_rpc') / 2) changed.set('remote_send', price('remote_rpc'));
  }
  if (draw.percent(60)) changed.set('failure_detection', draw.one([5, 50, 300, 1000, 8000]) * millisecond);
  return [...changed].map(([name, value]) => `  price ${name} ${value} ns`);
}
