/**
 * The workloads whose migration is struck at every event: a process with a child, an open file whose position the two
 * share, a signal that is sent while it is frozen, and what makes the one workload differ from the other. Whoever writes to the file
 * writes lines of its own, in order; so the file says what was executed, and how often.
 *
 *   pipe           between the two. Both keep it open, so that nobody dies of it (SIGPIPE)
 *   threads        a second one, which waits for a pipe of the process
 *   mapped file    stored to before and after
 *   limit          of processor time, which is exceeded soon after: SIGXCPU has a handler, which writes a line
 *   local masters  a PM Master on each node: the broker takes over what one had that fails, and if it fails itself the next one does
 *
 * The file server is on a node of its own that never fails: its file is the witness.
 */
import { compileScript } from '../../../language/compile.ts';
import type { World } from '../../../simulator/engine/world.ts';
import type { Image } from '../../../simulator/workload/program.ts';

/** How the process is moved, and what it is doing when somebody decides that. */
export interface Variant {
  readonly what: 'pipe' | 'threads' | 'mapped file' | 'limit' | 'local masters';
  readonly memory: 'copy_on_reference' | 'eager';
  /** It computes, or waits for its child; then the wait is awaited (option A) or cancelled (option B) [5.5 step 4]. */
  readonly busy: 'computing' | 'waiting A' | 'waiting B';
}

const all = (['computing', 'waiting A', 'waiting B'] as const).flatMap((busy) =>
  (['copy_on_reference', 'eager'] as const).map((memory): Variant => ({ what: 'pipe', memory, busy })),
);

export const variants: readonly Variant[] = [
  ...all,
  { what: 'threads', memory: 'copy_on_reference', busy: 'waiting A' },
  { what: 'mapped file', memory: 'copy_on_reference', busy: 'computing' },
  { what: 'limit', memory: 'eager', busy: 'computing' },
  { what: 'local masters', memory: 'eager', busy: 'waiting B' },
];

export const nameOf = ({ what, memory, busy }: Variant): string =>
  [...(what === 'pipe' ? [] : [what]), busy, memory.replaceAll('_', '-')].join(', ');

const CLUSTER = `
cluster lab {
  node master { pma pm_master }
  node source { pma }
  node dest { pma }
  node store { credentials file_server "/" }
  price failure_detection 400 ms
}
`;

/** The source has the PM Master that knows the process. The broker is at the master. */
const LOCAL_MASTERS = `
cluster lab {
  process_management local_masters
  node master { pma pm_master }
  node source { pma }
  node dest { pma }
  node store { pma credentials file_server "/" console }
  price failure_detection 400 ms
}
`;

export const MASTER = 0;
export const SOURCE = 1;
export const DEST = 2;

/** Who fails. The PM Master of all processes has nothing to do with threads, mappings and limits. */
export const struckIn = ({ what }: Variant): readonly number[] =>
  what === 'pipe' || what === 'local masters' ? [SOURCE, DEST, MASTER] : [SOURCE, DEST];

/** The process that moves, and its child, which stays: the first two that are made after init. */
export const pidOf = (w: World): number => w.masterEntries.rows[1]!.pid;
export const childOf = (w: World): number => w.masterEntries.rows[2]!.pid;

/** What each of its writers writes to the file if it lives to its end, by the letter with which its lines begin. */
const parent = ['p1;', 'p2;', 'p3;'];
const child = ['c1;', 'c2;'];
export const linesOf = ({ what }: Variant): Readonly<Record<string, readonly string[]>> => ({
  p: parent,
  c: child,
  ...(what === 'threads' ? { t: ['t1;', 't2;'] } : {}),
  ...(what === 'limit' ? { x: ['x1;'] } : {}),
});

/** Signals that it gets, besides its child's, if it lives to its end. */
export const caughtBy = ({ what }: Variant): number => (what === 'limit' ? 1 : 0);

/** What it prints if it lives to its end: it finds its memory as it was. */
export const foundBy = ({ what }: Variant): string => (what === 'mapped file' ? 'status 3 found one two' : 'status 3');

const IMAGE = 'image text 4 KB data 4 KB bss 4 KB stack 4 KB';

const begins = `
  ${IMAGE}
  dirty data[0 .. 0]
  dirty bss[0 .. 0]
  dirty stack[0 .. 0]
  let log = open("/log", write | create)
  let me = getpid()`;

const ends = `
  touch data[0 .. 0]
  touch bss[0 .. 0]
  touch stack[0 .. 0]
  write(log, "p3;")`;

/** The child signals its parent before it writes its second line. */
const forks = (first: string, then: string, more = { begins: '', reads: '' }): string => `
  let c = fork {${more.begins}
    write(log, "c1;")
    compute ${first}
    print("signal ", kill(me, SIGCONT))
    compute ${then}${more.reads}
    write(log, "c2;")
    exit(3)
  }
  write(log, "p1;")`;

/** The child reads what its parent has written to the pipe. */
const withPipe = (isWaiting: boolean): string => {
  const [first, then] = isWaiting ? ['700 ms', '200 ms'] : ['500 ms', '1 ms'];
  return `${begins}
  let p = pipe()${forks(first, then, { begins: '\n    close(p.write)', reads: '\n    read(p.read, 100 B)' })}
  ${isWaiting ? '' : 'compute 700 ms'}
  write(p.write, "go")
  write(log, "p2;")
  let status = wait(c)${ends}
  print("status ", status)`;
};

const withThreads = `${begins}
  let p = pipe()
  thread other {
    write(log, "t1;")
    read(p.read, 100 B)
    write(log, "t2;")
  }${forks('700 ms', '200 ms')}
  write(log, "p2;")
  let status = wait(c)
  write(p.write, "go")
  wait other${ends}
  print("status ", status)`;

const withMapping = `${begins}
  let map = mmap(open("/map", read | write), 4 KB, PROT_READ | PROT_WRITE, MAP_SHARED)
  store(map, 0 B, "one")
  ${forks('500 ms', '1 ms')}
  compute 700 ms
  store(map, 3 B, " two")
  write(log, "p2;")
  let status = wait(c)
  msync(map)${ends}
  print("status ", status, " found ", load(map, 0 B, 7 B))`;

const withLimit = `${begins}
  setrlimit(RLIMIT_CPU, 1, 9)
  on SIGXCPU { write(log, "x1;") }${forks('500 ms', '1 ms')}
  compute 700 ms
  write(log, "p2;")
  compute 500 ms
  let status = wait(c)${ends}
  print("status ", status)`;

const withChild = `${begins}${forks('700 ms', '200 ms')}
  write(log, "p2;")
  let status = wait(c)${ends}
  print("status ", status)`;

function programOf({ what, busy }: Variant): string {
  switch (what) {
    case 'pipe':
      return withPipe(busy !== 'computing');
    case 'threads':
      return withThreads;
    case 'mapped file':
      return withMapping;
    case 'limit':
      return withLimit;
    case 'local masters':
      return withChild;
  }
}

function script(variant: Variant): string {
  return `${variant.what === 'local masters' ? LOCAL_MASTERS : CLUSTER}
file "/log" on store size 0 KB
file "/map" on store size 4 KB

program mover() {${programOf(variant)}
}

scenario "moving" on lab {
  let p = spawn mover() on source
  at 900 ms
  let m = migrate p to dest${variant.busy === 'waiting B' ? ' restarting calls' : ''}
  wait m
  wait p
}
`;
}

/** The compiled script. */
export function imageOf(variant: Variant): Image {
  const { image, diagnostics } = compileScript(script(variant), 'crash.adw');
  if (image === null) throw new Error(diagnostics.map((each) => each.message).join('\n'));
  return image;
}
