/**
 * The moment that is shown: virtual time and event in words, for the status bar and the head of a table, and whether the
 * cluster runs on from it.
 */
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { time } from './quantities.ts';

/** What a page is told of the moment besides its rows. */
export interface ShownMoment {
  /** Virtual time and event in words. */
  readonly when: string;
  readonly isRunning: boolean;
  readonly isOver: boolean;
}

export const momentWords = ({ time: time_ns, event }: Pick<ClusterState, 'time' | 'event'>): string =>
  `${time(time_ns)}, event ${event}`;

/** `session` is null when the session has ended. */
export function shownMoment(
  moment: { readonly state: ClusterState; readonly isRunning: boolean; readonly session: object | null } | null,
): ShownMoment {
  if (moment === null) return { when: '', isRunning: false, isOver: true };
  return { when: momentWords(moment.state), isRunning: moment.isRunning, isOver: moment.session === null };
}
