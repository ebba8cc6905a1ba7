/**
 * One wait for several descriptors. Which of them is ready first depends on time, and nothing that is put out does: what
 * comes from each writer goes into a file of its own, and a client is told what depends on it alone.
 */
import { block, childOf, collect, fork, fresh, mayMove, path, pause, type Act } from './place.ts';
import { produce } from './pipes.ts';

/** Two or three pipes with a writer each; the reader may ask each of them without waiting until there is nothing left. */
export const watched: Act = (at) => {
  const open = fresh(at, 'open');
  const patient = at.draw.percent(50);
  const sources = at.draw.many(at.draw.within(2, 3), () => {
    const [pipe, file, name, n] = [fresh(at, 'pipe'), fresh(at, 'h'), fresh(at, 'c'), fresh(at, 'n')];
    return { pipe, file, name, n, where: path(at, 'bytes'), inner: childOf(at) };
  });
  const others = (pipe: string): string[] => {
    const earlier = sources.slice(
      0,
      sources.findIndex((each) => each.pipe === pipe),
    );
    return earlier.map((each) => `close(${each.pipe}.read)`);
  };
  const size = at.draw.one(['7 B', '40 B', '4 KB']);
  const ready = fresh(at, 'ready');
  return [
    ...sources.flatMap(({ pipe, file, name, where, inner }) => [
      `let ${pipe} = pipe()`,
      `let ${file} = creat("${where}")`,
      ...fork(name, [`close(${pipe}.read)`, ...others(pipe), ...produce(inner, `${pipe}.write`), 'exit(3)']),
      `close(${pipe}.write)`,
      ...mayMove(at, name),
      ...(patient ? [] : [`fcntl(${pipe}.read, F_SETFL, non_block)`]),
    ]),
    `let ${open} = fd_set(${sources.map(({ pipe }) => `${pipe}.read`).join(', ')})`,
    ...block(`while ${open} != fd_set() {`, [
      `let ${ready} = select(${open})`,
      ...sources.flatMap(({ pipe, file, n }) => {
        const again = patient ? [] : block(`while ${n} > 0 {`, taken(pipe, file, n, size));
        return block(`if FD_ISSET(${pipe}.read, ${ready}.read) {`, [
          `let ${n} = read(${pipe}.read, ${size})`,
          ...block(`if ${n} == 0 {`, [`${open} = FD_CLR(${pipe}.read, ${open})`]),
          ...(patient ? block(`if ${n} > 0 {`, [`write(${file}, ${n})`]) : again),
          ...(patient ? [] : block(`if ${n} == 0 {`, [`${open} = FD_CLR(${pipe}.read, ${open})`])),
        ]);
      }),
      ...pause(at),
    ]),
    ...sources.flatMap(({ pipe, file, name }) => [
      `print("came ", fstat(${file}).size)`,
      `close(${pipe}.read)`,
      `close(${file})`,
      collect(name),
    ]),
  ];
};

/** What is there is put into the file, and more is asked for. */
const taken = (pipe: string, file: string, n: string, size: string): string[] => [
  `write(${file}, ${n})`,
  `${n} = read(${pipe}.read, ${size})`,
];

/** Many clients, one process: each asks again when it has been answered. */
export const served: Act = (at) => {
  const [door, open, ready, left, f] = [
    fresh(at, 's'),
    fresh(at, 'open'),
    fresh(at, 'ready'),
    fresh(at, 'left'),
    fresh(at, 'f'),
  ];
  const [answers, gone, connection] = [fresh(at, 'n'), fresh(at, 'n'), fresh(at, 's')];
  const where = path(at, 'bytes').replace('.bytes', '.socket');
  const clients = at.draw.many(at.draw.within(1, 3), () => {
    const [name, socket, i] = [fresh(at, 'c'), fresh(at, 's'), fresh(at, 'i')];
    const inner = childOf(at);
    const asks = [
      `write(${socket}, "${inner.tag}")`,
      `print("told ", read(${socket}, 80 B), " ", buffer())`,
      ...pause(inner),
    ];
    const lines = fork(name, [
      `close(${door})`,
      `let ${socket} = socket()`,
      `connect(${socket}, "${where}")`,
      ...block(`for ${i} in 1 .. ${at.draw.within(1, 3)} {`, asks),
      'exit(7)',
    ]);
    return { name, lines: [...lines, ...mayMove(at, name)] };
  });
  return [
    `let ${door} = socket()`,
    `print("named ", bind(${door}, "${where}"), " ", listen(${door}, ${at.draw.within(1, 3)}))`,
    ...clients.flatMap(({ lines }) => lines),
    `let ${open} = fd_set(${door})`,
    `let ${answers} = 0`,
    `let ${gone} = 0`,
    ...block(`while ${gone} < ${clients.length} {`, [
      `let ${ready} = select(${open})`,
      `let ${left} = ${ready}.read`,
      ...block(`while ${left} != fd_set() {`, [
        `let ${f} = FD_FIRST(${left})`,
        `${left} = FD_CLR(${f}, ${left})`,
        `if ${f} == ${door} {`,
        `  let ${connection} = accept(${door})`,
        `  ${open} = FD_SET(${connection}, ${open})`,
        `} else if read(${f}, 80 B) == 0 B {`,
        `  ${open} = FD_CLR(${f}, ${open})`,
        `  close(${f})`,
        `  ${gone} = ${gone} + 1`,
        '} else {',
        `  ${answers} = ${answers} + 1`,
        `  write(${f}, "for " + buffer())`,
        '}',
      ]),
      ...pause(at),
    ]),
    `print("served ", ${answers})`,
    `close(${door})`,
    ...clients.map(({ name }) => collect(name)),
    `unlink("${where}")`,
  ];
};

/** What is ready is said at once; where nothing is, the time comes to an end. */
export const ready: Act = (at) => {
  const [pipe, file, now, never] = [fresh(at, 'pipe'), fresh(at, 'h'), fresh(at, 'r'), fresh(at, 'r')];
  return [
    `let ${pipe} = pipe()`,
    `let ${file} = open("${path(at, 'bytes')}", read | write | create)`,
    `let ${now} = select(fd_set(${pipe}.read, ${file}), fd_set(${pipe}.write))`,
    `print("ready ", ${now}.count, " ", ${now}.read == fd_set(${file}), " ", ${now}.write == fd_set(${pipe}.write))`,
    `let ${never} = select(fd_set(${pipe}.read), fd_set(), ${at.draw.within(0, 400)} ms)`,
    `print("never ", ${never}.count, " ", ${never}.read == fd_set())`,
    `write(${pipe}.write, 4 KB)`,
    ...pause(at),
    `print("full ", select(fd_set(), fd_set(${pipe}.write), ${at.draw.within(1, 90)} ms).count)`,
    ...[`${pipe}.read`, `${pipe}.write`, file].map((each) => `close(${each})`),
  ];
};
