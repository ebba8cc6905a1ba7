/**
 * Limits, and how nice a process is: its own state, which children inherit, and which is the same wherever it is. How long
 * something takes is never put out, but that what was used does not become less.
 */
import { block, childOf, collect, fork, fresh, mayMove, path, pause, type Act } from './place.ts';

/** As many descriptors as it may have, here and in a child. */
export const descriptors: Act = (at) => {
  const [name, file, i, n, child] = [fresh(at, 'c'), fresh(at, 'h'), fresh(at, 'i'), fresh(at, 'n'), fresh(at, 'c')];
  const inner = childOf(at);
  const most = at.draw.within(2, 12);
  return [
    ...fork(name, [
      `let ${file} = creat("${path(at, 'bytes')}")`,
      `print("limited ", setrlimit(RLIMIT_NOFILE, ${most}, ${most + 9}))`,
      ...pause(inner),
      `let ${n} = 0`,
      ...block(`for ${i} in 1 .. 14 {`, [...block(`if dup(${file}) >= 0 {`, [`${n} = ${n} + 1`])]),
      `print("more ", ${n}, " ", errno(), " ", setrlimit(RLIMIT_NOFILE, ${most}, ${most + 10}), " ", errno())`,
      ...fork(child, [
        ...pause(childOf(inner)),
        `print("inherited ", getrlimit(RLIMIT_NOFILE).soft, " ", getrlimit(RLIMIT_NOFILE).hard)`,
        'exit(1)',
      ]),
      `print("status ", wait(${child}))`,
      'exit(2)',
    ]),
    ...mayMove(at, name),
    collect(name),
  ];
};

/** More processor time than it may use, wherever it has used it. */
export const usage: Act = (at) => {
  const [name, before, after] = [fresh(at, 'c'), fresh(at, 'before'), fresh(at, 'after')];
  const inner = childOf(at);
  return [
    ...fork(name, [
      'setrlimit(RLIMIT_CPU, 1, 9)',
      `let ${before} = times()`,
      'compute 90 ms',
      ...pause(inner),
      `let ${after} = times()`,
      `print("used ", ${after}.user > ${before}.user, " ", ${after}.system >= ${before}.system)`,
      ...block('for turn in 1 .. 8 {', [...pause(inner), 'compute 250 ms']),
      'print("never")',
    ]),
    ...mayMove(at, name),
    `print("over its limit ", waitpid(${name}).signal)`,
  ];
};

export const nicer: Act = (at) => {
  const name = fresh(at, 'c');
  const inner = childOf(at);
  return [
    ...fork(name, [
      `print("nicer ", nice(${at.draw.within(1, 9)}))`,
      ...pause(inner),
      `print("still ", getpriority(PRIO_PROCESS, 0), " ", setpriority(PRIO_PROCESS, 0, -3), " ", errno())`,
      'exit(3)',
    ]),
    ...mayMove(at, name),
    collect(name),
  ];
};
