/**
 * Mapped files: what is loaded is what was stored or written last, by whomever, and a private mapping is the file as it was.
 * Parent and children use different places of one page, so who has it changes, and what is in it does not depend on that.
 */
import { block, childOf, collect, fork, fresh, mayMove, path, pause, type Act } from './place.ts';

const dots = '........................................';

/** Stores through a mapping, reads through the file, and the reverse. */
export const mapped: Act = (at) => {
  const [file, shared, own] = [fresh(at, 'h'), fresh(at, 'map'), fresh(at, 'map')];
  return [
    `let ${file} = open("${path(at, 'bytes')}", read | write | create)`,
    `write(${file}, "${dots}")`,
    `let ${shared} = mmap(${file}, ${at.draw.one(['4 KB', '8 KB'])}, PROT_READ | PROT_WRITE, MAP_SHARED)`,
    ...pause(at),
    `store(${shared}, ${at.draw.within(0, 9)} B, "${at.tag}")`,
    `let ${own} = mmap(${file}, 4 KB, PROT_READ | PROT_WRITE, MAP_PRIVATE)`,
    ...pause(at),
    `print("written ", pwrite(${file}, "written", 20 B), " ", load(${shared}, 0 B, 40 B))`,
    `store(${own}, 30 B, "own")`,
    ...pause(at),
    `print("own ", load(${own}, 0 B, 40 B))`,
    `print("file ", msync(${shared}), " ", pread(${file}, 40 B, 0 B), " ", buffer())`,
    `print("no more ", munmap(${shared}), munmap(${own}))`,
    `close(${file})`,
  ];
};

/** One memory of several processes, each with a place of its own in the same page. */
export const sharedPage: Act = (at) => {
  const [file, map] = [fresh(at, 'h'), fresh(at, 'map')];
  const stores = (place: typeof at, where: number): string[] => {
    const i = fresh(place, 'i');
    return block(`for ${i} in 1 .. ${at.draw.within(1, 3)} {`, [
      `store(${map}, ${where} B, "[${place.tag}]")`,
      ...pause(place),
      `print("stored ", load(${map}, ${where} B, ${place.tag.length + 2} B))`,
    ]);
  };
  const children = at.draw.many(at.draw.within(1, 2), (index) => {
    const name = fresh(at, 'c');
    const inner = childOf(at);
    return { name, lines: [...fork(name, [...stores(inner, 10 + 10 * index), 'exit(2)']), ...mayMove(at, name)] };
  });
  return [
    `let ${file} = open("${path(at, 'bytes')}", read | write | create)`,
    `write(${file}, "${dots}")`,
    `let ${map} = mmap(${file}, 4 KB, PROT_READ | PROT_WRITE, MAP_SHARED)`,
    ...children.flatMap(({ lines }) => lines),
    ...stores(at, 0),
    ...children.map(({ name }) => collect(name)),
    `print("all ", load(${map}, 0 B, 40 B), " ", pread(${file}, 40 B, 0 B), " ", buffer())`,
    `munmap(${map})`,
    `close(${file})`,
  ];
};
