// The vocabulary of the stories about pipes, sockets and select: a program that runs alone on `source`, and what it leaves behind.
import assert from 'node:assert/strict';
import { at, select } from '../../simulator/base/table.ts';
import type { World } from '../../simulator/engine/world.ts';
import { DEAD_NAME, lookup, names } from '../../simulator/mach/ipc/space.ts';
import { BLOCKED } from '../../simulator/mach/thread.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';
import { unexplained } from '../swarm/rest.ts';
import { NULL_IMAGE, printed, run, type Run } from './lab.ts';

/** A file server on every node: a pipe is where it was made, a socket where its name is. */
export const everywhere = `
cluster lab {
  machine i386_25
  network ethernet_10
  node master { pma pm_master credentials file_server "/" }
  node source { pma file_server "/source" }
  node dest { pma file_server "/dest" }
  node bare { }
}
`;

export function play(body: string, scenario = '', cluster?: string): Run {
  return run(
    `program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 sleep 1 s }`,
    cluster,
  );
}

export const program = (body: string, scenario?: string, cluster?: string): string[] =>
  printed(play(body, scenario, cluster));

/** No request waits at a server, no pipe and no end of a connection is left, and no server knows a process that has gone. */
export function nothingLeft(w: World): void {
  assert.deepEqual(unexplained(w), []);
  assert.equal(select(w.fileHandles, () => true).length, 0);
  assert.equal(select(w.files, ({ kind, socket }) => kind === 'pipe' || socket !== null).length, 0);
  for (const { task } of select(w.fileServers, () => true)) {
    const server = at(w.tasks, task);
    assert.equal(threadsOf(w, server).filter(({ state }) => state === BLOCKED).length, 0);
    assert.deepEqual(
      names(server.space).filter((name) => lookup(server.space, name)!.type === DEAD_NAME),
      [],
    );
  }
}
