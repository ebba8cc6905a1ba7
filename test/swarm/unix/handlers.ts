/**
 * Signals that a program handles, and how many: each is sent when the one before has been handled, or they wait as one.
 */
import { block, childOf, collect, fork, fresh, mayMove, pause, type Act } from './place.ts';

/** Each signal is answered with a byte, so none of them meets another. */
export const counted: Act = (at) => {
  const [to, ready, name] = [fresh(at, 'pipe'), fresh(at, 'n'), fresh(at, 'c')];
  const [count, i, j] = [fresh(at, 'n'), fresh(at, 'i'), fresh(at, 'i')];
  const inner = childOf(at);
  const signals = at.draw.within(1, 4);
  const signal = at.draw.one(['SIGUSR1', 'SIGUSR2', 'SIGTERM', 'SIGALRM']);
  return [
    `let ${to} = pipe()`,
    ...fork(name, [
      `close(${to}.read)`,
      `let ${count} = 0`,
      `sigprocmask(SIG_BLOCK, ${signal})`,
      ...block(`on ${signal} {`, [`${count} = ${count} + 1`, ...pause(inner)]),
      `write(${to}.write, ".")`,
      ...block(`for ${i} in 1 .. ${signals} {`, [
        `print("woken ", sigsuspend(no_signals), " ", errno())`,
        `write(${to}.write, ".")`,
      ]),
      `print("handled ", ${count})`,
      `exit(${count})`,
    ]),
    `close(${to}.write)`,
    `let ${ready} = read(${to}.read, 1 B)`,
    ...mayMove(at, name),
    ...block(`for ${j} in 1 .. ${signals} {`, [
      `kill(${name}, ${signal})`,
      ...pause(at),
      `${ready} = read(${to}.read, 1 B)`,
    ]),
    `close(${to}.read)`,
    collect(name),
  ];
};

/** Several that are blocked are one when they are let in. */
export const pending: Act = (at) => {
  const [to, fro, name, count] = [fresh(at, 'pipe'), fresh(at, 'pipe'), fresh(at, 'c'), fresh(at, 'n')];
  const inner = childOf(at);
  return [
    `let ${to} = pipe()`,
    `let ${fro} = pipe()`,
    ...fork(name, [
      `close(${to}.read)`,
      `close(${fro}.write)`,
      `let ${count} = 0`,
      ...block('on SIGUSR1 {', [`${count} = ${count} + 1`]),
      'sigprocmask(SIG_BLOCK, SIGUSR1)',
      `write(${to}.write, "!")`,
      ...pause(inner),
      `read(${fro}.read, 1 B)`,
      `print("pending ", sigismember(sigpending(), SIGUSR1), " handled ", ${count})`,
      'sigprocmask(SIG_UNBLOCK, SIGUSR1)',
      `print("then ", ${count})`,
      `exit(${count})`,
    ]),
    `close(${to}.write)`,
    `close(${fro}.read)`,
    `read(${to}.read, 1 B)`,
    ...mayMove(at, name),
    ...at.draw.many(at.draw.within(1, 3), () => [`kill(${name}, SIGUSR1)`, ...pause(at)]).flat(),
    `write(${fro}.write, "!")`,
    `close(${to}.read)`,
    `close(${fro}.write)`,
    collect(name),
  ];
};

/** A read that is interrupted and made again loses nothing, however often. */
export const restarted: Act = (at) => {
  const [pipe, name, n, count] = [fresh(at, 'pipe'), fresh(at, 'c'), fresh(at, 'n'), fresh(at, 'n')];
  const inner = childOf(at);
  return [
    `let ${pipe} = pipe()`,
    `let ${count} = 0`,
    ...block('on SIGUSR2 restart {', [`${count} = ${count} + 1`, ...pause(inner)]),
    ...fork(name, [
      `close(${pipe}.write)`,
      `let ${n} = read(${pipe}.read, 40 B)`,
      ...block(`while ${n} > 0 {`, [`print("read ", buffer())`, ...pause(inner), `${n} = read(${pipe}.read, 5 B)`]),
      `print("handled some ", ${count} > 0)`,
      'exit(6)',
    ]),
    'signal(SIGUSR2, SIG_DFL)',
    `close(${pipe}.read)`,
    ...mayMove(at, name),
    `kill(${name}, SIGUSR2)`,
    ...pause(at),
    `kill(${name}, SIGUSR2)`,
    ...pause(at),
    `write(${pipe}.write, "12345")`,
    `kill(${name}, SIGUSR2)`,
    `close(${pipe}.write)`,
    collect(name),
  ];
};

/** Told of the end of a child, before it waits for it. */
export const told: Act = (at) => {
  if (at.pending.length > 0) return [];
  const [name, count] = [fresh(at, 'c'), fresh(at, 'n')];
  const inner = childOf(at);
  return [
    `let ${count} = 0`,
    'sigprocmask(SIG_BLOCK, SIGCHLD)',
    ...block('on SIGCHLD {', [`${count} = ${count} + 1`]),
    ...fork(name, [...pause(inner), 'exit(2)']),
    ...mayMove(at, name),
    'sigsuspend(no_signals)',
    `print("told ", ${count})`,
    collect(name),
    'signal(SIGCHLD, SIG_DFL)',
    'sigprocmask(SIG_UNBLOCK, SIGCHLD)',
  ];
};

/** A timer is its process's, wherever that is: each signal of it is waited for. */
export const timed: Act = (at) => {
  const [name, count, i] = [fresh(at, 'c'), fresh(at, 'n'), fresh(at, 'i')];
  const inner = childOf(at);
  const times = at.draw.within(1, 3);
  const time = `${at.draw.one([20, 130, 400])} ms`;
  const set = times === 1 ? `alarm(${time})` : `setitimer(${time}, ${time})`;
  return [
    ...fork(name, [
      `let ${count} = 0`,
      'sigprocmask(SIG_BLOCK, SIGALRM)',
      ...block('on SIGALRM {', [`${count} = ${count} + 1`]),
      set,
      ...block(`for ${i} in 1 .. ${times} {`, [
        ...pause(inner),
        'print("woken ", sigsuspend(no_signals), " ", errno())',
      ]),
      'setitimer(0 s, 0 s)',
      `print("rang ", ${count})`,
      `exit(${count})`,
    ]),
    ...mayMove(at, name),
    collect(name),
  ];
};

/** To oneself: handled before the call is over; ignored; and writing to nobody ends a process that has not arranged otherwise. */
export const toOneself: Act = (at) => {
  const [name, pipe, count] = [fresh(at, 'c'), fresh(at, 'pipe'), fresh(at, 'n')];
  const inner = childOf(at);
  const quiet = at.draw.percent(50) ? ['signal(SIGPIPE, SIG_IGN)'] : [];
  return [
    ...fork(name, [
      `let ${count} = 0`,
      ...block('on SIGUSR1 {', [`${count} = ${count} + 1`]),
      'signal(SIGUSR2, SIG_IGN)',
      ...pause(inner),
      `print("sent ", kill(getpid(), SIGUSR1), kill(getpid(), SIGUSR2))`,
      `print("handled ", ${count})`,
      ...quiet,
      `let ${pipe} = pipe()`,
      `close(${pipe}.read)`,
      `print("nobody reads ", write(${pipe}.write, "x"), " ", errno())`,
      'exit(5)',
    ]),
    ...mayMove(at, name),
    collect(name),
  ];
};
