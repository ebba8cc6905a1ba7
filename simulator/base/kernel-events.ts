/**
 * What kernels and servers do among themselves that somebody may want to stop at: one vocabulary, from which the names
 * of `tell` (mach/world.ts), the breakpoints of the debugger, `--until` of the command line and the editor's menu come.
 *
 * Every packet of distributed IPC is one [mechanisms 2.14], so are the notifications [1.9], a queue that is full [1.6],
 * exceptions, what kernels and memory objects ask of each other [3.2, 3.5], and the steps of a migration [5.5]. Whoever
 * tells of something new gives it a line here: its name, the group that it is offered under, and what it means.
 */

export interface EventGroup {
  readonly name: string;
  /** As the title of a breakpoint for the whole group. */
  readonly label: string;
  readonly doc: string;
}

export const eventGroups = [
  {
    name: 'messages',
    label: 'Messages between nodes',
    doc: 'A message or its acknowledgement has crossed the network.',
  },
  {
    name: 'location',
    label: 'Locating a port',
    doc: 'A kernel asks where the principal of a port is, or hears of a node.',
  },
  { name: 'transit credits', label: 'Transit credits', doc: 'Credits of send rights are bought or given back.' },
  {
    name: 'receive right',
    label: 'A receive right moves',
    doc: 'A receive right goes to another node with its queue and its numbers.',
  },
  {
    name: 'dead names',
    label: 'Death across nodes',
    doc: 'A node asks to hear of the death of a port, or hears of it.',
  },
  { name: 'flow control', label: 'Flow control', doc: 'A queue is full, or there is room again.' },
  { name: 'notifications', label: 'Notifications', doc: 'A kernel sends one of the five notifications.' },
  { name: 'exceptions', label: 'Exceptions', doc: 'A thread has raised an exception.' },
  { name: 'paging', label: 'Paging', doc: 'A page is missed, asked for, supplied, taken away or given back.' },
  {
    name: 'files',
    label: 'Tokens of files',
    doc: 'An emulator may keep what is in a file, or may not any more.',
  },
  {
    name: 'connections',
    label: 'Connections of sockets',
    doc: 'A connection is made, or accepted.',
  },
  {
    name: 'processes',
    label: 'Process servers',
    doc: 'A step of a migration, and what becomes of requests for a process that moves or has moved.',
  },
] as const satisfies readonly EventGroup[];

export type EventGroupName = (typeof eventGroups)[number]['name'];

const of = <G extends EventGroupName, N extends string>(
  group: G,
  words: Readonly<Record<N, string>>,
): { readonly name: N; readonly group: G; readonly doc: string }[] =>
  (Object.entries(words) as [N, string][]).map(([name, doc]) => ({ name, group, doc }));

export const kernelEvents = [
  ...of('messages', {
    connect: 'A message has arrived, whole or as a placeholder [2.4].',
    'connect reply': 'The sender hears that its message is in the queue, with its body or as a placeholder [2.4].',
    'connect refused': 'The sender has its message back, and hears why: full, no buffer, moved, dead [2.4].',
    'pull message': 'The receiving node asks for the body of a message that is still on another node [2.5].',
    'pull message reply': 'The body of a message has arrived [2.5].',
    'wakeup sender': 'A message that waited for its port to arrive is in the queue: its sender goes on [2.8, 2.14].',
  }),
  ...of('location', {
    'port probe': 'A kernel asks whether the principal of a port is here [2.9].',
    'port probe reply': 'The answer to a probe: principal, forwarded, or dead [2.9].',
    'get special port': 'A kernel asks for a well-known port of another node [2.12].',
    'get special port reply': 'The well-known port that was asked for [2.12].',
    'node down': 'A node learns that another one has failed [2.13].',
    partition: 'The network breaks between two nodes, or heals; a node that was cut off for too long stops.',
    boot: 'A node that has failed boots again: a new incarnation, with an empty kernel [2.13].',
    'alive notify': 'A node hears that another one has booted again: what it knew of it is over [2.13, 2.14].',
  }),
  ...of('transit credits', {
    'acquire transits': 'A proxy buys credits from the principal [2.7].',
    'acquire transits reply': 'The credits that a proxy has bought have arrived [2.7].',
    'yield transits': 'A proxy that nobody needs gives its credits back [2.7].',
  }),
  ...of('receive right', {
    'begin recv migrate': 'The new node asks the old one to let the receive right go [2.8 step 3].',
    'begin recv migrate reply': 'The old copy is a forwarding proxy; no new message enters its queue [2.8 step 4].',
    'send meta kmsg': 'A placeholder of the queue moves on; its body stays where it is [2.8 step 5].',
    'migrate state': 'Sequence number, limit and credits follow the queue; the new copy is the principal [2.8 step 6].',
  }),
  ...of('dead names', {
    'dn register': 'A node asks to be told when a port dies [2.11].',
    'dn notify': 'A node hears that a port has died [2.11].',
  }),
  ...of('flow control', {
    'queue full': 'A sender has to wait: the queue of the port is full [1.6].',
    'unblock port': 'There is room again: a node that was refused may send [2.10].',
    'unblock port reply': 'The node has sent what it had [2.10].',
    'request callback': 'A node without buffers is asked to call back when it has some [2.4].',
    'unblock node': 'A node has buffers again [2.10].',
  }),
  ...of('notifications', {
    'port-deleted': 'MACH_NOTIFY_PORT_DELETED: a name with a dead-name request was freed by its holder [1.9].',
    'port-destroyed': 'MACH_NOTIFY_PORT_DESTROYED: a receive right is sent back instead of being destroyed [1.9].',
    'no-senders': 'MACH_NOTIFY_NO_SENDERS: the last send right is gone, on every node [1.9, 2.7].',
    'send-once': 'MACH_NOTIFY_SEND_ONCE: a send-once right was given up unused [1.9].',
    'dead-name': 'MACH_NOTIFY_DEAD_NAME: a port has died to which a name was watched [1.9].',
  }),
  ...of('exceptions', {
    exception: 'A thread has raised an exception: a message goes to an exception port [1.12].',
  }),
  ...of('paging', {
    'page fault': 'A thread touches a page that is not here, or not in the way it wants to [3.5].',
    'data request': 'A kernel asks a pager for a page [3.2].',
    'data supply': 'A page has come [3.2].',
    'lock request': 'A kernel has to give up a page, or its right to write it [3.2].',
    'data return': 'A page goes back to its pager [3.2].',
    'create copy': 'A kernel hears that a copy of the object has been made: its pages are write-protected [3.3].',
    'page out': 'A page leaves memory [3.2].',
  }),
  ...of('files', {
    'token grant': 'A file server lets an emulator keep the position of an open file, or also what is in it [5.1].',
    'token recall': 'A file server wants a token back, because somebody else needs what it stands for [5.1].',
    'image recall': 'A file server has a PMA execute a file no longer without asking: it is about to change [5.3].',
    'token return': 'A file server has a token again, with the position and what was written under it [5.1].',
  }),
  ...of('connections', {
    'connection made': 'There was room for it in the queue of the socket that listens: both ends are there [5.1].',
    'connection accepted': 'The process that listens gets its end of a connection [5.1].',
  }),
  ...of('processes', {
    step: 'A migration performs the next step of its protocol [5.5, 4.2].',
    signal: 'A PMA accepts a signal for a process; from then on it is in the state of the process [5.3].',
    killpg: 'A PMA begins to send a signal to every member of a process group [5.3, P8].',
    'killpg done': 'Every member of the group has been reached, or is gone [P8].',
    'absent process': 'A PMA is asked about a process that is not there: the caller asks the PM Master [5.2].',
    'vproc updated': 'A PMA has learnt from the PM Master where a process is: its stub is put right, lazily [5.2].',
    'request kept': 'A request for a process that is frozen or being installed is kept, whole, in the queue Q [5.5].',
    'request forwarded': 'A request that was kept is sent on to where the process is now [5.5 step 16].',
    'remote fork': 'A phase of a fork on another node: asked for, its task made, on the active list, answered [5.3].',
    'remote exec': 'A phase of an exec on another node: the process goes there, has arrived, executes [5.3].',
    exec: 'A PMA has replaced the image of a process: it begins anew [5.3].',
    'master recovers': 'The PM Master has come back with an empty table, and asks the PMAs what there is [5.6].',
    'master recovered': 'The table of the PM Master is whole again: requests that waited are answered [5.6].',
    'in line': 'A migration stands in line at its destination, which takes one in at a time [3.2 c].',
  }),
] as const;

export type KernelEvent = (typeof kernelEvents)[number]['name'];
