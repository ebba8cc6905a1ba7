/**
 * The moment in words: virtual time and event, for the status bar and the head of a table.
 */
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { time } from './quantities.ts';

export const momentWords = ({ time: time_ns, event }: Pick<ClusterState, 'time' | 'event'>): string =>
  `${time(time_ns)}, event ${event}`;
