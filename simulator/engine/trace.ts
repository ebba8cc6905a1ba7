/**
 * The trace: one typed record for every event that was performed.
 *
 * Records are columns, not objects, in a ring of fixed size: the last so many events can always be shown, and writing
 * one costs next to nothing. What happened before that is found by replaying.
 */
import { eventKinds } from '../base/event.ts';

export interface Trace {
  readonly size: number;
  /** Number of the last event that was recorded. */
  last: number;
  readonly time: Float64Array;
  readonly kind: Int32Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
}

/** One event: its number, when it happened, what it was, and its operands (base/event.ts). */
export interface TraceRecord {
  readonly event: number;
  readonly time: number;
  readonly kind: string;
  readonly a: number;
  readonly b: number;
}

export function traceOf(size: number): Trace {
  const integers = (): Int32Array => new Int32Array(size);
  return { size, last: 0, time: new Float64Array(size), kind: integers(), a: integers(), b: integers() };
}

export function record(trace: Trace, event: number, time: number, kind: number, a: number, b: number): void {
  const place = event % trace.size;
  trace.last = event;
  trace.time[place] = time;
  trace.kind[place] = kind;
  trace.a[place] = a;
  trace.b[place] = b;
}

/** The last `count` records up to the given event, oldest first. */
export function lastRecords(trace: Trace, upTo: number, count: number): TraceRecord[] {
  const records: TraceRecord[] = [];
  const first = Math.max(1, upTo - count + 1, trace.last - trace.size + 1);
  for (let event = first; event <= Math.min(upTo, trace.last); event++) {
    const place = event % trace.size;
    const kind = eventKinds[trace.kind[place]!]!.name;
    records.push({ event, time: trace.time[place]!, kind, a: trace.a[place]!, b: trace.b[place]! });
  }
  return records;
}
