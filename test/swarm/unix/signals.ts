/**
 * Signals whose outcome is certain: to a process that would wait for ever without them, to one that is stopped and goes
 * on, to one that ignores them, to one that has gone, and to every member of a group.
 */
import { childOf, collect, fork, fresh, mayMove, pause, type Act, type Place } from './place.ts';

const deadly = ['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGQUIT'] as const;

/** A process that does nothing any more: it waits in a pipe that its parent could write, or computes. */
function idle(at: Place, pipe: string): string[] {
  const busy = at.draw.percent(30) ? ['compute 4 s'] : [];
  return [`close(${pipe}.write)`, ...pause(at), ...busy, `read(${pipe}.read, 1 B)`, 'exit(99)'];
}

const ended = (at: Place, child: string): string[] => {
  const end = fresh(at, 'end');
  return [
    `let ${end} = waitpid(${child})`,
    `print("ended ", ${end}.status, " by ", ${end}.signal)`,
    `sum = (sum + ${end}.signal) % 97`,
  ];
};

/** Kills a child, wherever it is by then, and is told of what. */
export const kill: Act = (at) => {
  const [pipe, name] = [fresh(at, 'pipe'), fresh(at, 'c')];
  return [
    `let ${pipe} = pipe()`,
    ...fork(name, idle(childOf(at), pipe)),
    ...mayMove(at, name),
    ...pause(at),
    `print("sent ", kill(${name}, ${at.draw.one(deadly)}))`,
    ...ended(at, name),
    `print("gone ", kill(${name}, SIGTERM), " ", errno())`,
    `close(${pipe}.read)`,
    `close(${pipe}.write)`,
  ];
};

/** A group of two or three is killed at once, and each member ends of it. */
export const killGroup: Act = (at) => {
  const pipe = fresh(at, 'pipe');
  const members = at.draw.many(at.draw.within(2, 3), () => fresh(at, 'c'));
  const leader = members[0]!;
  return [
    `let ${pipe} = pipe()`,
    ...members.flatMap((name) => [
      ...fork(name, idle(childOf(at), pipe)),
      name === leader ? `setpgid(${name})` : `setpgid(${name}, ${leader})`,
      ...mayMove(at, name),
    ]),
    ...pause(at),
    `print("sent ", killpg(${leader}, ${at.draw.one(deadly)}))`,
    ...members.flatMap((name) => ended(at, name)),
    `close(${pipe}.read)`,
    `close(${pipe}.write)`,
  ];
};

/** Stopped and continued, which nothing that it does shows. */
export const stop: Act = (at) => {
  const name = fresh(at, 'c');
  const inner = childOf(at);
  return [
    ...fork(name, [...pause(inner), ...pause(inner), 'print("went on")', ...pause(inner), 'exit(sum)']),
    ...pause(at),
    `kill(${name}, SIGSTOP)`,
    ...mayMove(at, name),
    ...pause(at),
    `kill(${name}, SIGCONT)`,
    collect(name),
  ];
};

/** Stopped while it waits, and its parent is told: of the stop, of the continuation, and of the end. */
export const stopped: Act = (at) => {
  const [pipe, name, stop, end] = [fresh(at, 'pipe'), fresh(at, 'c'), fresh(at, 'end'), fresh(at, 'end')];
  const inner = childOf(at);
  return [
    `let ${pipe} = pipe()`,
    ...fork(name, [
      `close(${pipe}.write)`,
      ...pause(inner),
      `read(${pipe}.read, 1 B)`,
      'print("went on")',
      'exit(sum)',
    ]),
    ...mayMove(at, name),
    `kill(${name}, SIGSTOP)`,
    `let ${stop} = waitpid(${name}, WUNTRACED)`,
    `print("stopped by ", ${stop}.stopped)`,
    ...mayMove(at, name),
    `write(${pipe}.write, "!")`,
    `print("nothing ", waitpid(${name}, WNOHANG).pid == 0)`,
    `kill(${name}, SIGCONT)`,
    `let ${end} = waitpid(${name})`,
    `print("ended ", ${end}.status, " by ", ${end}.signal)`,
    `close(${pipe}.read)`,
    `close(${pipe}.write)`,
  ];
};

/** Signals that nobody minds. */
export const ignored: Act = (at) => [
  `print("ignored ", kill(getpid(), ${at.draw.one(['SIGCHLD', 'SIGCONT'])}))`,
  ...pause(at),
];
