/**
 * Local stream sockets: what goes in at one end comes out at the other, in both directions, whoever moves. A server answers
 * in the order in which it accepts, which its clients cannot tell; so what it says to each depends on that one alone.
 */
import { block, childOf, collect, fork, fresh, mayMove, path, pause, type Act } from './place.ts';

/** Questions and answers between parent and child. */
export const conversation: Act = (at) => {
  const [pair, name, n, i] = [fresh(at, 'pair'), fresh(at, 'c'), fresh(at, 'n'), fresh(at, 'i')];
  const inner = childOf(at);
  return [
    `let ${pair} = socketpair()`,
    ...fork(name, [
      `close(${pair}.first)`,
      `let ${n} = read(${pair}.second, 40 B)`,
      ...block(`while ${n} > 0 {`, [
        ...pause(inner),
        `write(${pair}.second, "<" + buffer() + ">")`,
        `${n} = read(${pair}.second, 40 B)`,
      ]),
      'exit(4)',
    ]),
    `close(${pair}.second)`,
    ...mayMove(at, name),
    ...block(`for ${i} in 1 .. ${at.draw.within(2, 4)} {`, [
      `write(${pair}.first, "${at.tag} asks")`,
      ...pause(at),
      `print("answer ", read(${pair}.first, 80 B), " ", buffer())`,
    ]),
    `shutdown(${pair}.first, SHUT_WR)`,
    `print("then ", read(${pair}.first, 80 B))`,
    `close(${pair}.first)`,
    collect(name),
  ];
};

/** A server with a name, and clients that come when they can. */
export const server: Act = (at) => {
  const [listener, n] = [fresh(at, 's'), fresh(at, 'n')];
  const [i, connection] = [fresh(at, 'i'), fresh(at, 's')];
  const where = path(at, 'bytes').replace('.bytes', '.socket');
  const clients = at.draw.many(at.draw.within(1, 3), () => {
    const [name, socket] = [fresh(at, 'c'), fresh(at, 's')];
    const inner = childOf(at);
    const lines = fork(name, [
      `close(${listener})`,
      `let ${socket} = socket()`,
      ...pause(inner),
      `connect(${socket}, "${where}")`,
      `write(${socket}, "${inner.tag}")`,
      ...pause(inner),
      `print("told ", read(${socket}, 80 B), " ", buffer())`,
      'exit(7)',
    ]);
    return { name, lines: [...lines, ...mayMove(at, name)] };
  });
  return [
    `let ${listener} = socket()`,
    `print("named ", bind(${listener}, "${where}"), " ", listen(${listener}, ${at.draw.within(1, 3)}))`,
    ...clients.flatMap(({ lines }) => lines),
    ...block(`for ${i} in 1 .. ${clients.length} {`, [
      `let ${connection} = accept(${listener})`,
      `let ${n} = read(${connection}, 40 B)`,
      ...pause(at),
      `write(${connection}, "welcome " + buffer())`,
      `close(${connection})`,
    ]),
    `close(${listener})`,
    ...clients.map(({ name }) => collect(name)),
    `unlink("${where}")`,
  ];
};
