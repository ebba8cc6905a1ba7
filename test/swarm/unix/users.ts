/**
 * Who may do what: a process is the same users wherever it is, and servers decide alike. The image of `superuser` is set-uid:
 * who executes it acts as its owner, may stop doing so, and come back.
 */
import { block, childOf, collect, fork, fresh, mayMove, pause, type Act, type Place } from './place.ts';

/** A child that acts as the superuser, and writes to a file that its parent may not open. */
export const become =
  (program: string): Act =>
  (at) => {
    const [name, file] = [fresh(at, 'c'), fresh(at, 'f')];
    const where = `${at.draw.one(at.directories)}/${file}.bytes`;
    const inner = childOf(at);
    return [
      ...fork(name, [...pause(inner), `exec ${program}("${where}")`]),
      ...mayMove(at, name),
      collect(name),
      `print("secret ", open("${where}", read), " ", errno(), " of ", stat("${where}").owner)`,
    ];
  };

/** Only a superuser may be whom he likes, and when he has become somebody for good he is. */
export function superuser(name: string, at: Place): string {
  const program = block(`program ${name}(path: text) {`, [
    'image text 8 KB data 8 KB bss 8 KB stack 8 KB',
    'print("as ", getuid(), " ", geteuid())',
    ...pause(at),
    `print("not now ", seteuid(100), " ", geteuid(), " ", chown("/bin/${name}", 100), " ", errno())`,
    ...pause(at),
    'print("again ", seteuid(0), " ", geteuid())',
    'let secret = creat(path, "600")',
    'write(secret, "nobody else reads this")',
    ...pause(at),
    ...block('let child = fork {', [
      'print("for good ", setuid(200), " ", getuid(), " ", geteuid(), " ", seteuid(0), " ", errno())',
      ...pause(at),
      'print("still ", write(secret, ", but who has it open"), " ", open(path, read), " ", errno())',
      'exit(6)',
    ]),
    'print("status ", wait(child))',
    'close(secret)',
    'exit(geteuid())',
  ]);
  return [`file "/bin/${name}" owner 0 mode "4755"`, program.join('\n')].join('\n\n');
}

/** Modes of one's own files, which bind the owner, too. */
export const modes: Act = (at) => {
  const [file, name] = [fresh(at, 'f'), fresh(at, 'c')];
  const where = `${at.draw.one(at.directories)}/${file}.bytes`;
  return [
    `print("before ", umask("${at.draw.one(['022', '077', '027'])}"))`,
    `close(creat("${where}"))`,
    `print("mode ", stat("${where}").mode, " ", chmod("${where}", "400"), " ", open("${where}", write), " ", errno())`,
    ...fork(name, [
      ...pause(childOf(at)),
      `print("inherited ", umask("000"), " ", stat("${where}").mode, " ", chown("${where}", 0), " ", errno())`,
      'exit(1)',
    ]),
    ...mayMove(at, name),
    collect(name),
    `print("again ", chmod("${where}", "640"), " ", umask("022"), " ", stat("${where}").mode)`,
  ];
};
