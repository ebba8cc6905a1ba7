/**
 * Memory objects of a migration server: what the optimized one (OMS) hands the task that it has moved, instead of a
 * chain to the old home [mechanisms 4.5].
 *
 * Behind each is a region of the server's own address space: the old task's memory mapped into it (copy-on-reference), or
 * pages that it has read. The new task maps the object; its kernel asks the server for pages, and finds in it a pager
 * like any other. When nobody maps the object any more the server gives it up.
 */
import { NONE, at, release, take, type Row } from '../../../base/table.ts';
import { portSetAllocate } from '../../../mach/ipc/right.ts';
import type { Thread } from '../../../mach/thread.ts';
import { agentOf } from '../../agent/agent.ts';
import type { MigrationWorld } from '../../record.ts';
import { pagerThread } from './pager.ts';

export interface OmsObject extends Row {
  node: number;
  /** Task of the server. */
  server: number;
  /** Row of the migration that it was made for, and name of the region that it holds the pages of. */
  migration: number;
  region: string;
  /** Names in the server's space and address space: the port that it answers on, and where it has the pages. */
  name: number;
  own: string;
  /** Count of writes up to which its pages are those of the old task; see vm_modified. */
  since: number;
  /** Pages that it supplies; the others are the kernel's to fill with zeros. */
  readonly pages: number[];
}

function blankObject(id: number): OmsObject {
  return {
    id,
    live: true,
    node: NONE,
    server: NONE,
    migration: NONE,
    region: '',
    name: NONE,
    own: '',
    since: 0,
    pages: [],
  };
}

/** The object that the server has made for a region in this migration, or null. */
export function objectFor(w: MigrationWorld, server: number, migration: number, region: string): OmsObject | null {
  return (
    w.omsObjects.rows.find(
      (each) => each.live && each.server === server && each.migration === migration && each.region === region,
    ) ?? null
  );
}

/** The object that the server answers for on a port. */
export function objectOn(w: MigrationWorld, server: number, name: number): OmsObject | null {
  return w.omsObjects.rows.find((each) => each.live && each.server === server && each.name === name) ?? null;
}

export function objectOpen(w: MigrationWorld, t: Thread, migration: number, region: string): OmsObject {
  const object = take(w.omsObjects, blankObject);
  const own = `${region} of migration ${migration + 1}/${object.id}`;
  return Object.assign(object, { node: t.node, server: t.task, migration, region, own });
}

export function objectForget(w: MigrationWorld, object: OmsObject): void {
  release(w.omsObjects, object, blankObject);
}

/** Name of the port set that the server receives on as a pager; it is served from now on. */
export function pagerSet(w: MigrationWorld, t: Thread): number {
  const agent = agentOf(w, t)!;
  if (agent.objects === NONE) {
    const task = at(w.tasks, t.task);
    agent.objects = portSetAllocate(w, task, `${task.name}.objects`);
    pagerThread(w, agent);
  }
  return agent.objects;
}
