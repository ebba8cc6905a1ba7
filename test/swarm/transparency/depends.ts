/**
 * Which jobs have to do with a node: the weaker theorem of a run in which nodes fail is about all others.
 *
 * Every job depends on the servers of the cluster, and on the master, where the operator sits. Beyond that it depends on a
 * node where one of its processes was made, or has been since: memory that was moved by reference may still be there, and ports
 * are found by way of it. A node to which a process is on its way counts from the moment at which the
 * source could not take it back; before that, the failure of the destination is no more than a migration that fails (5.6).
 * A node on which its program says that a child is to be made counts from the beginning: who finds it down has no child.
 */
import type { Simulation } from '../../../simulator/engine/simulation.ts';
import type { Migration } from '../../../simulator/migration/record.ts';
import { jobOfBirth, type Witness } from './output.ts';

/** For each node the jobs whose programs make processes there. The number of a job ends the names of its programs. */
export function makersOf(text: string): ReadonlyMap<string, ReadonlySet<number>> {
  const makers = new Map<string, Set<number>>();
  for (const [program, job] of text.matchAll(/^program [a-z]+(\d+)\((?:.*\n)+?\}$/gm)) {
    for (const [, node] of program.matchAll(/\bfork on "(\w+)"/g)) {
      makers.set(node!, (makers.get(node!) ?? new Set()).add(Number(job)));
    }
  }
  return makers;
}

/** Jobs that depend on the node; null if all do, also those that are still to begin. */
export function hurtBy(
  { world, image, scenario }: Simulation,
  { births, homes }: Witness,
  makers: ReturnType<typeof makersOf>,
  name: string,
): Set<number> | null {
  const cluster = image.clusters[image.scenarios[scenario]!.cluster]!;
  const index = cluster.nodes.findIndex((node) => node.name === name);
  const { pmMaster, credentials, fileServer } = cluster.nodes[index]!;
  if (pmMaster || credentials || fileServer !== null || name === 'master') return null;
  const hurt = new Set(makers.get(name));
  for (const [pid, birth] of births) {
    const moved = world.migrations.rows.some((m) => m.pid === pid && involves(m, index));
    if (moved || homes.get(pid) === name) hurt.add(jobOfBirth(birth));
  }
  return hurt;
}

function involves({ from, to, by, how, outcome, committed }: Migration, node: number): boolean {
  if (from === node || how.agent === node) return true;
  return to === node && outcome !== 'refused' && (by === 'task' || committed);
}
