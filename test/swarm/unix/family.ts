/**
 * Families: children that are waited for one by one, in any order, at the end or not at all, and statuses that go up the
 * tree. A child does what any process may do, as long as the tree does not grow too high.
 */
import { block, childOf, collect, fork, forkOn, fresh, mayMove, pause, type Act, type Place } from './place.ts';

/** What the statements of a child are drawn with; ends with its exit. */
export type Body = (at: Place) => string[];

const exit = 'exit(sum)';

/** A child, on the same node or on another, waited for at once or at the end of its parent. */
export const child =
  (body: Body): Act =>
  (at) => {
    const name = fresh(at, 'c');
    const made = [...body(childOf(at)), exit];
    const lines = [...(at.draw.percent(25) ? forkOn(at, name, made) : fork(name, made)), ...mayMove(at, name)];
    if (at.draw.percent(50)) return [...lines, collect(name)];
    at.pending.push(name);
    return lines;
  };

/** Several, waited for as they come: what they add up to is the same in any order. */
export const several: Act = (at) => {
  if (at.pending.length > 0) return [];
  const count = at.draw.within(2, 3);
  const children = at.draw.many(count, (i) => {
    const inner = childOf(at);
    return fork(fresh(at, 'c'), [...pause(inner), `exit(${10 * i + 3})`]);
  });
  return [...children.flat(), ...at.draw.many(count, () => 'sum = (sum + wait()) % 97')];
};

/** Children of a loop, each with its own number. */
export const loop: Act = (at) => {
  const [i, name] = [fresh(at, 'i'), fresh(at, 'c')];
  const inner = childOf(at);
  return block(`for ${i} in 1 .. ${at.draw.within(2, 3)} {`, [
    ...fork(name, [...pause(inner), `print("turn ", ${i})`, `exit(sum + ${i})`]),
    collect(name),
  ]);
};

/** A grandchild that outlives its parent, and whose output nobody waits for. */
export const orphan: Act = (at) => {
  const name = fresh(at, 'c');
  const [middle, last] = [childOf(at), childOf(at)];
  const left = fork(fresh(at, 'o'), [...pause(last), ...pause(last), 'print("left alone")', 'exit(7)']);
  return [...fork(name, [...left, ...pause(middle), 'exit(3)']), collect(name)];
};

/** Who a process is does not change when it moves. */
export const identity: Act = (at) => {
  const [me, name] = [fresh(at, 'me'), fresh(at, 'c')];
  const inner = childOf(at);
  return [
    `let ${me} = getpid()`,
    ...fork(name, [
      ...pause(inner),
      `print("parent ", getppid() == ${me}, " group ", getpgid() == getpgid(${me}))`,
      'exit(1)',
    ]),
    ...mayMove(at, name),
    collect(name),
    `print("still ", getpid() == ${me})`,
  ];
};

/** Waiting for what there is not. */
export const childless: Act = (at) => (at.pending.length > 0 ? [] : ['print("none ", wait(), " ", errno())']);

/** A child that becomes another program, with arguments, and with a file that exec closes. */
export const become =
  (program: string): Act =>
  (at) => {
    const [name, file] = [fresh(at, 'c'), fresh(at, 'f')];
    const where = `${at.draw.one(at.directories)}/${file}.log`;
    const inner = childOf(at);
    const opened = `let ${file} = open("${where}", write | create${at.draw.percent(25) ? ' | close_on_exec' : ''})`;
    const become = `exec ${program}(sum, "${inner.tag}", ${file})`;
    const closes = at.draw.percent(15) ? [`fcntl(${file}, F_SETFD, close_on_exec)`] : [];
    // It may have to stay where it is, and goes on as the other program there.
    const elsewhere = at.draw.percent(25) ? [`${become} on "${at.draw.one(at.homes)}"`] : [];
    return [
      ...fork(name, [
        opened,
        ...pause(inner),
        `write(${file}, "[${inner.tag} before]")`,
        ...closes,
        ...elsewhere,
        become,
      ]),
      ...mayMove(at, name),
      collect(name),
    ];
  };

/** The programs that a child may become. */
export function worker(name: string, at: Place): string {
  const turns = at.draw.within(2, 4);
  return block(`program ${name}(given: int, tag: text, out: descriptor) {`, [
    'image text 16 KB data 8 KB bss 8 KB stack 8 KB',
    'let line = "[" + tag',
    ...block(`for i in 1 .. ${turns} {`, [
      ...pause(at),
      'line = line + "."',
      'if write(out, line + "]") < 0 B {',
      '  print("cannot write: ", errno())',
      '}',
    ]),
    'print("given ", given)',
    `exit((given + ${turns}) % 97)`,
  ]).join('\n');
}
