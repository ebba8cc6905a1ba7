// A task with so much of everything, and what it costs to move it: the null task of mechanisms 7.4, and others like it.
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { setNoSenders } from '../../simulator/mach/ipc/requests.ts';
import { objectCreate, shadows } from '../../simulator/mach/vm/object.ts';
import { regionAdd } from '../../simulator/mach/vm/region.ts';
import type { Migration } from '../../simulator/migration/record.ts';
import type { Prices } from '../../simulator/profiles/prices.ts';
import { millisecond, sleep, type Actor } from '../mach/cluster.ts';
import { lab, milliseconds, type Lab } from './move.ts';

export interface Content {
  readonly threads?: number;
  readonly sends?: number;
  readonly receives?: number;
  readonly regions?: number;
  /** Of the regions, so many shadow another object. */
  readonly shadows?: number;
}

/** The null task of section 4: two threads, eight send rights, four ports, thirteen regions, eight of them with a shadow. */
export const NULL_TASK: Required<Content> = { threads: 2, sends: 8, receives: 4, regions: 13, shadows: 8 };

export interface Measured {
  readonly c: Lab;
  readonly m: Migration;
  /** From the agent's first call to its last, in milliseconds. */
  readonly time: number;
}

type MoveOptions = Parameters<Lab['move']>[2];

function fill(c: Lab, moved: Actor, content: Content): void {
  const peer = c.task('third', 'peer');
  for (let i = 0; i < (content.sends ?? 0); i++) c.right(peer, peer.port(`peer ${i}`), moved);
  const notices = peer.port('notices');
  const toNotices = c.right(peer, notices, moved);
  const proxy = at(c.w.ports, moved.entry(toNotices)!.port);
  const names = Array.from({ length: content.receives ?? 0 }, (_, i) => moved.port(`port ${i}`));
  if (content.receives !== undefined) moved.portSet(...names);
  for (const name of names) {
    c.right(moved, name, peer);
    // A port in use: it was handed out, and something was received on it.
    Object.assign(moved.portOf(name), { mscount: 1, seqno: 1 });
    // A send-once right that the kernel holds: somebody wants to know when the port has no senders.
    proxy.sorights++;
    at(c.w.distributed, peer.portOf(notices).dipc).remoteSendOnce++;
    setNoSenders(c.w, moved.portOf(name), proxy.id);
  }
  destroyName(c.w, moved.task, toNotices);
  for (let i = 0; i < (content.threads ?? 0); i++) moved.thread(sleep(60_000 * millisecond));
  for (let i = 0; i < (content.regions ?? 0); i++) {
    const object = objectCreate(c.w, moved.task.node, `region ${i}`, 'anonymous', 4);
    let top = object;
    if (i < (content.shadows ?? 0)) {
      top = objectCreate(c.w, moved.task.node, `region ${i} copy`, 'anonymous', 4);
      shadows(top, object);
    }
    regionAdd(c.w, moved.task, top, { name: `r${i}`, pages: 4, protection: 'rw-', inheritance: 'copy' });
  }
}

/** The task in a laboratory of three nodes, with what `prepare` adds, moved from the source to the destination. */
export function measure(
  content: Content,
  prices: Partial<Prices> = {},
  how: MoveOptions = {},
  prepare: (c: Lab, moved: Actor) => void = () => undefined,
): Measured {
  const c = lab(['source', 'destination', 'third'], { prices });
  const moved = c.task('source', 'moved');
  fill(c, moved, content);
  prepare(c, moved);
  c.run(100 * millisecond);
  const m = c.move(moved, 'destination', how);
  while (m.outcome === '') assert.ok(c.step());
  assert.equal(m.outcome, 'done', m.reason);
  return { c, m, time: milliseconds(m, 'installed', 'moved') };
}
