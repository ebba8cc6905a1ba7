// The vocabulary of the stories about process migration: one process that moves, seen from outside after every event.
import assert from 'node:assert/strict';
import type { Phase } from '../../simulator/base/notice.ts';
import { NONE, at, select } from '../../simulator/base/table.ts';
import { step, type Simulation } from '../../simulator/engine/simulation.ts';
import type { World } from '../../simulator/engine/world.ts';
import { lookup, names } from '../../simulator/mach/ipc/space.ts';
import { between, type Migration, type Stamps } from '../../simulator/migration/record.ts';
import { NULL_IMAGE, start, type Run } from '../osf1/lab.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';

export const MASTER = 0;
export const SOURCE = 1;
export const DEST = 2;
/** The first process that a scenario spawns. */
export const PID = 2;

/** A process on `source` that is asked to move to `dest` at 1 s; `steps` is the scenario after that. */
export function moving(steps: string, { body = 'compute 3 s', by = 'process', files = '' } = {}): string {
  return `
    ${files}
    program mover() { ${NULL_IMAGE}\n${body} }
    scenario "moving" on lab {
      let p = spawn mover() on source
      at 1 s
      let m = migrate p to dest by ${by}
      ${steps}
    }
  `;
}

export function migrationOf({ world }: Simulation): Migration {
  return at(world.migrations, 0);
}

export function milliseconds(m: Migration, from: keyof Stamps, to: keyof Stamps): number {
  return between(m, from, to) / 1e6;
}

export function phases({ notices }: Run): Phase[] {
  return notices.flatMap(({ notice }) => (notice.kind === 'phase' ? [notice.phase] : []));
}

/** Goes on until the phase is entered, and stops right there. */
export function untilPhase(sim: Simulation, phase: Phase): void {
  while (!sim.notices.some((notice) => notice.kind === 'phase' && notice.phase === phase)) {
    assert.ok(step(sim), `${phase} is never entered`);
  }
}

export function startUntil(script: string, phase: Phase): Simulation {
  const sim = start(script);
  untilPhase(sim, phase);
  return sim;
}

/** Names and user references in every server's space, without the reply ports of its threads. */
export function heldByServers(w: World): Record<string, string> {
  const found = select(w.tasks, (task) => task.kind === 'server').map((task) => {
    const replies = new Set(threadsOf(w, task).map(({ replyName }) => replyName));
    const kept = names(task.space).filter((name) => !replies.has(name));
    const references = kept.reduce((sum, name) => sum + lookup(task.space, name)!.urefs, 0);
    // The bootstrap hands out the right to another PMA when it is first asked for: one name, one reference.
    const peers =
      w.pmas.rows.find((pma) => pma.live && pma.task === task.id)?.peers.filter((name) => name !== NONE) ?? [];
    return [task.name, `${kept.length - peers.length} names, ${references - peers.length} references`] as const;
  });
  return Object.fromEntries(found);
}
