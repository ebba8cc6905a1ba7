/** Every monitor, and the one that runs them. */
import type { CheckedWorld } from '../checker.ts';
import { exactlyOnce } from './d10-exactly-once.ts';
import { rightsInMessages } from './i16-rights-in-messages.ts';
import { sequenceNumbers } from './i18-sequence-numbers.ts';
import { inOrder } from './i19-in-order.ts';
import { sameRelations } from './p02-same-relations.ts';
import { executedOnce } from './p04-executed-once.ts';
import { nothingBegun } from './p05-nothing-begun.ts';
import { everyMemberOnce } from './p08-every-member-once.ts';
import { asItWas } from './p09-as-it-was.ts';
import type { Monitor, Observer } from './monitor.ts';

export const monitors: readonly Monitor[] = [
  rightsInMessages,
  sequenceNumbers,
  inOrder,
  exactlyOnce,
  sameRelations,
  executedOnce,
  nothingBegun,
  everyMemberOnce,
  asItWas,
];

/** What the monitors of one run know. */
export interface Past {
  /** Number of the last event that they were told of. */
  event: number;
  observers: readonly Observer[];
}

export function pastOf(w: CheckedWorld): Past {
  return { event: w.events, observers: monitors.map(({ begin }) => begin(w)) };
}

/** Tells the monitors of the event that was just performed; throws BrokenRule with the id of the first broken rule. */
export function observe(w: CheckedWorld, past: Past): void {
  const follows = w.events === past.event + 1;
  if (!follows) past.observers = monitors.map(({ begin }) => begin(w));
  past.event = w.events;
  if (follows) for (const observer of past.observers) observer(w);
}
