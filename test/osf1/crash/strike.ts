/**
 * Striking a migration: the run is forked after every event between the decision and the end of the clean-up, a node fails
 * there, and the fork goes on to its rest. What has become of it must be in the table (table.ts).
 *
 * A failure comes at an instant, and finds the node that fails in the state that its own events have brought it to. Of the
 * events that other nodes perform at that instant without it, the failure is tried after the last: it is one failure.
 *
 * Checkers run after the failure, whenever a node notices it, and at rest, and the monitor of P4 after every event; in some of
 * the forks all checkers and monitors run after every event.
 */
import { eventKinds } from '../../../simulator/base/event.ts';
import { isEmpty, nextSlot, nextTime } from '../../../simulator/base/queue.ts';
import { checkAll } from '../../../simulator/checkers/index.ts';
import { observe, pastOf } from '../../../simulator/checkers/history/index.ts';
import { executedOnce } from '../../../simulator/checkers/history/p04-executed-once.ts';
import { performEvent } from '../../../simulator/engine/dispatch.ts';
import { createSimulation, step as perform } from '../../../simulator/engine/simulation.ts';
import { traceOf, type Trace } from '../../../simulator/engine/trace.ts';
import { copyWorld, type World } from '../../../simulator/engine/world.ts';
import { crash } from '../../../simulator/faults/crash.ts';
import { readBytes, textOf } from '../../../simulator/osf1/file-server/bytes.ts';
import { procOf } from '../../../simulator/osf1/proc.ts';
import { masterEntryOf } from '../../../simulator/osf1/pm-master/entry.ts';
import { unexplained } from '../../swarm/rest.ts';
import { classify, momentOf, theMigration, type Outcome } from './table.ts';
import { SOURCE, childOf, imageOf, linesOf, nameOf, pidOf, struckIn, type Variant } from './workload.ts';

/** A fork that has not come to rest after so many events never will. */
const MOST_EVENTS = 30_000;
/** The moments after the end, when nothing is left at the source: it may fail then, too. */
const EVENTS_AFTER_THE_END = 40;
const TRACE = 16;

export interface Sweep {
  readonly variant: string;
  /** Events of the migration, and failures that were tried. */
  events: number;
  forks: number;
  /** How many fell under each row of the table. */
  readonly rows: Record<string, number>;
  readonly wrong: string[];
}

/** Which of the events of a migration are struck. */
export interface Share {
  /** Every so-manieth event. */
  readonly step: number;
  /** Which of how many workers this is. */
  readonly job: number;
  readonly jobs: number;
  /** Of these every so-manieth is checked after every event. */
  readonly checked: number;
}

const MOST_WRONG = 10;

/** Steps that are over within a few events are struck at each of them. */
function isSeldom(w: World): boolean {
  const { step: at } = theMigration(w)!;
  const forwards = at === 16 && procOf(w, SOURCE, pidOf(w)) !== null;
  return forwards || (at >= 7 && at <= 9) || at === 13;
}

export function sweep(variant: Variant, { step, checked, job, jobs }: Share): Sweep {
  const found: Sweep = { variant: nameOf(variant), events: 0, forks: 0, rows: {}, wrong: [] };
  forEveryEvent(variant, (w) => {
    const event = found.events++;
    const isMine = isSeldom(w) ? event % jobs === job : event % (step * jobs) === step * job;
    if (!isMine) return;
    const isChecked = event % (step * jobs * checked) === step * job;
    for (const node of struckIn(variant)) {
      if (!isSeldom(w) && goesOnWithout(w, node)) continue;
      found.forks++;
      try {
        const row = classify(momentOf(w, node, variant), struck(w, node, variant, isChecked));
        found.rows[row] = (found.rows[row] ?? 0) + 1;
      } catch (error) {
        const where = `${w.nodes.rows[node]!.name} fails after event ${event} (step ${theMigration(w)!.step})`;
        if (found.wrong.length < MOST_WRONG) found.wrong.push(`${where}: ${(error as Error).message}`);
      }
    }
  });
  return found;
}

/** The next event is of this same instant, and nothing of the node has a part in it. */
function goesOnWithout(w: World, node: number): boolean {
  const { queue, time } = w;
  if (isEmpty(queue) || nextTime(queue, time) !== time) return false;
  const slot = nextSlot(queue, time);
  const row = queue.a[slot]!;
  switch (eventKinds[queue.kind[slot]!]!.about) {
    case 'thread':
      return w.threads.rows[row]!.node !== node;
    case 'message':
      return w.messages.rows[row]!.node !== node;
    case 'port':
      return w.ports.rows[row]!.node !== node;
    case 'object':
      return w.objects.rows[row]!.node !== node;
    case 'node':
      return row !== node;
    case 'crossing':
    case 'arrival': {
      const { from, to } = w.packets.rows[row]!;
      return from !== node && to !== node;
    }
    case 'cluster':
      return false;
  }
}

/** The source PMA takes the decision in this event. */
const isDecided = (w: World): boolean => w.notices.some((each) => each.kind === 'protocol' && each.event === 'step');

/** The run up to the decision; everything of the variant is set up. */
function begin(variant: Variant): { readonly w: World; readonly trace: Trace } {
  const sim = createSimulation(imageOf(variant), { scenario: 0, watched: true });
  while (theMigration(sim.world) === undefined) if (!perform(sim)) throw new Error('nobody decides to migrate');
  if (variant.memory === 'eager') Object.assign(theMigration(sim.world)!.how, { using: 'oms', strategy: 'eager' });
  return { w: sim.world, trace: traceOf(TRACE) };
}

/** Calls back after every event of the migration, with the world as it is then, which must not be changed. */
function forEveryEvent(variant: Variant, act: (w: World) => void): void {
  const { w, trace } = begin(variant);
  let after = EVENTS_AFTER_THE_END;
  while (!isDecided(w)) performEvent(w, trace);
  while (after > 0 && performEvent(w, trace)) {
    act(w);
    if (theMigration(w)!.outcome !== '') after--;
  }
}

/** What has become of everything after the node has failed at this moment. */
function struck(before: World, node: number, variant: Variant, isChecked: boolean): Outcome {
  const w = copyWorld(before);
  const trace = traceOf(TRACE);
  crash(w, node);
  checkAll(w);
  const past = pastOf(w);
  const seesRequests = executedOnce.begin(w);
  const most = w.events + MOST_EVENTS;
  let signals = 0;
  while (performEvent(w, trace)) {
    if (w.events > most) throw new Error('the run does not come to rest');
    const isNoticed = w.notices.some((each) => each.kind === 'protocol' && each.event === 'node down');
    if (isChecked || isNoticed) checkAll(w);
    if (isChecked) observe(w, past);
    else seesRequests(w);
    signals = Math.max(signals, delivered(w));
  }
  checkAll(w);
  const [forgotten] = unexplained(w);
  if (forgotten !== undefined) throw new Error(forgotten);
  return outcomeOf(w, variant, signals);
}

function delivered(w: World): number {
  const mover = pidOf(w);
  let most = 0;
  for (const { live, pid, signals } of w.procs.rows)
    if (live && pid === mover) most = Math.max(most, signals.delivered);
  return most;
}

function outcomeOf(w: World, variant: Variant, signals: number): Outcome {
  const written = witness(w);
  const isThere = w.tasks.rows.some(({ live, pid }) => live && (pid === pidOf(w) || pid === childOf(w)));
  const isFinished = written.includes(linesOf(variant)['p']!.at(-1)!);
  return {
    fate: isThere ? 'there' : isFinished ? 'finished' : 'dead',
    end: endOf(w),
    migration: theMigration(w)!.outcome,
    written,
    printed: w.output.map(({ text }) => text),
    signals,
  };
}

function endOf(w: World): string {
  if (!w.pmMasters.rows.some(({ live }) => live)) return '';
  const { lost, signal, status } = masterEntryOf(w, pidOf(w))!;
  return lost ? 'lost' : signal > 0 ? `signal ${signal}` : `exit ${status}`;
}

/** What the file says. */
function witness(w: World): string {
  const name = w.fileNames.rows.find((each) => each.live && each.path === '/log');
  const file = w.files.rows.find((each) => each.live && each.id === name?.file);
  return file === undefined ? '' : textOf(readBytes(file.blocks, 0, file.size));
}
