/**
 * What is asked of processes: the calls that a PMA executes for them, and the requests that wait while they are frozen. The
 * process inspector shows those of one process, at whatever PMA they are; the server inspector those of one PMA.
 */
import { signalName } from '../../language/vocabulary/signal-names.ts';
import type { CallState, ProcState, RequestState } from '../../simulator/inspect/state-processes.ts';
import { amount, column, columnsFor, type ColumnOf } from './column.ts';
import { count } from './quantities.ts';
import { sectionOf, type SectionBuilder } from './sheet.ts';

interface Asked {
  readonly procs: readonly ProcState[];
}

interface CallRow extends CallState {
  readonly proc: ProcState;
}

interface PendingRow {
  readonly proc: ProcState;
  readonly request: RequestState;
  readonly place: number;
}

export const atPma = column<ProcState>('pma', 'PMA', 'Node of the PMA that has it', ({ node }) => node);

export const forProcess = column<ProcState>('process', 'For', 'The process that it is for', ({ pid, name }) => {
  return `pid ${pid} ${name}`;
});

const requestColumns: readonly ColumnOf<RequestState>[] = [
  column('operation', 'Request', 'The operation', ({ operation }) => operation),
  column('body', 'Of', 'What its body says', ({ body }) => withNames(body)),
  column('from', 'From', 'Thread that has asked', ({ from }) => from),
  column('fromNode', 'Node', 'Node of that thread', ({ fromNode }) => fromNode),
  column('reply', 'Answer to', 'Port that the answer goes to', ({ reply }) => reply ?? 'nobody'),
];

/** Signals by their names. */
const withNames = (body: string): string =>
  body.replace(/\bsignal (\d+)\b/g, (_, signal) => `signal ${signalName(Number(signal)).replace(/^signal /, '')}`);

/** The columns of a request, and what has to be said of the proc that it is for. */
const columnsWith = (about: ColumnOf<ProcState>): readonly ColumnOf<Pick<CallRow, 'request' | 'proc'>>[] => [
  ...columnsFor(requestColumns, ({ request }: Pick<CallRow, 'request' | 'proc'>) => request),
  ...columnsFor([about], ({ proc }: Pick<CallRow, 'request' | 'proc'>) => proc),
];

export const callsOf = (about: ColumnOf<ProcState>): SectionBuilder<Asked> =>
  sectionOf<Asked, CallRow>({
    key: 'calls',
    title: 'Calls in progress',
    empty: 'No call is in progress.',
    rows: ({ procs }) => procs.flatMap((proc) => proc.calls.map((call) => ({ ...call, proc }))),
    rowKey: ({ proc, thread }) => `${proc.node}/${thread}`,
    columns: [
      ...columnsWith(about),
      column(
        'changes',
        'Changes its state',
        'One that does not may be cancelled, and executed again elsewhere',
        ({ cancelled, modifiesState }) => (cancelled ? 'cancelled' : modifiesState ? 'yes' : 'no'),
      ),
    ],
  });

export const queueOf = (about: ColumnOf<ProcState>): SectionBuilder<Asked> =>
  sectionOf<Asked, PendingRow>({
    key: 'queue',
    title: 'Pending requests',
    summary: ({ procs }) => {
      const pending = procs.reduce((sum, proc) => sum + proc.pending.length, 0);
      return pending === 0 ? '' : `${count(pending, 'request')}, unhandled and in this order`;
    },
    empty: 'No request waits.',
    rows: ({ procs }) =>
      procs.flatMap((proc) => proc.pending.map((request, index) => ({ proc, request, place: index + 1 }))),
    rowKey: ({ proc, request: { operation, reply }, place }) =>
      `${proc.node}/${proc.pid}/${place}/${operation}/${reply ?? ''}`,
    columns: [amount('place', 'Place', 'In the queue', ({ place }) => place), ...columnsWith(about)],
  });
