/**
 * The placement policy of the cluster: the node with the fewest processes, of those that have a PMA and are up; the first
 * of several. It looks at nothing but the PM Master's own table, so it costs one RPC and may be wrong by what is on its way.
 */
import { NONE } from '../../base/table.ts';
import type { OsfWorld } from '../world.ts';
import { operation } from './operation.ts';

export const leastLoaded = operation('pmm.least_loaded', 'says where there is least to do', (w: OsfWorld) => {
  let best = NONE;
  let fewest = Infinity;
  for (const { live, node } of w.pmas.rows) {
    if (!live || w.nodes.rows[node]?.up !== true) continue;
    const processes = w.masterEntries.rows.filter(
      (entry) => entry.live && entry.state === 'alive' && entry.node === node,
    );
    if (processes.length >= fewest) continue;
    best = node;
    fewest = processes.length;
  }
  return { body: { node: best } };
});
