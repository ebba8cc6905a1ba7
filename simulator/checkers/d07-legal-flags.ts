/** A copy is in one of the states of mechanisms 2.3, and no other; what a proxy waits for, a principal does not. */
import { NONE } from '../base/table.ts';
import type { Distributed } from '../dipc/distributed.ts';
import { broken, type Checker } from './checker.ts';

/** proxy, forward, blocked, convert, arriving. */
const legal: ReadonlySet<number> = new Set([0b00000, 0b00010, 0b11110, 0b11010, 0b10010, 0b00101]);

export const legalFlags: Checker = {
  rule: 'D7',
  story: 'the flags of a copy are a row of the table of states',
  check(w) {
    for (const port of w.ports.rows) {
      if (!port.live) continue;
      if (port.dipc === NONE) {
        if (port.proxy || port.blocked || port.callers)
          broken('D7', `${port.label} never left its node, and has flags`);
        continue;
      }
      const state = w.distributed.rows[port.dipc]!;
      const { forward, convert, arriving } = state;
      const flags =
        +port.proxy * 0b10000 + +forward * 0b01000 + +port.blocked * 0b00100 + +convert * 0b00010 + +arriving;
      if (!legal.has(flags)) broken('D7', `${port.label} on node ${port.node}: ${flags.toString(2).padStart(5, '0')}`);
      if (!port.active) continue;
      if (port.proxy ? state.promised > 0 : isRefused(state))
        broken(
          'D7',
          `${port.label} on node ${port.node} waits for what only ${port.proxy ? 'a principal' : 'a proxy'} can`,
        );
    }
  },
};

/** It waits for another node: for room, for a buffer, for the way. */
function isRefused({ fullAt, shortage, probing }: Distributed): boolean {
  return fullAt.length > 0 || shortage !== NONE || probing !== NONE;
}
