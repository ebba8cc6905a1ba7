/**
 * The other words that the checker knows by name: phases, regions, signals, flags, mechanisms, and the fields that ask
 * the world a question. Each carries the sentence that hover shows.
 */
import type { Type } from '../types.ts';

export interface Word {
  readonly name: string;
  readonly doc: string;
}

/** The phases of process migration, in their order; `refused` is entered instead of the rest. */
export const phases = [
  { name: 'freeze', doc: '(a) The process is suspended; requests for it wait in a queue.' },
  { name: 'detach', doc: '(b) The process leaves the source PMA; its state is sent to the destination.' },
  { name: 'install', doc: '(c) The destination agrees and takes the task over.' },
  { name: 'attach', doc: '(c) The process is attached to the destination PMA; from here on there is no way back.' },
  { name: 'restart', doc: '(d) The process runs on the destination.' },
  { name: 'cleanup', doc: '(e) The source forwards the waiting requests and forgets the process.' },
  { name: 'refused', doc: 'The destination refused, or could not be reached; the process goes on where it was.' },
] as const satisfies readonly Word[];

export const regions = [
  { name: 'text', doc: 'The instructions of the program: backed by its file, not written.' },
  { name: 'data', doc: 'Initialised data: copied on the first write.' },
  { name: 'bss', doc: 'Data that starts as zeros.' },
  { name: 'stack', doc: 'The stack.' },
] as const satisfies readonly Word[];

export const mechanisms = [
  { name: 'process', doc: 'Process migration: the task and its management move, nothing stays behind.' },
  { name: 'task', doc: 'Task migration: only the task moves; the source PMA goes on managing the process.' },
] as const satisfies readonly Word[];

/** Who moves a task [mechanisms 4.5]. */
export const implementations = [
  { name: 'sms', doc: 'The simple migration server: memory travels by reference; what process migration uses.' },
  { name: 'oms', doc: 'The optimized migration server: maps the memory of the task and is its pager afterwards.' },
  { name: 'user_level', doc: 'A server without help from the kernel but for the kernel port of the task.' },
  {
    name: 'in_kernel',
    doc: 'The kernel moves the task: the messages of the simple migration server, without a server.',
  },
] as const satisfies readonly Word[];

/** How the memory of a task travels [mechanisms 4.5]. */
export const strategies = [
  { name: 'copy_on_reference', doc: 'Pages stay behind until they are touched.' },
  { name: 'eager', doc: 'All pages travel while the task is suspended; nothing stays behind.' },
  { name: 'flush', doc: 'Dirty pages go to the backing store while the task is suspended; it has them from there.' },
  { name: 'pre_copy', doc: 'Pages travel in rounds while the task runs; the last few while it is suspended.' },
] as const satisfies readonly Word[];

/** What a task can ask to be told of. */
export const notifications = [
  { name: 'no_senders', doc: 'The last send right to the port is gone.' },
  { name: 'dead_name', doc: 'The port has died: the name denotes nothing any more.' },
  { name: 'port_destroyed', doc: 'The receive right is given up: the notice carries it, and the port lives on.' },
] as const satisfies readonly Word[];

export const inheritances = [
  { name: 'copy', doc: 'The child gets a copy, made when one of the two writes.' },
  { name: 'share', doc: 'Both see what the other writes.' },
  { name: 'none', doc: 'The child gets nothing.' },
] as const satisfies readonly Word[];

export interface Known extends Word {
  readonly type: Type;
  /** What the name stands for; null if only the world can say. */
  readonly value: number | null;
}

const signal = (name: string, value: number, doc: string): Known => ({ name, type: 'signal', value, doc });
const signals = (name: string, value: number, doc: string): Known => ({ name, type: 'signals', value, doc });
const change = (name: string, value: number, doc: string): Known => ({ name, type: 'mask_change', value, doc });
const disposition = (name: string, value: number, doc: string): Known => ({ name, type: 'disposition', value, doc });
const whence = (name: string, value: number, doc: string): Known => ({ name, type: 'whence', value, doc });
const option = (name: string, value: number, doc: string): Known => ({ name, type: 'options', value, doc });
const calls = (name: string, value: number, doc: string): Known => ({ name, type: 'calls', value, doc });
const command = (name: string, value: number, doc: string): Known => ({ name, type: 'command', value, doc });
const how = (name: string, value: number, doc: string): Known => ({ name, type: 'how', value, doc });
const protection = (name: string, value: number, doc: string): Known => ({ name, type: 'protection', value, doc });
const sharing = (name: string, value: number, doc: string): Known => ({ name, type: 'sharing', value, doc });
const resource = (name: string, value: number, doc: string): Known => ({ name, type: 'resource', value, doc });
const which = (name: string, value: number, doc: string): Known => ({ name, type: 'which', value, doc });
const flag = (name: string, value: number, doc: string): Known => ({ name, type: 'flags', value, doc });

/** Names that mean something everywhere, unless a script gives them another meaning. */
export const knownNames: readonly Known[] = [
  { name: 'now', type: 'time', value: null, doc: 'The virtual time since the run began.' },
  flag('read', 1, 'The file is opened for reading.'),
  flag('write', 2, 'The file is opened for writing.'),
  flag('create', 4, 'The file is created if it does not exist.'),
  flag('exclusive', 8, 'With `create`: it must not exist.'),
  flag('truncate', 16, 'With `write`: what is in it goes.'),
  flag('append', 32, 'Every write goes to the end.'),
  flag('close_on_exec', 64, 'exec closes it.'),
  flag('non_block', 128, 'A call that would wait fails with EAGAIN: of a pipe, of a socket.'),
  command('F_GETFD', 1, 'fcntl: whether exec closes the descriptor.'),
  command('F_SETFD', 2, 'fcntl: sets whether exec closes the descriptor.'),
  command('F_GETFL', 3, 'fcntl: how the open file is used.'),
  command('F_SETFL', 4, 'fcntl: sets `append` and `non_block` of the open file, or takes them away.'),
  whence('SEEK_SET', 0, 'From the beginning of the file.'),
  whence('SEEK_CUR', 1, 'From the position.'),
  whence('SEEK_END', 2, 'From the end of the file.'),
  protection('PROT_READ', 1, 'mmap: the mapping is read.'),
  protection('PROT_WRITE', 2, 'mmap: the mapping is written; if it is shared the file must be open for writing.'),
  sharing('MAP_SHARED', 1, 'mmap: one memory with all who map or read the file.'),
  sharing('MAP_PRIVATE', 2, 'mmap: the file as it is now; nobody else sees what is stored.'),
  { name: 'MAP_FAILED', type: 'memory', value: -1, doc: 'What mmap gives if it fails.' },
  calls('AWAIT_CALLS', 0, 'migrate: the end of every system call in progress is awaited.'),
  calls('RESTART_CALLS', 1, 'migrate: calls that only wait are given up, and begun again at the destination.'),
  calls('MIGRATE_EARLY', 2, 'migrate: calls are awaited, and the task is copied meanwhile if they only wait.'),
  how('SHUT_RD', 1, 'Nothing more is read from the socket.'),
  how('SHUT_WR', 2, 'Nothing more is written to the socket: the other end reads the end of the file.'),
  how('SHUT_RDWR', 3, 'Both.'),
  signal('SIGHUP', 1, 'Hang-up; ends the process.'),
  signal('SIGINT', 2, 'Interrupt; ends the process.'),
  signal('SIGQUIT', 3, 'Quit; ends the process.'),
  signal('SIGKILL', 9, 'Ends the process; cannot be caught.'),
  signal('SIGUSR1', 10, 'For the program to use; ends the process.'),
  signal('SIGUSR2', 12, 'For the program to use; ends the process.'),
  signal('SIGPIPE', 13, 'A write to a pipe that nobody reads; ends the process.'),
  signal('SIGALRM', 14, 'A timer has expired; ends the process.'),
  signal('SIGTERM', 15, 'Termination; ends the process.'),
  signal('SIGCHLD', 17, 'A child has exited; ignored.'),
  signal('SIGCONT', 18, 'A stopped process goes on.'),
  signal('SIGSTOP', 19, 'Stops the process; cannot be caught.'),
  signal('SIGTSTP', 20, 'Stops the process: typed at its terminal.'),
  signal('SIGTTIN', 21, 'Stops the process: it reads from the terminal in the background.'),
  signal('SIGTTOU', 22, 'Stops the process: it writes to the terminal in the background.'),
  option('WNOHANG', 1, 'Does not wait: `.pid` is 0 if no child has anything to report.'),
  option('WUNTRACED', 2, 'Also reports a child that has stopped: `.stopped` is the signal.'),
  option('WCONTINUED', 8, 'Also reports a child that goes on after a stop: `.continued`.'),
  signal('SIGXCPU', 24, 'The limit of processor time is used up; ends the process.'),
  signals('no_signals', 0, 'The empty set.'),
  signals('all_signals', 2 ** 31 - 1, 'The set of all signals.'),
  change('SIG_BLOCK', 0, 'The signals of the set are blocked, too.'),
  change('SIG_UNBLOCK', 1, 'The signals of the set are not blocked any more.'),
  change('SIG_SETMASK', 2, 'The signals of the set are blocked, and no others.'),
  resource(
    'RLIMIT_CPU',
    0,
    'Seconds of processor time, on all nodes together: SIGXCPU at the soft limit, the end at the hard one.',
  ),
  resource('RLIMIT_AS', 1, 'Bytes of memory of the program: exec fails with ENOMEM.'),
  resource('RLIMIT_NOFILE', 2, 'Descriptors: EMFILE.'),
  resource('RLIMIT_NPROC', 3, 'Processes of the real user, on all nodes together: fork fails with EAGAIN.'),
  { name: 'RLIM_INFINITY', type: 'int', value: Number.MAX_SAFE_INTEGER, doc: 'No limit.' },
  which('PRIO_PROCESS', 0, 'One process; 0 is the caller.'),
  which('PRIO_PGRP', 1, 'The processes of a group; 0 is that of the caller.'),
  which('PRIO_USER', 2, 'The processes of a user; 0 is the effective user of the caller.'),
  disposition('SIG_DFL', 0, 'What the system does with the signal if nothing else is said.'),
  disposition('SIG_IGN', 1, 'The signal is ignored.'),
];

export const knownName = (name: string): Known | undefined => knownNames.find((each) => each.name === name);

export interface Field extends Word {
  readonly type: Type;
}

const processFields: readonly Field[] = [
  { name: 'pid', type: 'int', doc: 'The process id; migration never changes it.' },
  { name: 'node', type: 'node', doc: 'The node whose PMA manages the process.' },
  {
    name: 'status',
    type: 'int',
    doc: 'The exit status; -1 while the process is alive, and if it did not exit by itself.',
  },
  { name: 'signal', type: 'int', doc: 'The signal that ended the process; 0 if none did.' },
  { name: 'lost', type: 'bool', doc: 'Whether the process was lost with a node.' },
  { name: 'alive', type: 'bool', doc: 'Whether the process has not ended yet.' },
  { name: 'migrations', type: 'int', doc: 'How many times the process has been migrated.' },
  { name: 'delivered', type: 'int', doc: 'How many signals have been delivered to the process.' },
];

const migrationFields: readonly Field[] = [
  { name: 'outcome', type: 'text', doc: '`"done"`, `"refused"` or `"failed"`; `""` while it is under way.' },
  { name: 'reason', type: 'text', doc: 'Why it was refused or failed.' },
  { name: 'freezing_time', type: 'time', doc: 'From the decision until the process is frozen.' },
  { name: 'freeze_time', type: 'time', doc: 'How long the process is suspended: the price that it feels.' },
  { name: 'total_time', type: 'time', doc: 'From the decision until the process runs on the destination.' },
  { name: 'task_time', type: 'time', doc: 'The part that the migration of the task takes.' },
  { name: 'pages_running', type: 'int', doc: 'Pages that were moved while it was running.' },
  { name: 'pages_frozen', type: 'int', doc: 'Pages that were moved while it was frozen.' },
];

const taskFields: readonly Field[] = [
  { name: 'node', type: 'node', doc: 'The node that the task is on.' },
  { name: 'alive', type: 'bool', doc: 'Whether the task has not ended yet.' },
  { name: 'threads', type: 'int', doc: 'How many threads the task has.' },
  { name: 'sent', type: 'int', doc: 'How many messages the task has sent: by `send`, `rpc` and `reply`.' },
  { name: 'received', type: 'int', doc: 'How many messages the task has taken from its ports by `receive`.' },
  { name: 'replies', type: 'int', doc: 'How many of its `rpc` have been answered.' },
];

const messageFields: readonly Field[] = [
  {
    name: 'reply',
    type: 'port',
    doc: 'The send-once right that it is answered with: `move m.reply` lets somebody else answer.',
  },
  { name: 'operation', type: 'text', doc: 'What the sender wrote, or the name of the notification.' },
  { name: 'body', type: 'int', doc: 'The number in the message.' },
  { name: 'bytes', type: 'size', doc: 'The length of the message.' },
  { name: 'port', type: 'port', doc: 'The name of the right that came along, or that a notification is about.' },
  { name: 'rights', type: 'int', doc: 'How many rights came along.' },
  {
    name: 'to',
    type: 'port',
    doc: 'The port that the message was sent to: which member, if it came through a port set.',
  },
  {
    name: 'sequence',
    type: 'int',
    doc: 'The number that the message got when it was taken from its port: 0, 1, ... since the receive right last moved.',
  },
  { name: 'memory', type: 'memory', doc: 'The memory that came along: a new region of the receiver.' },
];

const endedFields: readonly Field[] = [
  {
    name: 'pid',
    type: 'process',
    doc: 'Which child it was; -1 if there was none, 0 with `WNOHANG` if none had anything to report.',
  },
  { name: 'status', type: 'int', doc: 'Its exit status; -1 if it did not exit by itself.' },
  { name: 'signal', type: 'int', doc: 'The signal that ended it; 0 if none did.' },
  { name: 'lost', type: 'bool', doc: 'Whether it was lost with a node.' },
  { name: 'stopped', type: 'int', doc: 'The signal that has stopped it, with `WUNTRACED`; 0 otherwise.' },
  { name: 'continued', type: 'bool', doc: 'Whether it goes on after a stop, with `WCONTINUED`.' },
];

const fileStatusFields: readonly Field[] = [
  { name: 'size', type: 'size', doc: 'Bytes in it; -1 if there is no such file.' },
  { name: 'links', type: 'int', doc: 'How many names it has.' },
  { name: 'directory', type: 'bool', doc: 'Whether it is a directory.' },
  { name: 'owner', type: 'int', doc: 'Whose it is.' },
  { name: 'mode', type: 'text', doc: 'Who may do what, in octal digits: `"644"`.' },
  { name: 'modified', type: 'time', doc: 'When it was last changed.' },
];

const pipeFields: readonly Field[] = [
  { name: 'read', type: 'descriptor', doc: 'The end that is read; -1 if there is no pipe.' },
  {
    name: 'write',
    type: 'descriptor',
    doc: 'The end that is written. The end of the file comes when all have closed it.',
  },
];

const socketpairFields: readonly Field[] = [
  { name: 'first', type: 'descriptor', doc: 'One end; -1 if there is no connection.' },
  { name: 'second', type: 'descriptor', doc: 'The other one.' },
];

const readyFields: readonly Field[] = [
  { name: 'count', type: 'int', doc: 'How many can be read or written; 0 at the end of the time, -1 after an error.' },
  { name: 'read', type: 'fd_set', doc: 'Those that can be read.' },
  { name: 'write', type: 'fd_set', doc: 'Those that can be written.' },
];

const usageFields: readonly Field[] = [
  { name: 'time', type: 'time', doc: 'Processor time of its whole life, wherever it was.' },
  { name: 'children', type: 'time', doc: 'Processor time of the children that it has waited for, and of theirs.' },
  { name: 'here', type: 'time', doc: 'Processor time on the node that it is on now.' },
];

const tmsFields: readonly Field[] = [
  { name: 'user', type: 'time', doc: 'What it has computed, wherever it was.' },
  {
    name: 'system',
    type: 'time',
    doc: 'What servers have done for it. With `.user` it is the `.time` of `getrusage()`.',
  },
  { name: 'children_user', type: 'time', doc: 'What the children that it has waited for, and theirs, have computed.' },
  { name: 'children_system', type: 'time', doc: 'What servers have done for those.' },
];

const limitFields: readonly Field[] = [
  { name: 'soft', type: 'int', doc: 'The limit that holds: seconds, bytes, or how many.' },
  { name: 'hard', type: 'int', doc: 'How far the process may move the soft one; only the superuser raises it.' },
];

const processInfoFields: readonly Field[] = [
  { name: 'elapsed', type: 'time', doc: 'Since it was created.' },
  { name: 'since_migration', type: 'time', doc: 'Since it was migrated last; since it was created if it never was.' },
  { name: 'migrations', type: 'int', doc: 'How many times it has been migrated.' },
  { name: 'time', type: 'time', doc: 'Processor time of its whole life, wherever it was.' },
  { name: 'children', type: 'time', doc: 'Processor time of the children that it has waited for.' },
  { name: 'here', type: 'time', doc: 'Processor time on the node that it is on now.' },
  { name: 'created', type: 'int', doc: 'How many processes it has created.' },
  { name: 'avencreate', type: 'int', doc: 'How many processes it creates in a minute, smoothed.' },
  { name: 'group', type: 'int', doc: 'Its migration group; 0 if it moves by itself.' },
];

const residualFields: readonly Field[] = [
  { name: 'pma', type: 'int', doc: 'Entries of the process in the PMA of the node.' },
  { name: 'pages', type: 'int', doc: 'Pages of its memory that are still only on the node.' },
  { name: 'forwarders', type: 'int', doc: 'Forwarding proxies for ports that it receives on.' },
  { name: 'relay', type: 'int', doc: 'Kernel ports of it that a migration server on the node answers on and relays.' },
];

/** The values of a migration's `outcome`. */
export const outcomes: readonly string[] = ['done', 'refused', 'failed', ''];

/** The questions that can be asked of a value. The first part of a record is the value itself. */
export function fieldsOf(type: Type): readonly Field[] {
  switch (type) {
    case 'process':
      return processFields;
    case 'migration':
      return migrationFields;
    case 'residual':
      return residualFields;
    case 'task':
      return taskFields;
    case 'message':
      return messageFields;
    case 'ended':
      return endedFields;
    case 'usage':
      return usageFields;
    case 'tms':
      return tmsFields;
    case 'limit':
      return limitFields;
    case 'process_info':
      return processInfoFields;
    case 'pipe':
      return pipeFields;
    case 'ready':
      return readyFields;
    case 'socketpair':
      return socketpairFields;
    case 'file_status':
      return fileStatusFields;
    default:
      return [];
  }
}

export const names = (words: readonly Word[]): string[] => words.map((each) => each.name);
