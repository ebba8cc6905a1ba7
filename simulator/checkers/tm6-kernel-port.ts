/** Whoever knew a task or a thread before it moved reaches it by the same port afterwards [mechanisms 4.4, 4.7]. */
import { NONE, at } from '../base/table.ts';
import { RECEIVE, lookup } from '../mach/ipc/space.ts';
import { threadOf } from '../mach/thread.ts';
import { isPort, isThere, principalOf, type GhostPort } from '../migration/task/ghost.ts';
import { agentNode } from '../migration/task/how.ts';
import type { Migration } from '../migration/record.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const kernelPorts: Checker = {
  rule: 'T6',
  story: 'a task that has moved answers on its old kernel port, or somebody relays what is asked there',
  check(w) {
    for (const { live, server, name } of w.relays.rows) {
      const entry = live ? lookup(at(w.tasks, server).space, name) : null;
      if (live && (entry === null || (entry.type & RECEIVE) === 0)) broken('T6', `a relay does not receive on ${name}`);
    }
    for (const m of w.migrations.rows) {
      if (m.ghost?.stage !== 'arrived' || !isThere(w, m)) continue;
      const task = at(w.tasks, m.made);
      reached(w, m, m.ghost.self, task.self, task.name);
      for (const { identity, self } of m.ghost.threads) {
        const t = threadOf(w, identity);
        if (t?.task !== task.id) broken('T6', `thread ${identity} of ${task.name} has not arrived`);
        reached(w, m, self, t.self, t.name);
      }
    }
  },
};

/** `self` is the port that the kernel answers on now. */
function reached(w: CheckedWorld, m: Migration, before: GhostPort, self: number, name: string): void {
  if (before.row === NONE) return;
  if (self !== NONE && isPort(w, before, at(w.ports, self), m.ghost!.node)) return;
  if (!isRelayed(w, m, before, self) && !relaysLost(w, m))
    broken('T6', `${name} does not answer on its old port any more`);
}

/** A relay is lost with its server's node, and with it the old port [mechanisms 4.4]. */
function relaysLost(w: CheckedWorld, { how, to }: Migration): boolean {
  return how.using === 'user_level' && at(w.nodes, agentNode(how, to)).failedAt !== NONE;
}

function isRelayed(w: CheckedWorld, m: Migration, before: GhostPort, self: number): boolean {
  return w.relays.rows.some((relay) => {
    if (!relay.live || relay.migration !== m.id) return false;
    const { space } = at(w.tasks, relay.server);
    const [old, made] = [relay.name, relay.target].map((name) => at(w.ports, lookup(space, name)!.port));
    return isPort(w, before, old!, m.ghost!.node) && principalOf(w, made!)?.id === self;
  });
}
