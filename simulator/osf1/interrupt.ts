/**
 * Calls that a signal interrupts: what a server keeps of those that it was asked to end [docs/decisions/0045-signals-are-taken.md].
 *
 * A call that may wait at a server which is not the PMA carries a number, drawn by the emulator for each attempt and unique
 * in the cluster. Who wants it ended sends that number to the port that the call went to. The server writes it down and
 * wakes whoever waits; the request that finds its own number ends with EINTR, having changed nothing. It makes no difference
 * whether the request waits already, is about to, or comes later; and none if it was answered long ago, for a number is used
 * once. A thread has one call at a time, so at most one number of each thread is kept, until its next call.
 */

/** What a call that may be interrupted says in its body. */
export interface Interruptible {
  readonly call?: number;
}

const CALLS_OF_A_THREAD = 1_000_000;
const THREADS_OF_A_PROCESS = 1000;

/** The number of a thread's call; `count` goes on for all calls of the process. */
export const callNumber = (pid: number, thread: number, count: number): number =>
  (pid * THREADS_OF_A_PROCESS + (thread % THREADS_OF_A_PROCESS)) * CALLS_OF_A_THREAD + (count % CALLS_OF_A_THREAD);

const callerOf = (call: number): number => Math.floor(call / CALLS_OF_A_THREAD);

/** Writes down that the call is to end. */
export function noteInterrupt(notes: number[], call: number): void {
  forgetCaller(notes, call);
  notes.push(call);
}

/** Whether the call is to end; what was written down for earlier calls of the thread is forgotten. */
export function isInterrupted(notes: number[], { call }: Interruptible): boolean {
  if (call === undefined || notes.length === 0) return false;
  const noted = notes.includes(call);
  if (noted || notes.some((each) => callerOf(each) === callerOf(call) && each < call)) forgetCaller(notes, call);
  return noted;
}

function forgetCaller(notes: number[], call: number): void {
  const place = notes.findIndex((each) => callerOf(each) === callerOf(call));
  if (place >= 0) notes.splice(place, 1);
}
