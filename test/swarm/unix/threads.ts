/**
 * Processes with several threads: each is in calls of its own, and they move together. What one has found out it tells the others
 * through a pipe, and only one of them puts something out at a time, so the output is the program's alone.
 */
import { block, childOf, collect, fork, fresh, mayMove, path, pause, type Act } from './place.ts';
import { produce } from './pipes.ts';

/** One writes, one copies what comes into a file, one waits for a child, and the main thread for all of them. */
export const crew: Act = (at) => {
  const [pipe, back, name, child] = [fresh(at, 'pipe'), fresh(at, 'pipe'), fresh(at, 'c'), fresh(at, 'c')];
  const [writer, copier, waiter] = [fresh(at, 'thread'), fresh(at, 'thread'), fresh(at, 'thread')];
  const [file, n, all, i] = [fresh(at, 'h'), fresh(at, 'n'), fresh(at, 'n'), fresh(at, 'i')];
  const inner = childOf(at);
  const status = at.draw.within(1, 7);
  const waits = at.draw.percent(50);
  const copy = [
    `let ${file} = creat("${path(at, 'bytes')}")`,
    `let ${n} = read(${pipe}.read, 40 B)`,
    `let ${all} = ${n}`,
    ...block(`while ${n} > 0 {`, [
      `write(${file}, ${n})`,
      ...pause(inner),
      `${n} = read(${pipe}.read, 40 B)`,
      `${all} = ${all} + ${n}`,
    ]),
    `print("came ", ${all}, " then ", ${n})`,
    `close(${file})`,
  ];
  return [
    ...fork(name, [
      `let ${pipe} = pipe()`,
      `let ${back} = pipe()`,
      ...fork(child, [
        ...['read', 'write'].flatMap((end) => [`close(${pipe}.${end})`, `close(${back}.${end})`]),
        ...pause(childOf(inner)),
        `exit(${status})`,
      ]),
      ...block(`thread ${writer} {`, [...produce(inner, `${pipe}.write`), `close(${pipe}.write)`]),
      ...block(`thread ${copier} {`, copy),
      ...block(`thread ${waiter} {`, [
        ...pause(inner),
        ...block(`for ${i} in 1 .. wait(${child}) {`, [`write(${back}.write, ".")`]),
      ]),
      ...pause(inner),
      ...(waits ? ['pthread_join()'] : [`wait ${writer}`, `wait ${waiter}`, `wait ${copier}`]),
      `print("threads ", read(${back}.read, 80 B), " ", pthread_self())`,
      'exit(3)',
    ]),
    ...mayMove(at, name),
    collect(name),
  ];
};

/** A signal for a process whose main thread blocks it: another thread has the handler, and tells the main one. */
export const handed: Act = (at) => {
  const [ready, back, name, i] = [fresh(at, 'pipe'), fresh(at, 'pipe'), fresh(at, 'c'), fresh(at, 'i')];
  const inner = childOf(at);
  const signals = at.draw.within(1, 3);
  const wait = at.draw.one(['pause()', 'sigsuspend(no_signals)']);
  return [
    `let ${ready} = pipe()`,
    ...fork(name, [
      `close(${ready}.read)`,
      `let ${back} = pipe()`,
      `sigprocmask(SIG_BLOCK, SIGUSR1)`,
      ...block('on SIGUSR1 {', [`print("handled by ", pthread_self())`, ...pause(inner), `write(${back}.write, ".")`]),
      ...block('thread {', [
        'sigprocmask(SIG_UNBLOCK, SIGUSR1)',
        `write(${ready}.write, ".")`,
        ...block('while true {', [wait]),
      ]),
      ...block(`for ${i} in 1 .. ${signals} {`, [`read(${back}.read, 1 B)`, `write(${ready}.write, ".")`]),
      'exit(2)',
    ]),
    `close(${ready}.write)`,
    `read(${ready}.read, 1 B)`,
    ...mayMove(at, name),
    ...block(`for ${i} in 1 .. ${signals} {`, [`kill(${name}, SIGUSR1)`, ...pause(at), `read(${ready}.read, 1 B)`]),
    `close(${ready}.read)`,
    collect(name),
  ];
};
