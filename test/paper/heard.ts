// What the paper claims about who asks whom, read off the requests that servers have really begun to serve.
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { step, type Simulation } from '../../simulator/engine/simulation.ts';
import { framesOf } from '../../simulator/mach/routine.ts';
import { serverLoop, type Request } from '../../simulator/mach/server.ts';
import { threadOf } from '../../simulator/mach/thread.ts';
import { start, type Run } from '../osf1/lab.ts';

/** A request, when a thread of a server begins to serve it. */
export interface Asked {
  readonly time: number;
  /** The server and its node: `pm_master`, `pma`, `file_server`, `credentials`. */
  readonly server: string;
  readonly node: string;
  readonly operation: string;
  /** Node and name of the task of the thread that asked. */
  readonly from: string;
  readonly by: string;
}

export interface Listened extends Run {
  readonly asked: readonly Asked[];
}

/** Listens to all servers: called after every event, it says which requests have been begun in it. */
export function listener(): (sim: Simulation) => Asked[] {
  const served = new Map<number, Request | null>();
  return ({ world: w }) => {
    const asked: Asked[] = [];
    for (const t of w.threads.rows) {
      if (!t.live) continue;
      const loop = framesOf(t).find(({ routine }) => routine === serverLoop.index);
      if (loop === undefined) continue;
      const request = (loop.data as { request: Request | null }).request;
      const before = served.get(t.identity) ?? null;
      served.set(t.identity, request);
      // A forwarded request gets another reply right while it is served; its body stays.
      if (request === null || (before?.body === request.body && before?.client === request.client)) continue;
      const [server = ''] = at(w.tasks, t.task).name.split('@');
      const client = threadOf(w, request.client);
      asked.push({
        time: w.time,
        server,
        node: at(w.nodes, t.node).name,
        operation: request.operation,
        from: client === null ? '' : at(w.nodes, client.node).name,
        by: client === null ? '' : at(w.tasks, client.task).name,
      });
    }
    return asked;
  };
}

/** Runs the first scenario to its end, listening; every expectation in it must hold. */
export function runListening(script: string, cluster?: string): Listened {
  const sim = start(script, cluster);
  const listen = listener();
  const asked: Asked[] = [];
  const notices: { time: number; notice: (typeof sim.notices)[number] }[] = [];
  while (step(sim)) {
    asked.push(...listen(sim));
    for (const notice of sim.notices) notices.push({ time: sim.world.time, notice });
  }
  for (const { held, text, actual, line } of sim.world.expectations) {
    assert.ok(held, `line ${line}: expected ${text}, but ${actual}`);
  }
  return { sim, notices, asked };
}

/** What a kind of server was asked for between two moments (ns), in order. */
export function askedOf({ asked }: Pick<Listened, 'asked'>, server: string, from = 0, to = Infinity): string[] {
  const meant = asked.filter((each) => each.server === server && each.time >= from && each.time <= to);
  return meant.map(({ operation }) => operation);
}
