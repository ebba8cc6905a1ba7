/**
 * The workload whose migration is struck at every event: a process with a child, an open file whose position the two
 * share, a pipe between them, a signal that is sent while it is frozen. Whoever writes to the file writes lines of its own,
 * in order; so the file says what was executed, and how often. Both keep the pipe open, so that nobody dies of it (SIGPIPE).
 *
 * The file server is on a node of its own that never fails: its file is the witness.
 */
import { compileScript } from '../../../language/compile.ts';
import type { Image } from '../../../simulator/workload/program.ts';

/** How the process is moved, and what it is doing when somebody decides that. */
export interface Variant {
  readonly memory: 'copy_on_reference' | 'eager';
  /** It computes, or waits for its child; then the wait is awaited (option A) or cancelled (option B) [5.5 step 4]. */
  readonly busy: 'computing' | 'waiting A' | 'waiting B';
}

export const variants: readonly Variant[] = (['computing', 'waiting A', 'waiting B'] as const).flatMap((busy) =>
  (['copy_on_reference', 'eager'] as const).map((memory) => ({ memory, busy })),
);

export const nameOf = ({ memory, busy }: Variant): string => `${busy}, ${memory.replaceAll('_', '-')}`;

const CLUSTER = `
cluster lab {
  node master { pma pm_master }
  node source { pma }
  node dest { pma }
  node store { credentials file_server "/" }
  price failure_detection 400 ms
}
`;

export const MASTER = 0;
export const SOURCE = 1;
export const DEST = 2;
/** The process that moves, and its child, which stays. */
export const PID = 2;
export const CHILD = 3;

/** What each of the two writes to the file if it lives to its end. */
export const PARENT_LINES = ['p1;', 'p2;', 'p3;'];
export const CHILD_LINES = ['c1;', 'c2;'];

const IMAGE = 'image text 4 KB data 4 KB bss 4 KB stack 4 KB';

/** The child signals its parent, and reads what that has written to the pipe before it writes its second line. */
const childBody = (first: string, then: string): string => `
    close(p.write)
    write(log, "c1;")
    compute ${first}
    print("signal ", kill(me, SIGCONT))
    compute ${then}
    read(p.read, 100 B)
    write(log, "c2;")
    exit(3)`;

function script({ busy }: Variant): string {
  const isWaiting = busy !== 'computing';
  const before = isWaiting ? '' : 'compute 700 ms';
  return `${CLUSTER}
file "/log" on store size 0 KB

program mover() {
  ${IMAGE}
  dirty data[0 .. 0]
  dirty bss[0 .. 0]
  dirty stack[0 .. 0]
  let log = open("/log", write | create)
  let p = pipe()
  let me = getpid()
  let c = fork {${isWaiting ? childBody('700 ms', '200 ms') : childBody('500 ms', '1 ms')}
  }
  write(log, "p1;")
  ${before}
  write(p.write, "go")
  write(log, "p2;")
  let status = wait(c)
  touch data[0 .. 0]
  touch bss[0 .. 0]
  touch stack[0 .. 0]
  write(log, "p3;")
  print("status ", status)
}

scenario "moving" on lab {
  let p = spawn mover() on source
  at 900 ms
  let m = migrate p to dest${busy === 'waiting B' ? ' restarting calls' : ''}
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
