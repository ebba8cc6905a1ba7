/**
 * Limits in the emulator [docs/decisions/0057-who-enforces-a-limit.md]: what it enforces itself it has beside it, as the PMA
 * last said, and it moves with the task: how many descriptors, how much memory, and the processor time at which the PMA is
 * to look. A computation is cut short at that moment; before its next instruction the program asks the PMA, which sends
 * SIGXCPU, or ends it. All threads are cut short at the moment when they have used that much together. What the program used
 * in between by system calls counts as well: it is found over its limit then.
 */
import { PROCESSOR } from '../../base/ledger.ts';
import { at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { compute } from '../../mach/processor.ts';
import { BYTES_PER_PAGE } from '../../mach/vm/object.ts';
import { again, finish, routine, step, type Routine } from '../../mach/routine.ts';
import { blockOn, wakeAll, type Thread } from '../../mach/thread.ts';
import { SECOND, type EmulatorLimits, type Limit, type Resource } from '../limits.ts';
import type { Overrun } from '../pma/limits.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { MAPPED, emulatorOf, threadIn, type EmulatorThread } from './state.ts';
import { askPma } from './terminal.ts';

/** Processor time of the whole life of the process (ns): the account is one, wherever it runs [P7]. */
const used = (w: OsfWorld, t: Thread): number => w.ledger.rows[t.activity]!.spent[PROCESSOR]!;

const programRegions: ReadonlySet<string> = new Set(['text', 'data', 'bss', 'stack']);

const limitsOf = (w: OsfWorld, t: Thread): EmulatorLimits => emulatorOf(at(w.tasks, t.task)).limits;

/** Whether the PMA is to look at what the process has used, before anything else. */
export const isOverrun = (w: OsfWorld, t: Thread): boolean => used(w, t) >= limitsOf(w, t).processor;

/** The thread computes for so long, or until all threads together have used what they may. */
export function computeWithin(w: OsfWorld, t: Thread, nanoseconds: number): void {
  compute(w, t, nanoseconds, limitsOf(w, t).processor);
}

/** What was cut short at the limit is what is left of the computation. */
export function keepRest(t: Thread, mine: EmulatorThread): void {
  if (t.remaining === 0) return;
  mine.left = t.remaining;
  t.remaining = 0;
}

/** Whether the process may have so many descriptors. */
export const mayHaveFiles = (w: OsfWorld, t: Thread, files: number): boolean => files <= limitsOf(w, t).files;

/** Whether its program may have so many pages more, of all that is no memory of the emulator. */
export function mayHaveMemory(w: OsfWorld, t: Thread, pages: number): boolean {
  const regions = at(w.tasks, t.task).regions.map((id) => at(w.regions, id));
  const own = regions.filter(({ name }) => programRegions.has(name) || name.startsWith(MAPPED));
  const all = own.reduce((sum, region) => sum + region.pages, pages);
  return all * BYTES_PER_PAGE <= limitsOf(w, t).memory;
}

/** One thread asks for all. */
const LOOK = 'look at the processor time';

export const emulatorOverrun = routine<OsfWorld, object>('emulator.overrun', 'has used up its processor time', [
  step('wait for a thread that has found out, too', (w, t) => {
    const emulator = emulatorOf(at(w.tasks, t.task));
    if (!isOverrun(w, t)) return finish(t);
    if (emulator.looks) {
      blockOn(w, t, LOOK);
      return again(t);
    }
    emulator.looks = true;
  }),
  step('have the PMA look', (_w, t) => askPma(t, 'pma.overrun')),
  step('go on, if it may', (w, t) => {
    const { code, body } = t.result as Payload;
    const emulator = emulatorOf(at(w.tasks, t.task));
    if (code === 'ESRCH') return blockOn(w, t, 'end of the process');
    emulator.looks = false;
    wakeAll(w, at(w.tasks, t.task), LOOK);
    if (code !== 'KERN_SUCCESS') {
      // Nobody has looked: once more when it has used more.
      emulator.limits = { ...emulator.limits, processor: used(w, t) + SECOND };
      return finish(t);
    }
    const { limits, waits, ends } = body as Overrun;
    if (ends) return blockOn(w, t, 'end of the process');
    emulator.limits = { ...limits };
    threadIn(emulator, t).nudged ||= waits;
    finish(t);
  }),
]);

interface AskedLimit {
  readonly resource: Resource;
}

/** Finishes with the parts of the language's `limit`. */
const getrlimit = routine<OsfWorld, AskedLimit>('emulator.getrlimit', 'what may I use', [
  step('ask the PMA', (_w, t, { resource }) => askPma(t, 'pma.getrlimit', { resource })),
  step('return', (_w, t) => {
    const { code, body } = t.result as Payload;
    if (code !== 'KERN_SUCCESS') return finish(t, failed(code));
    const { soft, hard } = body as Limit;
    finish(t, [soft, hard]);
  }),
]);

const setrlimit = routine<OsfWorld, AskedLimit & Limit>('emulator.setrlimit', 'may use less, or more', [
  step('ask the PMA', (_w, t, { resource, soft, hard }) => askPma(t, 'pma.setrlimit', { resource, soft, hard })),
  step('keep what it enforces itself', (w, t) => {
    const { code, body } = t.result as Payload;
    if (code !== 'KERN_SUCCESS') return finish(t, failed(code));
    emulatorOf(at(w.tasks, t.task)).limits = { ...(body as EmulatorLimits) };
    finish(t, 0);
  }),
]);

export const emulatorLimitCalls = { getrlimit, setrlimit } as const;

export const limitRoutines: readonly Routine[] = [emulatorOverrun, getrlimit, setrlimit];
