/**
 * Job control. The terminal of a session and who is in its foreground are known to the PM Master; whom a signal of the
 * terminal stops waits until somebody puts it into the foreground, wherever both of them are by then.
 */
import { block, childOf, collect, fork, fresh, mayMove, pause, type Act } from './place.ts';

/** A job of a shell reads from the background, is stopped, and goes on in the foreground. */
export const shell: Act = (at) => {
  const [name, tty, job, end] = [fresh(at, 'c'), fresh(at, 'tty'), fresh(at, 'c'), fresh(at, 'end')];
  const inner = childOf(at);
  const worker = childOf(inner);
  const takes = at.draw.percent(30);
  return [
    ...fork(name, [
      `print("session ", setsid() == getpid(), " ", getsid() == getpid())`,
      `let ${tty} = open("/dev/tty", read | write)`,
      `print("foreground ", tcgetpgrp(${tty}) == getpid())`,
      ...fork(job, [
        'setpgid(getpid())',
        ...pause(worker),
        takes ? `print("takes it ", tcsetpgrp(${tty}, getpid()))` : `print("reads ", read(${tty}, 10 B))`,
        ...pause(worker),
        'exit(7)',
      ]),
      `setpgid(${job})`,
      ...mayMove(inner, job),
      `let ${end} = waitpid(${job}, WUNTRACED)`,
      `print("stopped by ", ${end}.stopped)`,
      ...mayMove(inner, job),
      ...pause(inner),
      `print("given ", tcsetpgrp(${tty}, ${job}), " ", killpg(${job}, SIGCONT))`,
      `print("ended ", waitpid(${job}).status)`,
      'exit(8)',
    ]),
    ...mayMove(at, name),
    collect(name),
  ];
};

/** Nobody could continue a stopped group when the last one has gone who would: it is told to hang up, and goes on. */
export const leftBehind: Act = (at) => {
  const [name, job, idle, over] = [fresh(at, 'c'), fresh(at, 'c'), fresh(at, 'pipe'), fresh(at, 'pipe')];
  const inner = childOf(at);
  const handles = at.draw.percent(50) ? block('on SIGHUP {', ['print("hung up")', 'exit(9)']) : [];
  return [
    `let ${idle} = pipe()`,
    `let ${over} = pipe()`,
    ...fork(name, [
      `close(${idle}.write)`,
      `close(${over}.read)`,
      ...handles,
      ...fork(job, ['setpgid(getpid())', `read(${idle}.read, 1 B)`, 'exit(99)']),
      `setpgid(${job})`,
      `close(${over}.write)`,
      ...mayMove(inner, job),
      ...pause(inner),
      `kill(${job}, SIGSTOP)`,
      `print("stopped by ", waitpid(${job}, WUNTRACED).stopped)`,
      ...mayMove(inner, job),
      'exit(5)',
    ]),
    ...mayMove(at, name),
    `close(${over}.write)`,
    collect(name),
    // Which it has until it has ended.
    `print("over ", read(${over}.read, 1 B))`,
    ...[`${over}.read`, `${idle}.read`, `${idle}.write`].map((each) => `close(${each})`),
  ];
};

/** Stopped, continued, ended: a parent that asks is told of each. */
export const continued: Act = (at) => {
  const [pipe, name, end] = [fresh(at, 'pipe'), fresh(at, 'c'), fresh(at, 'end')];
  return [
    `let ${pipe} = pipe()`,
    ...fork(name, [`close(${pipe}.write)`, `read(${pipe}.read, 1 B)`, 'exit(sum)']),
    ...pause(at),
    `kill(${name}, SIGSTOP)`,
    ...mayMove(at, name),
    `let ${end} = waitpid(${name}, WUNTRACED | WCONTINUED)`,
    `print("stopped by ", ${end}.stopped, " ", ${end}.continued, " ", waitpid(${name}, WUNTRACED | WNOHANG).pid)`,
    ...pause(at),
    `kill(${name}, SIGCONT)`,
    ...mayMove(at, name),
    `print("goes on ", waitpid(${name}, WCONTINUED).continued, " ", waitpid(${name}, WCONTINUED | WNOHANG).pid)`,
    `close(${pipe}.write)`,
    `close(${pipe}.read)`,
    collect(name),
  ];
};
