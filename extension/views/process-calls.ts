/**
 * What is asked of processes: the calls that a PMA executes for them, and the requests that wait while they are frozen. The
 * process inspector shows those of one process, at whatever PMA they are; the server inspector those of one PMA.
 */
import type { ProcState, RequestState } from '../../simulator/inspect/state-processes.ts';
import type { Column } from './capabilities.ts';
import { count } from './quantities.ts';
import { column, sectionOf, type SectionBuilder } from './sheet.ts';

interface Asked {
  readonly procs: readonly ProcState[];
}

/** What has to be said of the proc that a request is for. */
interface About {
  readonly column: Column;
  readonly cell: (proc: ProcState) => string;
}

export const atPma: About = {
  column: column('pma', 'PMA', 'Node of the PMA that has it'),
  cell: ({ node }) => node,
};

export const forProcess: About = {
  column: column('process', 'For', 'The process that it is for'),
  cell: ({ pid, name }) => `pid ${pid} ${name}`,
};

const requestColumns = [
  column('operation', 'Request', 'The operation'),
  column('body', 'Of', 'What its body says'),
  column('from', 'From', 'Thread that has asked'),
  column('fromNode', 'Node', 'Node of that thread'),
  column('reply', 'Answer to', 'Port that the answer goes to'),
];

const requestCells = ({ operation, body, from, fromNode, reply }: RequestState): string[] => [
  operation,
  body,
  from,
  fromNode,
  reply ?? 'nobody',
];

export const callsOf = (about: About): SectionBuilder<Asked> =>
  sectionOf(
    {
      key: 'calls',
      title: 'Calls in progress',
      empty: 'No call is in progress.',
      columns: [
        ...requestColumns,
        about.column,
        column('changes', 'Changes its state', 'One that does not may be cancelled, and executed again elsewhere'),
      ],
    },
    ({ procs }) =>
      procs.flatMap((proc) =>
        proc.calls.map(({ request, thread, modifiesState, cancelled }) => ({
          key: `${proc.node}/${thread}`,
          cells: [...requestCells(request), about.cell(proc), cancelled ? 'cancelled' : modifiesState ? 'yes' : 'no'],
        })),
      ),
  );

export const queueOf = (about: About): SectionBuilder<Asked> =>
  sectionOf(
    {
      key: 'queue',
      title: 'Pending requests',
      summary: ({ procs }) => {
        const pending = procs.reduce((sum, proc) => sum + proc.pending.length, 0);
        return pending === 0 ? '' : `${count(pending, 'request')}, unhandled and in this order`;
      },
      empty: 'No request waits.',
      columns: [column('place', 'Place', 'In the queue', true), ...requestColumns, about.column],
    },
    ({ procs }) =>
      procs.flatMap((proc) =>
        proc.pending.map((request, index) => ({
          key: `${proc.node}/${proc.pid}/${index}/${request.operation}/${request.reply ?? ''}`,
          cells: [index + 1, ...requestCells(request), about.cell(proc)],
        })),
      ),
  );
