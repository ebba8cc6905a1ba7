/** What is asked of a process: the calls that its PMA executes for it, and the requests that wait while it is frozen. */
import type { RequestState } from '../../simulator/inspect/state-processes.ts';
import type { KnownProcess } from './process-known.ts';
import { count } from './quantities.ts';
import { column, sectionOf } from './sheet.ts';

const requestColumns = [
  column('operation', 'Request', 'The operation'),
  column('body', 'Of', 'What its body says'),
  column('from', 'From', 'Thread that has asked'),
  column('fromNode', 'Node', 'Node of that thread'),
  column('reply', 'Answer to', 'Port that the answer goes to'),
  column('pma', 'PMA', 'Node of the PMA that has it'),
];

const requestCells = ({ operation, body, from, fromNode, reply }: RequestState, node: string): string[] => [
  operation,
  body,
  from,
  fromNode,
  reply ?? 'nobody',
  node,
];

export const calls = sectionOf<KnownProcess>(
  {
    key: 'calls',
    title: 'Calls in progress',
    empty: 'The PMA executes nothing for it.',
    columns: [
      ...requestColumns,
      column('changes', 'Changes its state', 'One that does not may be cancelled, and executed again elsewhere'),
    ],
  },
  ({ procs }) =>
    procs.flatMap(({ node, calls }) =>
      calls.map(({ request, thread, modifiesState, cancelled }) => ({
        key: `${node}/${thread}`,
        cells: [...requestCells(request, node), cancelled ? 'cancelled' : modifiesState ? 'yes' : 'no'],
      })),
    ),
);

export const queue = sectionOf<KnownProcess>(
  {
    key: 'queue',
    title: 'Pending requests',
    summary: ({ procs }) => {
      const pending = procs.reduce((sum, proc) => sum + proc.pending.length, 0);
      return pending === 0 ? '' : `${count(pending, 'request')}, unhandled and in this order`;
    },
    empty: 'No request waits for the process.',
    columns: [column('place', 'Place', 'In the queue', true), ...requestColumns],
  },
  ({ procs }) =>
    procs.flatMap(({ node, pending }) =>
      pending.map((request, index) => ({
        key: `${node}/${index}/${request.operation}/${request.reply ?? ''}`,
        cells: [index + 1, ...requestCells(request, node)],
      })),
    ),
);
