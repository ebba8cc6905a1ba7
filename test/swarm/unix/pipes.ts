/**
 * Pipes: the bytes of a writer come out in the order in which it wrote them, all of them and once, and then comes the end.
 * A pipe that has one writer is copied byte by byte; where several write, each record is whole and has its writer's tag.
 */
import { block, childOf, collect, fork, fresh, mayMove, path, pause, type Act, type Place } from './place.ts';

/** Writes records of growing length. */
export function produce(at: Place, out: string): string[] {
  const [i, line] = [fresh(at, 'i'), fresh(at, 'line')];
  return [
    `let ${line} = "[${at.tag}"`,
    ...block(`for ${i} in 1 .. ${at.draw.within(2, 5)} {`, [
      `${line} = ${line} + "${at.draw.one(['.', '..........', ' and so on'])}"`,
      `write(${out}, ${line} + "]")`,
      ...pause(at),
    ]),
  ];
}

/** Reads to the end of a pipe, and puts what comes into a file. */
function consume(at: Place, from: string, kind: 'bytes' | 'log', sizes = ['11 B', '40 B', '100 B', '4 KB']): string[] {
  const [file, n, all] = [fresh(at, 'h'), fresh(at, 'n'), fresh(at, 'all')];
  const size = at.draw.one(sizes);
  return [
    `let ${file} = creat("${path(at, kind)}")`,
    `let ${n} = read(${from}, ${size})`,
    `let ${all} = ${n}`,
    ...block(`while ${n} > 0 {`, [
      `write(${file}, ${n})`,
      ...pause(at),
      `${n} = read(${from}, ${size})`,
      `${all} = ${all} + ${n}`,
    ]),
    `print("came ", ${all}, " then ", ${n})`,
    `close(${file})`,
  ];
}

/** From one to the other, in whichever direction. */
export const pair: Act = (at) => {
  const [pipe, name] = [fresh(at, 'pipe'), fresh(at, 'c')];
  const inner = childOf(at);
  const parentReads = at.draw.percent(50);
  const [mine, its] = parentReads ? ['read', 'write'] : ['write', 'read'];
  const its_part = parentReads ? produce(inner, `${pipe}.write`) : consume(inner, `${pipe}.read`, 'bytes');
  const my_part = parentReads ? consume(at, `${pipe}.read`, 'bytes') : produce(at, `${pipe}.write`);
  return [
    `let ${pipe} = pipe()`,
    ...fork(name, [`close(${pipe}.${mine})`, ...its_part, 'exit(6)']),
    `close(${pipe}.${its})`,
    ...mayMove(at, name),
    ...my_part,
    `close(${pipe}.${mine})`,
    collect(name),
  ];
};

/** Producer, filter and consumer. */
export const pipeline: Act = (at) => {
  const [first, second] = [fresh(at, 'pipe'), fresh(at, 'pipe')];
  const [left, middle, n] = [fresh(at, 'c'), fresh(at, 'c'), fresh(at, 'n')];
  const [source, filter] = [childOf(at), childOf(at)];
  return [
    `let ${first} = pipe()`,
    `let ${second} = pipe()`,
    ...fork(left, [
      `close(${first}.read)`,
      `close(${second}.read)`,
      `close(${second}.write)`,
      ...produce(source, `${first}.write`),
      'exit(1)',
    ]),
    ...fork(middle, [
      `close(${first}.write)`,
      `close(${second}.read)`,
      `let ${n} = read(${first}.read, 1 KB)`,
      ...block(`while ${n} > 0 {`, [
        `write(${second}.write, ${n})`,
        ...pause(filter),
        `${n} = read(${first}.read, 1 KB)`,
      ]),
      'exit(2)',
    ]),
    `close(${first}.read)`,
    `close(${first}.write)`,
    `close(${second}.write)`,
    ...mayMove(at, left),
    ...mayMove(at, middle),
    ...consume(at, `${second}.read`, 'bytes'),
    `close(${second}.read)`,
    collect(left),
    collect(middle),
  ];
};

/** Two or three write to one pipe. */
export const manyWriters: Act = (at) => {
  const pipe = fresh(at, 'pipe');
  const writers = at.draw.many(at.draw.within(2, 3), () => {
    const name = fresh(at, 'c');
    const inner = childOf(at);
    const lines = fork(name, [`close(${pipe}.read)`, ...produce(inner, `${pipe}.write`), 'exit(8)']);
    return { name, lines: [...lines, ...mayMove(at, name)] };
  });
  return [
    `let ${pipe} = pipe()`,
    ...writers.flatMap(({ lines }) => lines),
    `close(${pipe}.write)`,
    ...consume(at, `${pipe}.read`, 'log'),
    `close(${pipe}.read)`,
    ...writers.map(({ name }) => collect(name)),
  ];
};

/** To and fro: whose turn it is goes with the byte, so what both write into a file has one order. */
export const pingPong: Act = (at) => {
  const [to, fro, file] = [fresh(at, 'pipe'), fresh(at, 'pipe'), fresh(at, 'h')];
  const [name, i, j] = [fresh(at, 'c'), fresh(at, 'i'), fresh(at, 'i')];
  const inner = childOf(at);
  const turns = at.draw.within(2, 4);
  return [
    `let ${to} = pipe()`,
    `let ${fro} = pipe()`,
    `let ${file} = creat("${path(at, 'bytes')}")`,
    ...fork(name, [
      `close(${to}.write)`,
      `close(${fro}.read)`,
      ...block(`for ${i} in 1 .. ${turns} {`, [
        `read(${to}.read, 1 B)`,
        `write(${file}, "pong ")`,
        ...pause(inner),
        `write(${fro}.write, "<")`,
      ]),
      'exit(9)',
    ]),
    `close(${to}.read)`,
    `close(${fro}.write)`,
    ...mayMove(at, name),
    ...block(`for ${j} in 1 .. ${turns} {`, [
      `write(${file}, "ping ")`,
      `write(${to}.write, ">")`,
      ...pause(at),
      `read(${fro}.read, 1 B)`,
    ]),
    collect(name),
    `print("played ", fstat(${file}).size)`,
    ...[`${to}.write`, `${fro}.read`, file].map((each) => `close(${each})`),
  ];
};

/** More than there is room for: the writer waits for the reader. */
export const full: Act = (at) => {
  const [pipe, name, line, i, j] = [
    fresh(at, 'pipe'),
    fresh(at, 'c'),
    fresh(at, 'line'),
    fresh(at, 'i'),
    fresh(at, 'i'),
  ];
  const inner = childOf(at);
  return [
    `let ${pipe} = pipe()`,
    ...fork(name, [
      `close(${pipe}.read)`,
      `let ${line} = "${inner.tag}-0123456789abcdefghijklmnopqrstuvwxyz."`,
      ...block(`for ${i} in 1 .. 5 {`, [`${line} = ${line} + ${line}`]),
      ...block(`for ${j} in 1 .. ${at.draw.within(4, 6)} {`, [`write(${pipe}.write, ${line})`]),
      'exit(3)',
    ]),
    `close(${pipe}.write)`,
    ...mayMove(at, name),
    ...pause(at),
    ...consume(at, `${pipe}.read`, 'bytes', ['700 B', '4 KB']),
    `close(${pipe}.read)`,
    collect(name),
  ];
};
