/** Where a port is known, and by whom: the nodes' copies of it, and everybody who holds a right to it. */
import { count, portName } from './quantities.ts';
import type { Known } from './port-known.ts';
import { column, sectionOf, type PlainRow } from './sheet.ts';

export const copies = sectionOf<Known>(
  {
    key: 'copies',
    title: 'Copies',
    summary: chainWords,
    empty: 'No node has a copy of the port any more.',
    columns: [
      column('node', 'Node', 'Node whose kernel keeps this copy'),
      column('copy', 'Copy', 'Principal, proxy, or a state of the migration of the receive right'),
      column('way', 'Leads', 'The nodes along which a message from here travels to the principal'),
      column('flags', 'Flags', 'The flags of the copy that are set'),
      column('send', 'Send', 'Send rights on this node', true),
      column('sendOnce', 'Send-once', 'Send-once rights on this node', true),
      column('transit', 'Credits', 'Credits held, or minus those handed out', true),
      column('held', 'Held', 'Messages that wait in this copy for room, or for the receive right', true),
    ],
  },
  ({ copies }) =>
    copies.map(({ node, copy, dead, way, flags, sendRights, sendOnceRights, transit, held }) => ({
      key: node,
      cells: [
        node,
        dead ? `${copy}, dead` : copy,
        way.length === 1 ? '' : way.join(' → '),
        flags.join(' '),
        sendRights,
        sendOnceRights,
        transit,
        held.length,
      ],
    })),
);

function chainWords({ copies }: Known): string {
  const forwarders = copies.filter(({ copy }) => copy === 'forwarding').length;
  return forwarders === 0 ? '' : `${count(forwarders, 'forwarding proxy')} until the port dies`;
}

export const rights = sectionOf<Known>(
  {
    key: 'rights',
    title: 'Who holds rights',
    summary: ({ identity: { rights } }) => (rights.length === 0 ? '' : count(rights.length, 'right')),
    empty: 'Nobody holds a right to the port.',
    columns: [
      column('who', 'Holder', 'Task, message, thread, or what the kernel keeps it for'),
      column('node', 'Node', 'Where the holder is'),
      column('name', 'Name', 'Port name in the name space of the task'),
      column('type', 'Right', 'Type of the right; dead-name if its port has died'),
      column('references', 'Refs', 'User references', true),
    ],
  },
  rightRows,
);

function rightRows({ identity }: Known): readonly PlainRow[] {
  const seen = new Map<string, number>();
  return identity.rights.map(({ holder, who, node, name, type, userReferences, task }) => {
    const base = `${holder}/${task ?? who}/${name ?? type}/${node}`;
    const number = (seen.get(base) ?? 0) + 1;
    seen.set(base, number);
    const words = holder === 'task' ? who : `${holder}: ${who}`;
    const cells = [words, node === '' ? 'on the way' : node, name === null ? '' : portName(name), type, userReferences];
    return { key: `${base}/${number}`, cells };
  });
}
