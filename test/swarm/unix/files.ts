/**
 * Files: what is read is what was written, whoever moves in between; and an open file has one position for all who share
 * it [P10].
 */
import { block, childOf, collect, fork, fresh, mayMove, path, pause, type Act, type Place } from './place.ts';

/** Writes, goes back, reads. */
export const own: Act = (at) => {
  const file = fresh(at, 'h');
  return [
    `let ${file} = open("${path(at, 'bytes')}", read | write | create)`,
    `write(${file}, "${at.tag} was here, ")`,
    ...pause(at),
    `write(${file}, "and here")`,
    `lseek(${file}, ${at.draw.within(0, 3)} B)`,
    ...pause(at),
    `print("read ", read(${file}, ${at.draw.within(5, 40)} B), " ", buffer())`,
    `print("size ", fstat(${file}).size, " at ", lseek(${file}, 0, SEEK_CUR))`,
    `close(${file})`,
  ];
};

/** A file that doubles until it takes several blocks, and is copied, perhaps to another server. */
export const copied: Act = (at) => {
  const [from, to, i, n] = [fresh(at, 'h'), fresh(at, 'h'), fresh(at, 'i'), fresh(at, 'n')];
  return [
    `let ${from} = open("${path(at, 'bytes')}", read | write | create)`,
    `write(${from}, "${at.tag}-0123456789abcdefghijklmnopqrstuvwxyz.")`,
    ...block(`for ${i} in 1 .. ${at.draw.within(4, 7)} {`, [
      `lseek(${from}, 0)`,
      `write(${from}, read(${from}, 16 KB))`,
    ]),
    `lseek(${from}, 0)`,
    `let ${to} = creat("${path(at, 'bytes')}")`,
    `let ${n} = read(${from}, ${at.draw.one([500, 3000, 6000])} B)`,
    ...block(`while ${n} > 0 {`, [`write(${to}, ${n})`, ...pause(at), `${n} = read(${from}, 1 KB)`]),
    `print("copied ", fstat(${to}).size)`,
    `close(${from})`,
    `close(${to})`,
  ];
};

/** Parent and children write to one open file at once: every record is whole, and none is written over. */
export const together: Act = (at) => {
  const file = fresh(at, 'h');
  const records = (place: Place): string[] => {
    const [i, line] = [fresh(place, 'i'), fresh(place, 'line')];
    return [
      `let ${line} = "[${place.tag}"`,
      ...block(`for ${i} in 1 .. ${at.draw.within(2, 4)} {`, [
        `${line} = ${line} + "${at.draw.one(['.', '..........', ' and so on'])}"`,
        `write(${file}, ${line} + "]")`,
        ...pause(place),
      ]),
    ];
  };
  const children = at.draw.many(at.draw.within(1, 2), () => {
    const name = fresh(at, 'c');
    return { name, lines: [...fork(name, [...records(childOf(at)), 'exit(5)']), ...mayMove(at, name)] };
  });
  return [
    `let ${file} = open("${path(at, 'log')}", write | create${at.draw.percent(30) ? ' | append' : ''})`,
    ...children.flatMap(({ lines }) => lines),
    ...records(at),
    ...children.map(({ name }) => collect(name)),
    `print("all ", fstat(${file}).size)`,
    `close(${file})`,
  ];
};

/** One after the other, because each is waited for: the position goes on where the last one left it. */
export const inTurn: Act = (at) => {
  const [file, name] = [fresh(at, 'h'), fresh(at, 'c')];
  const inner = childOf(at);
  return [
    `let ${file} = open("${path(at, 'bytes')}", read | write | create)`,
    `write(${file}, "first ")`,
    ...fork(name, [...pause(inner), `write(${file}, "second ")`, ...pause(inner), 'exit(2)']),
    ...mayMove(at, name),
    collect(name),
    `write(${file}, "third")`,
    `print("at ", lseek(${file}, 0, SEEK_CUR))`,
    `lseek(${file}, 0)`,
    `print("whole ", read(${file}, 80 B), " ", buffer())`,
    `close(${file})`,
  ];
};

/** Two read from one open file: each record is read once, by the one or the other. */
export const divided: Act = (at) => {
  const [input, output, name] = [fresh(at, 'h'), fresh(at, 'h'), fresh(at, 'c')];
  const take = (place: Place): string[] => {
    const n = fresh(place, 'n');
    return [
      `let ${n} = read(${input}, 4 B)`,
      ...block(`while ${n} > 0 {`, [`write(${output}, ${n})`, ...pause(place), `${n} = read(${input}, 4 B)`]),
    ];
  };
  const records = at.draw.many(at.draw.within(3, 6), (i) => `[${10 + i}]`).join('');
  return [
    `let ${input} = open("${path(at, 'bytes')}", read | write | create)`,
    `write(${input}, "${records}")`,
    `lseek(${input}, 0)`,
    `let ${output} = open("${path(at, 'bag')}", write | create)`,
    ...fork(name, [...take(childOf(at)), 'exit(4)']),
    ...mayMove(at, name),
    ...take(at),
    collect(name),
    `close(${input})`,
    `close(${output})`,
  ];
};

/** Two descriptors of one open file. */
export const duplicate: Act = (at) => {
  const [file, other] = [fresh(at, 'h'), fresh(at, 'd')];
  const dup = at.draw.percent(50) ? `dup(${file})` : `dup2(${file}, ${at.draw.within(20, 60)})`;
  return [
    `let ${file} = open("${path(at, 'bytes')}", read | write | create)`,
    `let ${other} = ${dup}`,
    `write(${file}, "one ")`,
    ...pause(at),
    `write(${other}, "two ")`,
    `close(${file})`,
    ...pause(at),
    `print("closed ", write(${file}, "x"), " ", errno())`,
    `print("at ", lseek(${other}, 0, SEEK_END))`,
    `ftruncate(${other}, ${at.draw.within(2, 12)} B)`,
    `close(${other})`,
  ];
};

/** Names: made, given, taken away. */
export const names: Act = (at) => {
  const directory = `${at.draw.one(at.directories)}/${fresh(at, 'dir')}`;
  return [
    `mkdir("${directory}")`,
    `close(creat("${directory}/b"))`,
    `close(creat("${directory}/a"))`,
    ...pause(at),
    `print("moved ", rename("${directory}/b", "${directory}/c"), " linked ", link("${directory}/a", "${directory}/d"))`,
    `print("in it ", readdir("${directory}", 0), readdir("${directory}", 1), readdir("${directory}", 2), "!")`,
    `print("links ", stat("${directory}/a").links, " full ", rmdir("${directory}"), " ", errno())`,
    ...pause(at),
    `unlink("${directory}/a")`,
    `chdir("${directory}")`,
    `print("here ", getcwd(), " ", stat("d").links, " ", stat("a").links)`,
    'chdir("/")',
  ];
};

/** What fails, fails everywhere in the same way. */
export const mistakes: Act = (at) => {
  const [file, number] = [fresh(at, 'h'), fresh(at, 'n')];
  const directory = at.draw.one(at.directories);
  return [
    `let ${file} = open("${directory}/missing", read)`,
    `print("missing ", ${file} == -1, " ", errno())`,
    `print("below what is not there ", mkdir("${directory}/none/deep"), " ", errno())`,
    `let ${number} = creat("${path(at, 'bytes')}")`,
    `print("written only ", read(${number}, 1 B), " ", errno())`,
    `close(${number})`,
    `print("twice ", close(${number}), " ", errno())`,
  ];
};
