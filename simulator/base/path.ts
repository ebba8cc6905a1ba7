/**
 * Where the time of an activity went: each nanosecond between its beginning and its end is on exactly one column.
 *
 * What an activity has booked is more than the time that it took, for some of it is done at the same time on two nodes, or
 * on a node and the wire. So the work of an activity that is followed is laid on a line of time. What it does where the line
 * is still free is on the path; what it does meanwhile, and what it did before the beginning or does after the end, is
 * *beside* it. Where nothing is done for the activity, it waits: for a processor or the network, for a lock, for somebody.
 *
 *   the path's columns = end - beginning        always, to the nanosecond
 *   the path + beside  = what is booked         for every column but that of waiting
 *
 * Work is laid when it is accepted: its moment is known then, and may still be to come. `ahead` holds these stretches in
 * order; they are settled as time passes.
 */

/** Numbers that are three of each stretch: when it begins, when it ends, its column. */
const STRETCH = 3;

export interface Path {
  /** Nanoseconds by column, from the beginning until `until`. */
  readonly spent: number[];
  readonly beside: number[];
  from: number;
  until: number;
  /** Nothing more is laid on it. */
  ended: boolean;
  /** Stretches after `until`, in order, none over another. */
  readonly ahead: number[];
}

/** A path that begins now; what was booked before is beside it. */
export function pathFrom(now: number, booked: readonly number[]): Path {
  return { spent: booked.map(() => 0), beside: [...booked], from: now, until: now, ended: false, ahead: [] };
}

/** Work of so long, in a column, that begins now or later. `waiting` is the column of what is not work. */
export function lay(path: Path, now: number, start: number, duration: number, column: number, waiting: number): void {
  if (duration === 0) return;
  if (path.ended) {
    path.beside[column]! += duration;
    return;
  }
  settle(path, now, waiting);
  const { ahead } = path;
  const end = start + duration;
  let free = Math.max(start, path.until);
  path.beside[column]! += Math.min(free, end) - start;
  let at = 0;
  while (free < end) {
    while (at < ahead.length && ahead[at + 1]! <= free) at += STRETCH;
    const taken = at < ahead.length ? Math.min(ahead[at]!, end) : end;
    if (taken > free) {
      ahead.splice(at, 0, free, taken, column);
      at += STRETCH;
    }
    const next = at < ahead.length ? Math.min(ahead[at + 1]!, end) : end;
    path.beside[column]! += next - Math.max(taken, free);
    free = next;
  }
}

/** The activity is over; what would have come is beside it. */
export function endPath(path: Path, now: number, waiting: number): void {
  if (path.ended) return;
  settle(path, now, waiting);
  const { ahead } = path;
  for (let i = 0; i < ahead.length; i += STRETCH) path.beside[ahead[i + 2]!]! += ahead[i + 1]! - ahead[i]!;
  ahead.length = 0;
  path.ended = true;
}

/** What has come to pass by now is on the path, and nothing can be laid there any more. */
function settle(path: Path, now: number, waiting: number): void {
  const { ahead, spent } = path;
  let done = 0;
  while (done < ahead.length && ahead[done]! < now) {
    const [start, end, column] = [ahead[done]!, Math.min(ahead[done + 1]!, now), ahead[done + 2]!];
    spent[waiting]! += start - path.until;
    spent[column]! += end - start;
    path.until = end;
    if (ahead[done + 1]! > now) {
      ahead[done] = now;
      break;
    }
    done += STRETCH;
  }
  ahead.splice(0, done);
  spent[waiting]! += now - path.until;
  path.until = now;
}
