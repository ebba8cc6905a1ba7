/**
 * The report of a run: what became of every migration and its time line, what every activity cost, what was expected.
 *
 *   migration 1 of pid 7 cc1: source -> dest by process, done
 *       500.000 ms              decision
 *       512.300 ms    12.300 ms frozen
 *     freezing time 12.300 ms, freeze time 1620.110 ms, task 1241.000 ms, total 1632.410 ms
 *     of it kernel calls 64.260 ms, inter-node messages 926.250 ms, ..., waiting 3.100 ms; meanwhile 21.400 ms
 */
import type { ClusterState, ExpectationState, LedgerEntry, MigrationState } from '../../simulator/inspect/state.ts';

export interface ReportLine {
  readonly text: string;
  /** Something that was expected did not happen. */
  readonly important: boolean;
  /** Line of the script that the text is about. */
  readonly line?: number;
}

export function reportLines(state: ClusterState): readonly ReportLine[] {
  const over = state.finished === null ? 'under way' : state.finished;
  return [
    plain(
      `scenario "${state.scenario}", seed ${state.seed}: ${over} after ${state.event} events and ${milliseconds(state.time)}`,
    ),
    ...state.migrations.flatMap(migrationLines).map(plain),
    ...ledgerLines(state.ledger).map(plain),
    ...state.expectations.map(expectationLine),
    plain(verdict(state.expectations)),
  ];
}

export function reportText(state: ClusterState): string {
  return reportLines(state)
    .map(({ text }) => `${text}\n`)
    .join('');
}

function migrationLines(migration: MigrationState): readonly string[] {
  const { by, from, to, outcome, phase, reason } = migration;
  const became = outcome === '' ? `in phase ${phase}` : `${outcome}${reason === '' ? '' : ` (${reason})`}`;
  const times = [
    ['freezing time', migration.freezingTime],
    ['freeze time', migration.freezeTime],
    ['task', migration.taskTime],
    ['total', migration.totalTime],
  ] as const;
  const reached = times.flatMap(([what, time]) => (time === null ? [] : [`${what} ${milliseconds(time)}`]));
  return [
    `migration ${migration.migration} of ${whatMoves(migration)}: ${from} -> ${to} by ${by}, ${became}`,
    ...timeLine(migration),
    ...(reached.length === 0 ? [] : [`  ${reached.join(', ')}`]),
    ...pathLine(migration),
  ];
}

const pathWords = [
  ['kernelCalls', 'kernel calls'],
  ['localMessages', 'local messages'],
  ['remoteMessages', 'inter-node messages'],
  ['rights', 'rights'],
  ['bytes', 'size'],
  ['processor', 'processor'],
  ['waiting', 'waiting'],
] as const;

/** Where the time went: the parts add up to all of it. What was done meanwhile took none. */
function pathLine({ path, beside }: MigrationState): readonly string[] {
  const parts = pathWords.flatMap(([key, word]) => (path[key] === 0 ? [] : [`${word} ${milliseconds(path[key])}`]));
  if (parts.length === 0) return [];
  return [`  of it ${parts.join(', ')}${beside === 0 ? '' : `; meanwhile ${milliseconds(beside)}`}`];
}

/** What people call the thing that moves. */
export function whatMoves({ pid, name }: Pick<MigrationState, 'pid' | 'name'>): string {
  return pid === null ? `task ${name}` : `pid ${pid} ${name}`;
}

/** One line a stamp: when it was, and how long after the stamp before. */
function timeLine({ stamps }: MigrationState): readonly string[] {
  const reached = Object.entries(stamps).flatMap(([name, time]) => (time === null ? [] : [{ name, time }]));
  reached.sort((a, b) => a.time - b.time);
  return reached.map(({ name, time }, index) => {
    const before = reached[index - 1]?.time;
    const since = before === undefined ? '' : `+${milliseconds(time - before)}`;
    return `  ${milliseconds(time).padStart(14)} ${since.padStart(14)} ${name}`;
  });
}

function ledgerLines(ledger: readonly LedgerEntry[]): readonly string[] {
  if (ledger.length === 0) return [];
  const rows = ledger.map((entry) => [
    entry.activity,
    String(entry.kernelCalls),
    String(entry.localMessages),
    String(entry.remoteMessages),
    String(entry.localRights + entry.remoteRights),
    kilobytes(entry.localBytes + entry.remoteBytes),
    milliseconds(entry.nanoseconds.processor),
    milliseconds(entry.nanoseconds.waiting),
    milliseconds(entry.total),
  ]);
  return table([
    ['ledger', 'kernel calls', 'local msgs', 'remote msgs', 'rights', 'size', 'processor', 'waiting', 'total'],
    ...rows,
  ]);
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function expectationLine({ held, text, actual, line }: ExpectationState): ReportLine {
  return {
    text: held ? `held    line ${line}: ${text}` : `BROKEN  line ${line}: ${text} (${actual})`,
    important: !held,
    line,
  };
}

function verdict(expectations: readonly ExpectationState[]): string {
  const broken = expectations.filter(({ held }) => !held).length;
  if (expectations.length === 0) return 'nothing was expected';
  return broken === 0
    ? `all ${expectations.length} expectations held`
    : `${broken} of ${expectations.length} expectations broken`;
}

function plain(text: string): ReportLine {
  return { text, important: false };
}

function milliseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(3)} ms`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
