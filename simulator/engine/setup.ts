/**
 * What a run is set up with: the prices of its cluster, and every routine of the system under its number.
 */
import { dipcRoutines, dipcServices } from '../dipc/routines.ts';
import { kernelServices, machRoutines } from '../mach/routines.ts';
import type { Routine } from '../mach/routine.ts';
import { migrationRoutines, migrationServices } from '../migration/routines.ts';
import { osfRoutines, osfServices } from '../osf1/routines.ts';
import type { OsfSetup } from '../osf1/world.ts';
import { machines, networks, type Prices } from '../profiles/prices.ts';
import type { ClusterSpec, Image } from '../workload/program.ts';
import { workloadRoutines, workloadServices } from '../workload/routines.ts';
import { xmmServices } from '../xmm/routines.ts';

/** All routines, in the order that gives them their numbers. */
const routines: readonly Routine[] = [
  ...machRoutines,
  ...dipcRoutines,
  ...xmmServices,
  ...osfRoutines,
  ...migrationRoutines,
  ...workloadRoutines,
];
routines.forEach((each, index) => (each.index = index));

const services = new Map([...osfServices, ...migrationServices, ...workloadServices]);
const kernel = new Map([...kernelServices, ...dipcServices, ...xmmServices].map((each) => [each.name, each] as const));

export function setupFor(image: Image, scenario: number, watched: boolean): OsfSetup {
  const cluster = image.clusters[image.scenarios[scenario]!.cluster]!;
  const { prices, shares, interconnect } = pricesOf(cluster);
  return { image, scenario, prices, shares, interconnect, routines, services, kernelServices: kernel, watched };
}

export function routineNamed(name: string): Routine | undefined {
  return routines.find((each) => each.name === name);
}

/** The prices of the cluster's machines and network, with those that the script sets. */
function pricesOf(cluster: ClusterSpec): Pick<OsfSetup, 'prices' | 'shares' | 'interconnect'> {
  const machine = machines[cluster.machine];
  const network = networks[cluster.network];
  if (machine === undefined) throw new RangeError(`cluster ${cluster.name}: there is no machine ${cluster.machine}`);
  if (network === undefined) throw new RangeError(`cluster ${cluster.name}: there is no network ${cluster.network}`);
  const prices: Prices = { ...machine.prices, ...network.prices, ...cluster.prices };
  const { shares, interconnect } = network;
  return { prices, shares, interconnect };
}
