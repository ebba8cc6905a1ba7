/** Where a port is known, and by whom: the nodes' copies of it, and everybody who holds a right to it. */
import type { HeldRightState, PortState } from '../../simulator/inspect/state-ports.ts';
import { amount, column } from './column.ts';
import { count, portName } from './quantities.ts';
import type { Known } from './port-known.ts';
import { sectionOf } from './sheet.ts';

export const copies = sectionOf<Known, PortState>({
  key: 'copies',
  title: 'Copies',
  summary: chainWords,
  empty: 'No node has a copy of the port any more.',
  rows: (known) => known.copies,
  rowKey: ({ node }) => node,
  columns: [
    column('node', 'Node', 'Node whose kernel keeps this copy', ({ node }) => node),
    column('copy', 'Copy', 'Principal, proxy, or a state of the migration of the receive right', ({ copy, dead }) =>
      dead ? `${copy}, dead` : copy,
    ),
    column('way', 'Leads', 'The nodes along which a message from here travels to the principal', ({ way }) =>
      way.length === 1 ? '' : way.join(' → '),
    ),
    column('flags', 'Flags', 'The flags of the copy that are set', ({ flags }) => flags.join(' ')),
    amount('send', 'Send', 'Send rights on this node', ({ sendRights }) => sendRights),
    amount('sendOnce', 'Send-once', 'Send-once rights on this node', ({ sendOnceRights }) => sendOnceRights),
    amount('transit', 'Credits', 'Credits held, or minus those handed out', ({ transit }) => transit),
    amount(
      'held',
      'Held',
      'Messages that wait in this copy for room, or for the receive right',
      ({ held }) => held.length,
    ),
  ],
});

function chainWords({ copies }: Known): string {
  const forwarders = copies.filter(({ copy }) => copy === 'forwarding').length;
  return forwarders === 0 ? '' : `${count(forwarders, 'forwarding proxy')} until the port dies`;
}

/** A right, and the how-manieth it is of those that nothing else tells apart. */
interface RightRow extends HeldRightState {
  readonly key: string;
}

export const rights = sectionOf<Known, RightRow>({
  key: 'rights',
  title: 'Who holds rights',
  summary: ({ identity: { rights } }) => (rights.length === 0 ? '' : count(rights.length, 'right')),
  empty: 'Nobody holds a right to the port.',
  rows: rightRows,
  rowKey: ({ key }) => key,
  columns: [
    column('who', 'Holder', 'Task, message, thread, or what the kernel keeps it for', ({ holder, who }) =>
      holder === 'task' ? who : `${holder}: ${who}`,
    ),
    column('node', 'Node', 'Where the holder is', ({ node }) => (node === '' ? 'on the way' : node)),
    column('name', 'Name', 'Port name in the name space of the task', ({ name }) =>
      name === null ? '' : portName(name),
    ),
    column('type', 'Right', 'Type of the right; dead-name if its port has died', ({ type }) => type),
    amount('references', 'Refs', 'User references', ({ userReferences }) => userReferences),
  ],
});

function rightRows({ identity }: Known): readonly RightRow[] {
  const seen = new Map<string, number>();
  return identity.rights.map((right) => {
    const { holder, who, node, name, type, task } = right;
    const base = `${holder}/${task ?? who}/${name ?? type}/${node}`;
    const number = (seen.get(base) ?? 0) + 1;
    seen.set(base, number);
    return { ...right, key: `${base}/${number}` };
  });
}
