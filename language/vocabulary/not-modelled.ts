/**
 * What POSIX has and this simulator leaves out, with the reason, and what a program writes instead. The editor says so
 * where a program uses it (`not-modelled`); docs/posix.md has the same table, and a test compares the two.
 *
 * What is here is left out because it would show nothing that is not shown already, or is not there yet; a call that is
 * modelled later leaves this table.
 */
export interface NotModelled {
  readonly names: readonly string[];
  /** After "is not modelled:". */
  readonly because: string;
  /** What to write instead, if there is anything. */
  readonly instead?: string;
}

const left = (names: string, because: string, instead?: string): NotModelled => ({
  names: names.split(' '),
  because,
  ...(instead === undefined ? {} : { instead }),
});

/** Calls: names that stand before a parenthesis. */
export const callsLeftOut: readonly NotModelled[] = [
  left('vfork', 'fork copies no memory until somebody writes to it', '`fork { ... }`'),
  left(
    'execl execle execlp execv execve execvp',
    'programs are named and take their arguments by type',
    '`exec PROGRAM(...)`',
  ),
  left(
    'posix_spawn posix_spawnp system popen',
    'a program makes processes in two steps',
    '`fork { exec PROGRAM(...) }`',
  ),
  left('waitid wait3 wait4', 'they say nothing that waitpid and getrusage do not', '`waitpid(child)`'),
  left('_exit', 'there is no library that would have something to do at the end', '`exit(status)`'),
  left('getpgrp', 'it is getpgid of the caller', '`getpgid()`'),
  left('setpgrp', 'it is setpgid of the caller', '`setpgid(0, 0)`'),
  left(
    'getgid getegid setgid setegid getgroups setgroups chgrp',
    'there are no groups of users: owner and others show every decision of a server',
  ),
  left('ptrace', 'the debugger stops a process from outside, at any line'),
  left(
    'brk sbrk malloc calloc realloc free',
    'the memory of a program is that of its image',
    '`image ... bss SIZE` and `dirty bss[PAGES]`',
  ),
  left(
    'mprotect mlock munlock mlockall munlockall madvise',
    "the protection and the residence of pages are the kernel's, and the memory inspector shows them",
  ),
  left(
    'shmget shmat shmdt shmctl shm_open shm_unlink',
    'System V and POSIX shared memory would be one more server of names for memory objects',
    '`fork` after sharing, or a Mach task with `vm_allocate`',
  ),
  left(
    'semget semop semctl sem_open sem_wait sem_post',
    'semaphores would be one more server that waits as pipes do',
    'a `pipe` with a byte for each unit',
  ),
  left(
    'msgget msgsnd msgrcv msgctl mq_open mq_send mq_receive',
    'message queues would be one more server that waits as pipes do',
    '`pipe` or `socketpair`',
  ),
  left('readv writev', 'a buffer of one piece shows the same messages', '`read` or `write`'),
  left(
    'fopen fclose fread fwrite fprintf printf puts scanf',
    "the library above the system calls is the program's own",
    '`print(...)`, or `open`, `read`, `write`',
  ),
  left('poll ppoll pselect', 'they ask what select asks', '`select(fd_set(a, b), fd_set(c), 5 s)`'),
  left('send sendto sendmsg', 'a stream needs neither addresses nor flags', '`write(socket, ...)`'),
  left('recv recvfrom recvmsg', 'a stream needs neither addresses nor flags', '`read(socket, SIZE)`'),
  left('getsockname getpeername', 'a program knows the name that it has bound or connected to, and clients have none'),
  left('getsockopt setsockopt', 'the buffers of sockets have one size, and there are no other options'),
  left(
    'gethostbyname getaddrinfo inet_addr htons',
    "there is no network but the cluster's own, which programs do not see",
    '`bind` and `connect` with paths',
  ),
  left('mkfifo mknod', 'a FIFO is a pipe that has a name', '`pipe()`, or a socket that is bound'),
  left('symlink readlink lstat', 'a symbolic link is one more look-up at the same server', '`link(path, to)`'),
  left('utime utimes utimensat', 'nothing depends on the times of a file but what a program reads itself'),
  left('opendir closedir rewinddir seekdir telldir', 'readdir takes the path and the place', '`readdir(path, index)`'),
  left(
    'openat mkdirat unlinkat renameat fstatat fchdir',
    'the current directory is a path, not a descriptor',
    'the call without `at`',
  ),
  left('flock lockf', 'record locks would be one more wait at a file server, as a read of an empty pipe is'),
  left(
    'mount umount statfs statvfs sync quotactl chroot',
    "which server has which part of the tree of files is the cluster's, and does not change in a run",
    '`file_server "PATH"` of a node',
  ),
  left(
    'ioctl tcgetattr tcsetattr isatty ttyname cfsetispeed',
    'the settings of a terminal change nothing between nodes',
  ),
  left('sigaltstack sigsetjmp siglongjmp setjmp longjmp', 'handlers run on one stack, and return'),
  left('sigqueue sigwaitinfo sigtimedwait', 'signals carry no values: UNIX signals are counted, not queued'),
  left('time gettimeofday clock_gettime settimeofday adjtime', 'virtual time is the same on all nodes', '`now`'),
  left('uname gethostname sysconf getpagesize', 'programs are bound to no cluster, and pages have 4 KB'),
  left(
    'pthread_create pthread_exit pthread_detach pthread_sigmask',
    'a thread is a block of the program, which ends with it, and masks are set by `sigprocmask`',
    '`thread NAME { ... }`, `wait NAME`',
  ),
  left(
    'pthread_kill pthread_cancel',
    'a signal is for a process: which thread takes it follows from their masks',
    '`sigprocmask`',
  ),
  left(
    'pthread_mutex_lock pthread_cond_wait',
    'threads of a program take turns by pipes and joins, which wait at a server, or in the emulator, and move',
    '`pipe`, `pthread_join`',
  ),
  left('sched_yield sched_setscheduler', "priorities are the kernel's, and are not carried over by a migration"),
];

/** Options, flags and other names that calls are given. */
export const optionsLeftOut: readonly NotModelled[] = [
  left(
    'O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_TRUNC O_APPEND O_CLOEXEC O_NONBLOCK',
    'open flags have no prefix here',
    '`read`, `write`, `create`, `exclusive`, `truncate`, `append`, `close_on_exec`, `non_block`',
  ),
  left('O_SYNC O_DSYNC O_RSYNC', 'what a file server has written is written: there is no disk below it'),
  left('O_ASYNC SIGIO SIGPOLL SIGURG', 'no signal says that a descriptor is ready', '`select`'),
  left('O_NOCTTY', 'a leader of a session has a terminal when it opens `/dev/tty`, and not otherwise'),
  left(
    'O_DIRECTORY O_NOFOLLOW',
    'there are no symbolic links, and directories are not opened',
    '`readdir(path, index)`',
  ),
  left('F_DUPFD F_DUPFD_CLOEXEC', 'dup2 chooses the number', '`dup2(file, number)`'),
  left(
    'F_GETLK F_SETLK F_SETLKW F_GETOWN F_SETOWN',
    'there are no record locks, and no signal says that a descriptor is ready',
  ),
  left('AF_INET AF_INET6 SOCK_DGRAM SOCK_SEQPACKET SOCK_RAW', 'the only sockets are local streams', '`socket()`'),
  left(
    'MSG_PEEK MSG_OOB MSG_DONTWAIT MSG_WAITALL MSG_NOSIGNAL',
    'a stream is read and written without flags',
    '`fcntl(socket, F_SETFL, non_block)` for MSG_DONTWAIT',
  ),
  left('SO_REUSEADDR SO_RCVBUF SO_SNDBUF SO_LINGER SO_KEEPALIVE', 'sockets have no options'),
  left('WNOWAIT WEXITED WSTOPPED', 'they are options of waitid', '`waitpid(child, WUNTRACED)`'),
  left('SIGRTMIN SIGRTMAX', 'signals of real time carry values and are queued; UNIX signals are not'),
];

const among = (table: readonly NotModelled[], name: string): NotModelled | undefined =>
  table.find(({ names }) => names.includes(name));

export const callLeftOut = (name: string): NotModelled | undefined => among(callsLeftOut, name);
export const optionLeftOut = (name: string): NotModelled | undefined => among(optionsLeftOut, name);

/** What the editor says of it. */
export function whyLeftOut(name: string, { because, instead }: NotModelled): string {
  return `\`${name}\` is not modelled: ${because}.${instead === undefined ? '' : ` Write ${instead}.`}`;
}
