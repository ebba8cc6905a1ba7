/**
 * Steps that cost processor time of a server: what fork, exec and exit burn in the PMA beyond messages and kernel calls.
 */
import { PROCESSOR } from '../base/ledger.ts';
import { charge } from '../mach/processor.ts';
import type { Thread } from '../mach/thread.ts';
import type { OsfWorld } from './world.ts';

export function forking(w: OsfWorld, t: Thread): void {
  charge(w, t, PROCESSOR, 1, w.setup.prices.fork_processor);
}

export function executing(w: OsfWorld, t: Thread): void {
  charge(w, t, PROCESSOR, 1, w.setup.prices.exec_processor);
}

export function exiting(w: OsfWorld, t: Thread): void {
  charge(w, t, PROCESSOR, 1, w.setup.prices.exit_processor);
}
