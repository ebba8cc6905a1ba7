/**
 * Flags of open files are one thing for all who share an open file, wherever they are; that exec closes a descriptor is its
 * own.
 */
import { childOf, collect, fork, fresh, mayMove, path, pause, type Act } from './place.ts';

/** A read that would wait says so, from the moment at which a child has said that it shall. */
export const nonblocking: Act = (at) => {
  const [pipe, name] = [fresh(at, 'pipe'), fresh(at, 'c')];
  const inner = childOf(at);
  return [
    `let ${pipe} = pipe()`,
    ...fork(name, [
      ...pause(inner),
      `print("set ", fcntl(${pipe}.read, F_SETFL, non_block), " ", fcntl(${pipe}.read, F_GETFL) == read | non_block)`,
      'exit(1)',
    ]),
    ...mayMove(at, name),
    collect(name),
    `print("would wait ", read(${pipe}.read, 9 B), " ", errno())`,
    `print("written ", write(${pipe}.write, 4 KB), " ", fcntl(${pipe}.write, F_GETFL) == write)`,
    ...pause(at),
    `print("came ", read(${pipe}.read, ${at.draw.within(1, 4096)} B))`,
    `fcntl(${pipe}.read, F_SETFL)`,
    `close(${pipe}.write)`,
    `print("the rest ", read(${pipe}.read, 4 KB) > 0)`,
    `close(${pipe}.read)`,
  ];
};

/** From here on all who share the file write at its end. */
export const appended: Act = (at) => {
  const [file, name] = [fresh(at, 'h'), fresh(at, 'c')];
  const inner = childOf(at);
  return [
    `let ${file} = open("${path(at, 'bytes')}", read | write | create)`,
    `write(${file}, "one two three ")`,
    ...fork(name, [
      ...pause(inner),
      `fcntl(${file}, F_SETFL, append)`,
      `lseek(${file}, 0)`,
      `write(${file}, "by ${inner.tag} ")`,
      'exit(2)',
    ]),
    ...mayMove(at, name),
    collect(name),
    `lseek(${file}, 4 B)`,
    ...pause(at),
    `write(${file}, "at the end")`,
    `print("flags ", fcntl(${file}, F_GETFL) == read | write | append, " at ", lseek(${file}, 0, SEEK_CUR))`,
    `fcntl(${file}, F_SETFL)`,
    `print("over it ", pwrite(${file}, "ONE", 0), " ", pread(${file}, 20 B, 0), " ", buffer())`,
    `print("kept ", fsync(${file}), " ", access("/none"), " ", errno())`,
    `close(${file})`,
  ];
};
