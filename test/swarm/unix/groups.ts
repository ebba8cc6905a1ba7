/**
 * Groups. Of a migration group all members move when one is asked for, or none, which they do not notice. A process group can
 * be waited for: of two children that end at any time it is the one of the group.
 */
import { block, childOf, collect, fork, fresh, mayMove, path, pause, type Act, type Place } from './place.ts';

/** A number that no other group of the cluster has: of the job, and of the place in its program. */
const numberOf = ({ tag, next }: Place): number => 1000 * Number(/\d/.exec(tag)![0]) + 1 + next.number++;

/** Parent and children, who are born into the group, work together; one of them may have to stay. */
export const joined: Act = (at) => {
  const [group, file] = [numberOf(at), fresh(at, 'h')];
  const children = at.draw.many(at.draw.within(1, 2), (index) => {
    const [name, i] = [fresh(at, 'c'), fresh(at, 'i')];
    const inner = childOf(at);
    const lines = fork(name, [
      ...(index === 0 && at.draw.percent(30) ? ['disallow_migration()'] : []),
      ...block(`for ${i} in 1 .. ${at.draw.within(2, 4)} {`, [
        `write(${file}, "[${inner.tag}]")`,
        `compute ${at.draw.one([20, 150, 400])} ms`,
        ...pause(inner),
      ]),
      `print("of the group ", process_info(getpid()).group)`,
      ...(at.draw.percent(30) ? ['leave_migration_group()'] : []),
      'exit(4)',
    ]);
    return { name, lines: [...lines, ...mayMove(at, name)] };
  });
  return [
    `let ${file} = open("${path(at, 'log')}", write | create)`,
    `print("joined ", join_migration_group(${group}))`,
    ...children.flatMap(({ lines }) => lines),
    ...pause(at),
    `write(${file}, "[${at.tag}]")`,
    ...children.map(({ name }) => collect(name)),
    `print("left ", leave_migration_group(), " ", process_info(getpid()).group)`,
    `print("all ", fstat(${file}).size)`,
    `close(${file})`,
  ];
};

/** Children are put into a group while they wait in a pipe; then they end, at any time, and the one that is no member, too. */
export const awaited: Act = (at) => {
  if (at.pending.length > 0) return [];
  const pipe = fresh(at, 'pipe');
  const names = at.draw.many(3, () => fresh(at, 'c'));
  const [first, second, other] = names as [string, string, string];
  const children = names.flatMap((name, index) => {
    const inner = childOf(at);
    const lines = [`close(${pipe}.write)`, `read(${pipe}.read, 1 B)`, ...pause(inner), `exit(${10 * index + 1})`];
    return [...fork(name, lines), ...mayMove(at, name)];
  });
  const result = fresh(at, 'end');
  return [
    `let ${pipe} = pipe()`,
    ...children,
    `print("groups ", setpgid(${first}), setpgid(${second}, ${first}), " ", getpgid(${second}) == ${first})`,
    `print("not yet ", waitpid(-${first}, WNOHANG).pid, waitpid(0, WNOHANG).pid, waitpid(-1, WNOHANG).pid)`,
    `close(${pipe}.read)`,
    `close(${pipe}.write)`,
    ...pause(at),
    `let ${result} = waitpid(-${first}).status + waitpid(-${first}).status`,
    `print("of the group ", ${result}, " ", waitpid(-${first}).pid, " ", errno())`,
    `print("of the own ", waitpid(0).status, " ", getpgid(${other}), " ", errno())`,
  ];
};
