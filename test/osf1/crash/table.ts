/**
 * Table 5.6: what becomes of a process when a node fails while it moves. Each row says when it applies, by the moment and
 * the node alone, and what must come of it; a moment that no row or two rows claim is an error in the table.
 */
import { NONE } from '../../../simulator/base/table.ts';
import type { World } from '../../../simulator/engine/world.ts';
import { READY, type Thread } from '../../../simulator/mach/thread.ts';
import { lookup } from '../../../simulator/mach/ipc/space.ts';
import { framesOf } from '../../../simulator/mach/routine.ts';
import type { Migration } from '../../../simulator/migration/record.ts';
import { residualOf } from '../../../simulator/migration/residual.ts';
import { DEST, MASTER, SOURCE, caughtBy, foundBy, linesOf, pidOf, type Variant } from './workload.ts';

/** Its migration from the source, whatever it has done before. */
export const theMigration = (w: World): Migration | undefined => w.migrations.rows.find(({ from }) => from === SOURCE);

/** The moment before the failure. */
export interface Moment {
  readonly node: number;
  readonly variant: Variant;
  readonly step: number;
  readonly committed: boolean;
  /** All that is left to do at the source is to end the husk. */
  readonly whole: boolean;
  readonly resumed: boolean;
  readonly ended: boolean;
  /** Pages that only the source has. */
  readonly residual: number;
}

/** What can be seen when all is over. */
export interface Outcome {
  /** It wrote its last line; it is gone without that; it is still there. */
  readonly fate: 'finished' | 'dead' | 'there';
  /** What the PM Master says of its end: exit status, killed, lost with a node; nothing if there is no PM Master any more. */
  readonly end: string;
  readonly migration: string;
  readonly written: string;
  readonly printed: readonly string[];
  readonly signals: number;
}

interface Row {
  readonly row: string;
  readonly applies: (m: Moment) => boolean;
  /** Why the outcome is none of this row's, empty if it is. */
  readonly wrong: (o: Outcome, m: Moment) => string;
}

const goesOnAtSource = ({ fate, end, migration, printed, signals }: Outcome, { variant }: Moment): string =>
  [
    fate === 'finished' ? '' : 'it did not go on at the source',
    end === 'exit 0' ? '' : `its end is ${end}`,
    migration === 'failed' || migration === 'refused' ? '' : `the migration is ${migration}`,
    printed.includes(foundBy(variant)) ? '' : 'its child, or its memory, is not what it was',
    signals === 1 + caughtBy(variant) ? '' : `${signals} signals were handled`,
  ].join('');

const isLost = ({ fate, end }: Outcome): string => (fate === 'dead' && end === 'lost' ? '' : `it is ${fate}, ${end}`);

/** Its last line may be on its way to the file server, and its exit to the PM Master. */
const diesAnywhere = (o: Outcome): string =>
  o.fate === 'finished' && (o.end === 'lost' || o.end === 'exit 0') ? '' : isLost(o);

const failedAndLost = (o: Outcome): string =>
  o.migration === 'failed' ? isLost(o) : `the migration is ${o.migration}`;

/** Its child was at the source and died with that. */
const survives = ({ fate, end, migration }: Outcome): string =>
  fate === 'finished' && end === 'exit 0' && migration === 'done' ? '' : `it is ${fate}, ${end}, ${migration}`;

/** The PM Master's own fate is no row of its own but for step 13: whoever needs it gets an error, the others go on. */
const goesOnWithoutMaster = (o: Outcome, { variant }: Moment): string => {
  const { fate, migration, signals } = o;
  if (fate !== 'finished' || migration !== 'done' || signals !== 1 + caughtBy(variant)) {
    return `it is ${fate}, ${migration}, ${signals} signals`;
  }
  return variant.what === 'local masters' && o.end !== 'exit 0' ? `its end is ${o.end}` : '';
};

const at = (node: number, applies: (m: Moment) => boolean) => (m: Moment) => m.node === node && applies(m);

export const rows: readonly Row[] = [
  {
    row: 'before 7: D down; state as before',
    applies: at(DEST, (m) => m.step < 7),
    wrong: goesOnAtSource,
  },
  {
    row: '7-9: D crashes; step 17, nothing lost',
    applies: at(DEST, (m) => m.step >= 7 && m.step <= 9),
    wrong: goesOnAtSource,
  },
  {
    row: '9-10 before commit: D fails; step 17, nothing lost',
    applies: at(DEST, (m) => m.step === 10 && !m.committed),
    wrong: goesOnAtSource,
  },
  {
    row: 'after commit, before 14: D crashes; it dies, S does not resume it',
    applies: at(DEST, (m) => m.committed && !m.resumed),
    wrong: failedAndLost,
  },
  {
    row: 'after 14: D crashes; dies like any local process of D',
    applies: at(DEST, (m) => m.resumed),
    wrong: diesAnywhere,
  },
  {
    row: 'before commit: S crashes; dies as a normal local process',
    applies: at(SOURCE, (m) => !m.committed),
    wrong: failedAndLost,
  },
  {
    row: 'after commit: S crashes while rights move; it dies',
    applies: at(SOURCE, (m) => m.committed && !m.whole),
    wrong: failedAndLost,
  },
  {
    row: 'after commit: S crashes; unfetched pages gone, it dies at the first such fault',
    applies: at(SOURCE, (m) => m.whole && m.variant.memory === 'copy_on_reference' && m.residual > 0),
    wrong: isLost,
  },
  {
    row: 'after commit: S crashes; everything was fetched, it survives',
    applies: at(SOURCE, (m) => m.whole && (m.variant.memory === 'eager' || m.residual === 0)),
    wrong: survives,
  },
  {
    row: 'before 13: M unreachable; it moves all the same',
    applies: at(MASTER, (m) => m.step < 13),
    wrong: goesOnWithoutMaster,
  },
  {
    row: '13: M unreachable; it is resumed when nobody could be told',
    applies: at(MASTER, (m) => m.step === 13),
    wrong: goesOnWithoutMaster,
  },
  {
    row: 'later: M unreachable; it goes on',
    applies: at(MASTER, (m) => m.step > 13),
    wrong: goesOnWithoutMaster,
  },
];

export function momentOf(w: World, node: number, variant: Variant): Moment {
  const { step, committed, stamps, outcome } = theMigration(w)!;
  return {
    node,
    variant,
    step,
    committed,
    whole: isWhole(w),
    resumed: stamps.resumed !== NONE,
    ended: outcome !== '',
    residual: residualPages(w),
  };
}

/** Pages of it that only the source has, once it is at the destination. */
function residualPages(w: World): number {
  const task = w.tasks.rows.find(({ live, pid, node }) => live && pid === pidOf(w) && node === DEST);
  if (task === undefined) return 0;
  return residualOf(w, task).find(({ node }) => node === SOURCE)?.pages ?? 0;
}

/**
 * Nothing more is needed of the source: it has answered that the husk has ended. If it fails while it is still asked, the
 * PM Master knows of the failure before the destination can tell it that the process has moved.
 */
function isWhole(w: World): boolean {
  const { stamps, committed } = theMigration(w)!;
  if (stamps.moved !== NONE) return true;
  for (const t of w.threads.rows) {
    const mover = t.live ? framesOf(t).find(({ routine }) => w.setup.routines[routine]!.name === 'sms') : undefined;
    if (mover === undefined) continue;
    const last = w.setup.routines[mover.routine]!.steps.findIndex(({ name }) => name === 'end the husk');
    return mover.current > last || (mover.current === last && (t.state === READY || isAnswered(w, t)));
  }
  return committed;
}

function isAnswered(w: World, t: Thread): boolean {
  const entry = lookup(w.tasks.rows[t.task]!.space, t.replyName);
  return w.messages.rows.some(({ live, dest }) => live && dest === entry?.port);
}

/** The row of the table, whose outcome it is; throws if it is not. */
export function classify(moment: Moment, outcome: Outcome): string {
  const found = rows.filter(({ applies }) => applies(moment));
  const [row] = found;
  if (row === undefined || found.length > 1) throw new Error(`${found.length} rows of table 5.6 claim it`);
  const wrong = row.wrong(outcome, moment) || unfaithful(outcome, moment.variant);
  if (wrong !== '') throw new Error(`"${row.row}", and ${wrong}`);
  return row.row;
}

/** P4: lines are written once and in order; a signal that was accepted for a process that lives is handled once. */
function unfaithful({ fate, written, printed, signals }: Outcome, variant: Variant): string {
  const lines = written.split(/(?<=;)/).filter((line) => line !== '');
  const all = linesOf(variant);
  if (lines.some((line) => all[line[0]!]?.includes(line) !== true)) return `the file says "${written}"`;
  for (const [who, expected] of Object.entries(all)) {
    const own = lines.filter((line) => line.startsWith(who));
    const isWhole = own.length === expected.length;
    // A child that has died with the source writes no more.
    const isWrong =
      who === 'c' ? false : who === 'p' ? isWhole !== (fate === 'finished') : !isWhole && fate === 'finished';
    if (isWrong || own.join('') !== expected.slice(0, own.length).join('')) return `the file says "${written}"`;
  }
  const most = caughtBy(variant) + 1;
  if (signals > most) return `signals were handled ${signals} times`;
  return fate === 'finished' && printed.includes('signal 0') && signals !== most
    ? 'a signal that was accepted is lost'
    : '';
}
