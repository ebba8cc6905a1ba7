/**
 * The system calls of programs, by UNIX's own names. The simulator has the other half: what each of them runs is in
 * simulator/workload/system-calls.ts.
 */
import type { Type } from '../types.ts';
import { parameter, type FunctionParameter, type FunctionWord, type Room } from './function-word.ts';

const program: readonly Room[] = ['program'];

/** A parameter that may be left out, and what then stands for it. */
export interface SystemCallParameter extends FunctionParameter {
  readonly value?: number | string;
}

export interface SystemCallWord extends FunctionWord {
  readonly parameters: readonly SystemCallParameter[];
}

const left = (value: number | string, name: string, ...types: Type[]): SystemCallParameter => ({
  name,
  types,
  optional: true,
  value,
});

function systemCall(
  name: string,
  parameters: readonly SystemCallParameter[],
  result: Type,
  doc: string,
): SystemCallWord {
  return { name, rooms: program, parameters, result, doc };
}

const file = parameter('file', 'descriptor');
const size = parameter('size', 'size');
const process = parameter('process', 'process');
/** A number, too: 0 is the caller, or its group. */
const whom = parameter('process', 'process', 'int');
const path = parameter('path', 'text');
const to = parameter('to', 'text');
const set = parameter('set', 'fd_set');
const mapping = parameter('mapping', 'memory');
const socket = parameter('socket', 'descriptor');

export const systemCalls: readonly SystemCallWord[] = [
  systemCall('getpid', [], 'process', 'The process itself. A call to its PMA.'),
  systemCall('getppid', [], 'process', 'The parent of the process.'),
  systemCall(
    'wait',
    [left(-1, 'child', 'process')],
    'int',
    'Waits until the child, or without an argument any child, has exited. Its exit status; 256 and the number of the signal that ended it; 256 if it was lost with a node; -1 without a child.',
  ),
  systemCall(
    'waitpid',
    [left(-1, 'child', 'process', 'int'), left(0, 'options', 'options')],
    'ended',
    'Waits for a child, for any (-1), for one of the own process group (0) or of another (`-group`), and says what became of it. Options: `WNOHANG`, `WUNTRACED`, `WCONTINUED`, joined by `|`.',
  ),
  systemCall(
    'kill',
    [whom, parameter('signal', 'signal')],
    'int',
    'Sends a signal to a process, wherever it runs now; to its own group (0), to another (`-group`). 0, or -1 if there is no such process.',
  ),
  systemCall(
    'killpg',
    [parameter('group', 'process', 'int'), parameter('signal', 'signal')],
    'int',
    'Sends a signal to every member of a process group, of its own if that is 0. -1 if none could be reached.',
  ),
  systemCall(
    'signal',
    [parameter('signal', 'signal'), parameter('action', 'disposition')],
    'int',
    'The signal is ignored, `SIG_IGN`, or has its default action again, `SIG_DFL`. A handler is `on SIGUSR1 { ... }`.',
  ),
  systemCall(
    'sigprocmask',
    [parameter('how', 'mask_change'), parameter('set', 'signals')],
    'signals',
    'Changes which signals are blocked: they stay pending until they are let in. The set of those blocked before.',
  ),
  systemCall('sigpending', [], 'signals', 'The signals that are pending: accepted, but blocked.'),
  systemCall(
    'sigsuspend',
    [parameter('mask', 'signals')],
    'int',
    'Blocks these signals and no others until a handler has run; then the mask is as before. Always -1, EINTR.',
  ),
  systemCall('pause', [], 'int', 'Waits until a handler has run. Always -1, EINTR.'),
  systemCall(
    'sigismember',
    [parameter('set', 'signals'), parameter('signal', 'signal')],
    'bool',
    'Whether the signal is in the set.',
  ),
  systemCall(
    'sleep',
    [parameter('time', 'time')],
    'time',
    'Lets a time pass, without the processor. What is left of it if a signal was handled meanwhile; else 0.',
  ),
  systemCall(
    'alarm',
    [parameter('time', 'time')],
    'time',
    'SIGALRM comes after this time; `0` stops the timer. What was left of the last one, else 0.',
  ),
  systemCall(
    'setitimer',
    [parameter('time', 'time'), parameter('interval', 'time')],
    'time',
    'SIGALRM comes after a time, and again after each interval. What was left before.',
  ),
  systemCall(
    'getpgid',
    [left(0, 'process', 'process', 'int')],
    'process',
    'The process group of a process, of the caller if none is given, or 0: the pid of its leader.',
  ),
  systemCall(
    'setpgid',
    [whom, left(0, 'group', 'process', 'int')],
    'int',
    'Moves the caller (0) or a child into a process group of the session; without a group, or into 0, into a new one that it leads.',
  ),
  systemCall(
    'getsid',
    [left(0, 'process', 'process', 'int')],
    'process',
    'The session of a process: the pid of its leader.',
  ),
  systemCall('setsid', [], 'process', 'The caller leads a new session and a new process group.'),
  systemCall('getuid', [], 'int', 'The user who has started the process: 100; 0 is the superuser.'),
  systemCall('geteuid', [], 'int', 'The user as whom the process acts: the owner of the image, if that is set-uid.'),
  systemCall(
    'setuid',
    [parameter('user', 'int')],
    'int',
    'Becomes another user for good, if the superuser calls; else acts as the real or the saved user. -1 and EPERM otherwise.',
  ),
  systemCall('seteuid', [parameter('user', 'int')], 'int', 'Acts as another user, and may come back.'),
  systemCall(
    'umask',
    [parameter('mask', 'text')],
    'text',
    'Permissions that new files do not get, in octal digits, `"022"` at first. The mask before.',
  ),
  systemCall('chmod', [path, parameter('mode', 'text')], 'int', 'Sets who may do what: `"644"`; `"4755"` is set-uid.'),
  systemCall(
    'chown',
    [path, parameter('owner', 'int')],
    'int',
    'Gives a file to another user; for the superuser only.',
  ),
  systemCall(
    'tcgetpgrp',
    [parameter('terminal', 'descriptor')],
    'process',
    'The process group in the foreground of the terminal, which is `/dev/tty`, opened.',
  ),
  systemCall(
    'tcsetpgrp',
    [parameter('terminal', 'descriptor'), parameter('group', 'process')],
    'int',
    'Puts a process group of the session into the foreground. From the background it stops the caller: SIGTTOU.',
  ),
  systemCall(
    'getrusage',
    [],
    'usage',
    'Processor time: `.time` of its whole life, `.children` of those it has waited for, `.here` on the node that it is on.',
  ),
  systemCall(
    'times',
    [],
    'tms',
    'Processor time on all nodes: `.user` it has computed, `.system` servers have worked for it; `.children_user` and `.children_system` of those it has waited for.',
  ),
  systemCall(
    'getrlimit',
    [parameter('resource', 'resource')],
    'limit',
    'What the process may use: `.soft` holds, `.hard` is how far the soft limit may be raised. Seconds, bytes, or how many; `RLIM_INFINITY` is no limit.',
  ),
  systemCall(
    'setrlimit',
    [parameter('resource', 'resource'), parameter('soft', 'int'), parameter('hard', 'int')],
    'int',
    'Changes a limit of the process, which its children inherit. Only the superuser raises the hard one: EPERM.',
  ),
  systemCall(
    'nice',
    [parameter('increment', 'int')],
    'int',
    'Gives way to others by so much more, up to 19; only the superuser takes some of it back: EPERM. How nice the process is then.',
  ),
  systemCall(
    'getpriority',
    [parameter('which', 'which'), left(0, 'who', 'int', 'process')],
    'int',
    'How nice a process is, -20 to 19; of several the least nice. -1 if there is none, ESRCH.',
  ),
  systemCall(
    'setpriority',
    [parameter('which', 'which'), parameter('who', 'int', 'process'), parameter('value', 'int')],
    'int',
    'Makes processes nice, wherever they are: they get less of a processor that others want. EACCES for less nice than before, EPERM for those of other users.',
  ),
  systemCall(
    'open',
    [path, parameter('flags', 'flags'), left('666', 'mode', 'text')],
    'descriptor',
    'Opens a file at its file server. Flags: `read`, `write`, `create`, `exclusive`, `truncate`, `append`, `close_on_exec`, joined by `|`.',
  ),
  systemCall(
    'creat',
    [path, left('666', 'mode', 'text')],
    'descriptor',
    'open(path, write | create | truncate, mode): an empty file to be written.',
  ),
  systemCall(
    'read',
    [file, size],
    'size',
    'Reads from an open file into the buffer of the process; the size that was read, 0 at the end.',
  ),
  systemCall(
    'write',
    [file, parameter('data', 'size', 'text')],
    'size',
    'Writes a text to an open file, or so many bytes of the buffer: what was read last. The size that was written.',
  ),
  systemCall(
    'pread',
    [file, size, parameter('offset', 'size')],
    'size',
    'Reads at a place of a file into the buffer; the position stays where it is.',
  ),
  systemCall(
    'pwrite',
    [file, parameter('data', 'size', 'text'), parameter('offset', 'size')],
    'size',
    'Writes a text, or so many bytes of the buffer, at a place of a file; the position stays where it is.',
  ),
  systemCall(
    'fsync',
    [file],
    'int',
    'The file server has all that was written when it comes back. -1 if some of it is lost.',
  ),
  systemCall('access', [path], 'int', '0 if there is such a file, else -1.'),
  systemCall('truncate', [path, size], 'int', 'Sets the size of a file that need not be open.'),
  systemCall('buffer', [], 'text', 'What was read last, as a text. `read(f, 80 B) print(buffer())`.'),
  systemCall(
    'lseek',
    [file, parameter('offset', 'size'), left(0, 'whence', 'whence')],
    'size',
    'Moves the position of an open file: `SEEK_SET` from the beginning, `SEEK_CUR` from where it is, `SEEK_END` from the end. The new one.',
  ),
  systemCall('close', [file], 'int', 'Closes an open file.'),
  systemCall(
    'dup',
    [file],
    'descriptor',
    'One more descriptor, the lowest that is free, of the same open file: they share the position.',
  ),
  systemCall(
    'dup2',
    [file, parameter('descriptor', 'descriptor', 'int')],
    'descriptor',
    'The same under a chosen number; what is open there is closed first.',
  ),
  systemCall(
    'pipe',
    [],
    'pipe',
    'Makes a pipe: what is written to `.write` is read from `.read`, also by children. A read waits for bytes, a write for room (4 KB).',
  ),
  systemCall(
    'socket',
    [],
    'descriptor',
    'A local stream socket (AF_UNIX, SOCK_STREAM), to be bound or connected. It is read, written and closed like a file.',
  ),
  systemCall(
    'socketpair',
    [],
    'socketpair',
    'Two sockets that are connected: what is written to `.first` is read from `.second`, and the other way round.',
  ),
  systemCall('bind', [socket, path], 'int', 'Gives a socket a name in the tree of files. EADDRINUSE if there is one.'),
  systemCall(
    'listen',
    [socket, left(5, 'backlog', 'int')],
    'int',
    'Lets connections come to a socket that is bound; so many wait until they are accepted.',
  ),
  systemCall('accept', [socket], 'descriptor', 'Waits for a connection to a socket that listens; this end of it.'),
  systemCall(
    'connect',
    [socket, path],
    'int',
    'Connects a socket to the one that has the name. Waits for room among those who wait; ECONNREFUSED if it does not listen.',
  ),
  systemCall(
    'shutdown',
    [socket, parameter('how', 'how')],
    'int',
    'Ends a direction of a connection for all who share the socket: `SHUT_RD`, `SHUT_WR`, `SHUT_RDWR`.',
  ),
  systemCall(
    'select',
    [left('', 'read', 'fd_set'), left('', 'write', 'fd_set'), left(-1, 'within', 'time')],
    'ready',
    'Waits until one of the descriptors can be read, or written, without waiting: `select(fd_set(a, b), fd_set(), 5 s)`. `.count`, `.read`, `.write`.',
  ),
  systemCall(
    'fcntl',
    [file, parameter('command', 'command'), left(0, 'flags', 'flags', 'int')],
    'flags',
    '`F_GETFL` and `F_SETFL`: `append` and `non_block`, for all who share the open file; `F_GETFD` and `F_SETFD`: `close_on_exec` of a descriptor. `fcntl(f, F_SETFL, non_block)`.',
  ),
  systemCall(
    'fd_set',
    Array.from({ length: 8 }, (_, index) => left(-1, `file${index + 1}`, 'descriptor')),
    'fd_set',
    'A set of descriptors, for `select`.',
  ),
  systemCall('FD_SET', [file, set], 'fd_set', 'The set with the descriptor in it.'),
  systemCall('FD_CLR', [file, set], 'fd_set', 'The set without the descriptor.'),
  systemCall('FD_ISSET', [file, set], 'bool', 'Whether the descriptor is in the set.'),
  systemCall('FD_FIRST', [set], 'descriptor', 'The lowest descriptor in the set; -1 if it is empty.'),
  systemCall(
    'mmap',
    [
      file,
      parameter('length', 'size'),
      parameter('protection', 'protection'),
      parameter('sharing', 'sharing'),
      left(0, 'offset', 'size'),
    ],
    'memory',
    'Maps an open file: `mmap(f, 8 KB, PROT_READ | PROT_WRITE, MAP_SHARED)`. What is stored in a shared mapping all see who map or read the file, on any node. The address, or `MAP_FAILED`.',
  ),
  systemCall(
    'munmap',
    [mapping],
    'int',
    'Unmaps a file. What was stored in a shared mapping comes to the file by itself.',
  ),
  systemCall(
    'msync',
    [mapping],
    'int',
    'Returns when the file server has what was stored: then no failure of a node can undo it.',
  ),
  systemCall(
    'load',
    [mapping, parameter('offset', 'size'), size],
    'text',
    'The text that is in a mapping from a place on, up to the first zero. No call: the pages are touched.',
  ),
  systemCall(
    'store',
    [mapping, parameter('offset', 'size'), parameter('data', 'text')],
    'size',
    'Puts a text into a mapping. No call: the pages are touched. Outside of the mapping, or without `PROT_WRITE`, the program ends.',
  ),
  systemCall('ftruncate', [file, size], 'int', 'Sets the size of an open file; what it gains are zeros.'),
  systemCall('fstat', [file], 'file_status', 'What an open file is: `.size`, `.links`, `.directory`, `.modified`.'),
  systemCall('stat', [path], 'file_status', 'The same for a path.'),
  systemCall('unlink', [path], 'int', 'Removes a name of a file. The file goes when nobody has it open.'),
  systemCall('link', [path, to], 'int', 'Gives a file one more name, on the same file server.'),
  systemCall(
    'rename',
    [path, to],
    'int',
    'Gives a file or a directory another name, on the same file server; what had it goes.',
  ),
  systemCall('mkdir', [path, left('777', 'mode', 'text')], 'int', 'Makes a directory.'),
  systemCall('rmdir', [path], 'int', 'Removes an empty directory.'),
  systemCall(
    'readdir',
    [path, parameter('index', 'int')],
    'text',
    'The name at a place in a directory, from 0, in the order of the alphabet; `""` after the last.',
  ),
  systemCall('chdir', [path], 'int', 'Relative paths begin there from now on.'),
  systemCall('getcwd', [], 'text', 'Where relative paths begin: `"/"` at first.'),
  systemCall(
    'exit',
    [left(0, 'status', 'int')],
    'nothing',
    'Ends the process with an exit status, 0 if none is given.',
  ),
  systemCall(
    'pthread_join',
    [left(-1, 'thread', 'thread')],
    'int',
    'Waits until the thread has ended, without an argument until all others have; `wait NAME` does the same. 0; -1, EDEADLK, for the thread itself.',
  ),
  systemCall('pthread_self', [], 'thread', 'The thread that asks: 1 is the main one.'),
  systemCall(
    'errno',
    [],
    'text',
    'The error of the last system call that failed, by its name: `"ECHILD"`; `""` before the first.',
  ),
  systemCall(
    'migrate',
    [process, parameter('node', 'text'), left(0, 'calls', 'calls')],
    'int',
    'pcntl(PCNTL_MIGRATE, pid, node): moves a process, the caller included. 0, or -1 if it was refused. Calls in progress are awaited, unless `RESTART_CALLS` or `MIGRATE_EARLY` is given.',
  ),
  systemCall(
    'least_loaded',
    [],
    'text',
    'The node with the fewest processes, as the PM Master knows them: `let n = least_loaded()  fork on n { ... }`.',
  ),
  systemCall(
    'allow_migration',
    [left(0, 'process', 'process')],
    'int',
    'pcntl(PCNTL_ALLOW): the process, the caller if none is given, may be migrated again.',
  ),
  systemCall(
    'disallow_migration',
    [left(0, 'process', 'process')],
    'int',
    'pcntl(PCNTL_DISALLOW): the process, the caller if none is given, must stay where it is.',
  ),
  systemCall(
    'join_migration_group',
    [parameter('group', 'int'), left(0, 'process', 'process')],
    'int',
    'pcntl(PCNTL_JOIN_GROUP): when one member of the group is migrated, all are. Children are born into the group.',
  ),
  systemCall(
    'leave_migration_group',
    [left(0, 'process', 'process')],
    'int',
    'The process, the caller if none is given, is migrated by itself again.',
  ),
  systemCall(
    'process_info',
    [left(0, 'process', 'process')],
    'process_info',
    'pcntl(PCNTL_INFO): what a migration policy may know of a process: `.elapsed`, `.here`, `.avencreate` ...',
  ),
];
