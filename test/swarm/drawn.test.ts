/**
 * What the compared scripts draw, each with the proof that it is drawn, and that a simulator which is broken there is found
 * out: by what the programs put out, or, if it is a process that does not arrive as it was, by the rule that says so [P5].
 */
import assert from 'node:assert/strict';
import type { Simulation } from '../../simulator/engine/simulation.ts';
import { newLimits } from '../../simulator/osf1/limits.ts';
import type { Proc } from '../../simulator/osf1/proc.ts';
import { NONE } from '../../simulator/base/table.ts';
import { script, withStep, type Perform } from './breaking.ts';
import { chance } from './chance.ts';
import type { Failure } from './run.ts';
import { textOf } from './script.ts';
import { whyItFails } from './seed.ts';
import { runCompared } from './transparency/run.ts';
import { drawMigrations, drawPlacement } from './transparency/script.ts';

interface Moment {
  readonly nodes: { readonly rows: readonly unknown[] };
  readonly procs: { readonly rows: readonly Proc[] };
}

/** What the routines that are broken here keep. */
interface Frame {
  readonly pid: number;
  readonly asked: readonly { readonly want: number; ready: number; heard: boolean }[];
  body: { group: number };
}

/** Broken on the cluster, and not where the same programs are alone. */
const onTheCluster =
  (other: (w: Moment, t: { body: object }, f: Frame, go: () => void) => void) =>
  (original: Perform): Perform =>
  (w: Moment, t, f) => {
    const go = (): void => original(w as never, t, f);
    if (w.nodes.rows.length > 1) other(w, t, f, go);
    else go();
  };

/** A process that comes in has lost something on the way. */
const arrivesWithout = (lose: (proc: Proc) => void) =>
  onTheCluster((w, _t, _f, go) => {
    const before = new Set(w.procs.rows.filter(({ live }) => live));
    go();
    for (const proc of w.procs.rows) if (proc.live && !before.has(proc)) lose(proc);
  });

const INSTALL = ['migration.request', 'allocate its proc and vproc'] as const;

/** A file has something, and then something is stored in a mapping of it. */
const storesInto = (sharing: string, text: string): string => `let f = open("/job0/f.bytes", read | write | create)
      write(f, "in the file")
      store(mmap(f, 4 KB, PROT_READ | PROT_WRITE, ${sharing}), 0 B, "${text}")
      migrate(getpid(), "right")`;

interface Break {
  readonly what: string;
  /** What shows that it is drawn. */
  readonly drawn: RegExp;
  readonly broken: readonly [routine: string, step: string];
  readonly how: (original: Perform) => Perform;
  readonly body: string;
  readonly actions?: string;
  readonly more?: { readonly cluster: string; readonly declared: string };
  readonly seen: RegExp;
}

const breaks: readonly Break[] = [
  {
    what: 'select that finds everything ready',
    drawn: /select\(fd_set\(/,
    broken: ['emulator.select', 'return'],
    how: onTheCluster((_w, _t, f, go) => {
      for (const each of f.asked) Object.assign(each, { ready: each.want, heard: true });
      go();
    }),
    body: 'let q = pipe() print("ready ", select(fd_set(q.read), fd_set(q.write)).count)',
    seen: /^transparency: process 0 prints "ready 2", on one node "ready 1"/,
  },
  {
    what: 'flags that are set for nobody',
    drawn: /fcntl\(\w+, F_SETFL, append\)/,
    broken: ['emulator.fcntl', 'ask the file server'],
    how: onTheCluster((_w, _t, f, go) => {
      Object.assign(f, { flags: 0 });
      go();
    }),
    body: `let f = creat("/job0/f.bytes")
      write(f, "before ")
      fcntl(f, F_SETFL, append)
      lseek(f, 0)
      write(f, "after")`,
    seen: /^transparency: the file \/job0\/f.bytes has "aftere ", on one node "before after"/,
  },
  {
    what: 'what was written under a token that does not come back from where it was',
    drawn: /file_caching on/,
    broken: ['migration.return_tokens', 'return it'],
    how: onTheCluster((_w, _t, f, go) => {
      Object.assign(f, { held: [] });
      go();
    }),
    body: 'let f = creat("/job0/f.bytes") write(f, "first ") write(f, "kept here") migrate(getpid(), "right") close(f)',
    more: { cluster: '  file_caching on\n', declared: '' },
    seen: /^transparency: the file \/job0\/f.bytes has "first ", on one node "first kept here"/,
  },
  {
    what: 'a migration group that is forgotten on the way',
    drawn: /join_migration_group\(\d+\)/,
    broken: INSTALL,
    how: arrivesWithout((proc) => void (proc.migrationGroup = 0)),
    body: 'join_migration_group(7) migrate(getpid(), "right") print("in ", process_info(getpid()).group)',
    seen: /arrives with migrationGroup 0 instead of 7$/,
  },
  {
    what: 'a saved user that is forgotten on the way',
    drawn: /file "\/bin\/superuser0" owner 0 mode "4755"/,
    broken: INSTALL,
    how: arrivesWithout((proc) => void (proc.savedUid = 100)),
    body: 'wait(fork { exec su() })',
    more: {
      cluster: '',
      declared: `file "/bin/su" owner 0 mode "4755"
program su() { seteuid(100) migrate(getpid(), "right") print("again ", seteuid(0), " ", geteuid()) }\n`,
    },
    seen: /arrives with savedUid 100 instead of 0$/,
  },
  {
    what: 'a timer that is forgotten on the way',
    drawn: /setitimer\(\d+ ms/,
    broken: INSTALL,
    how: arrivesWithout(({ timer }) => void (timer.expires = NONE)),
    body: `sigprocmask(SIG_BLOCK, SIGALRM)
      on SIGALRM { sum = sum + 1 }
      alarm(9 s)
      migrate(getpid(), "right")
      sigsuspend(no_signals)`,
    seen: /arrives with timer \[-1,0\] instead of \[\d+,0\]$/,
  },
  {
    what: 'a terminal that lets everybody read',
    drawn: /open\("\/dev\/tty", read \| write\)/,
    broken: ['pma.terminal_read', 'look whether it is in the foreground'],
    how: onTheCluster((_w, t, _f, go) => {
      const body = t.body as { group: number };
      t.body = { ...body, foreground: body.group };
      go();
    }),
    body: `let tty = open("/dev/tty", read)
      let job = fork { setpgid(getpid()) print("reads ", read(tty, 1 B)) }
      print("stopped by ", waitpid(job, WUNTRACED).stopped)
      tcsetpgrp(tty, job)
      killpg(job, SIGCONT)
      wait(job)`,
    seen: /^transparency: process 0 prints "stopped by 0", on one node "stopped by 21"/,
  },
  {
    what: 'a group that nobody is put into',
    drawn: /waitpid\(-\w+\)\.status/,
    broken: ['pmm.set_group', 'move it'],
    how: onTheCluster((_w, _t, f, go) => {
      f.body = { ...f.body, group: 0 };
      go();
    }),
    body: `let q = pipe()
      let a = fork { close(q.write) read(q.read, 1 B) exit(3) }
      let b = fork { close(q.write) read(q.read, 1 B) exit(4) }
      setpgid(a)
      setpgid(b, a)
      close(q.write)
      print("both ", waitpid(-a).status + waitpid(-a).status)
      wait()`,
    seen: /^transparency: process 0 prints "both 2", on one node "both 7"/,
  },
  {
    what: 'a child elsewhere that its parent does not know',
    drawn: /fork on "\w+" \{/,
    broken: ['pma.fork_there', 'remember the child'],
    how: onTheCluster((w, _t, { pid }, go) => {
      go();
      for (const proc of w.procs.rows) if (proc.live && proc.pid === pid) proc.children.pop();
    }),
    body: 'let c = fork on "right" { compute 1 s exit(5) } print("status ", wait(c), " ", errno())',
    seen: /^transparency: process 0 prints "status -1 ECHILD", on one node "status 5 "/,
  },
  {
    what: 'a page of a shared mapping that is lost when the process leaves the node',
    drawn: /PROT_WRITE, MAP_SHARED\)/,
    broken: ['file.page_out', 'keep the page'],
    how: onTheCluster((_w, _t, f, go) => {
      Object.assign(f.body, { version: 0 });
      go();
    }),
    body: storesInto('MAP_SHARED', 'stored here'),
    seen: /^transparency: the file \/job0\/f.bytes has "in the file", on one node "stored here"/,
  },
  {
    what: 'a private mapping that is none',
    drawn: /PROT_WRITE, MAP_PRIVATE\)/,
    broken: ['emulator.mmap', 'enter it into the address space'],
    how: onTheCluster((_w, _t, f, go) => {
      Object.assign(f, { sharing: 1 });
      go();
    }),
    body: storesInto('MAP_PRIVATE', 'mine'),
    seen: /^transparency: the file \/job0\/f.bytes has "minehe file", on one node "in the file"/,
  },
  {
    what: 'a limit of processor time that is forgotten on the way',
    drawn: /setrlimit\(RLIMIT_CPU, 1, 9\)/,
    broken: INSTALL,
    how: arrivesWithout(({ limits }) => void Object.assign(limits, newLimits())),
    body: 'setrlimit(RLIMIT_CPU, 1, 9) migrate(getpid(), "right") print("soft ", getrlimit(RLIMIT_CPU).soft)',
    seen: /^P5: .* arrives with limits .*"soft":9007.* instead of \{"cpu":\{"soft":1,"hard":9\}/,
  },
  {
    what: 'a limit of descriptors that is forgotten on the way',
    drawn: /setrlimit\(RLIMIT_NOFILE, \d+/,
    broken: INSTALL,
    how: arrivesWithout(({ limits }) => void Object.assign(limits, newLimits())),
    body: 'setrlimit(RLIMIT_NOFILE, 3, 12) migrate(getpid(), "right") print("up to ", getrlimit(RLIMIT_NOFILE).hard)',
    seen: /^P5: .* arrives with limits .*"hard":4096.* instead of .*"nofile":\{"soft":3,"hard":12\}/,
  },
];

const words = (failure: Failure | null): string => `${failure?.rule}: ${failure?.message}`;

describe('what is drawn', function () {
  this.timeout(120_000);

  /** Placements and migrations of many seeds, which nobody runs. */
  const drawn = Array.from({ length: 400 }, (_, seed) => {
    const draw = chance(seed);
    const script = drawPlacement(draw, seed);
    return textOf(drawMigrations(draw, script, [{ pid: 2, from: 0, to: 9_000_000_000 }]));
  });

  for (const { what, drawn: pattern, broken, how, body, actions = '', more, seen } of breaks) {
    it(`has what shows ${what}`, () => {
      assert.ok(drawn.filter((text) => pattern.test(text)).length > 4);
      const text = script(body, actions, more);
      assert.equal(words(runCompared(text).failure), 'undefined: undefined');
      assert.match(words(withStep(broken[0], broken[1], how, () => whyItFails(text))), seen);
    });
  }

  it('has every configuration, way of moving and refusal, and a migration that has to wait', () => {
    for (const pattern of [
      /process_management centralised/,
      /process_management local_masters/,
      /refuse when busy/,
      /by process(?: \w+ calls| early)? using oms with eager/,
      /by process(?: \w+ calls| early)? with pre_copy rounds \d/,
      /by process using sms/,
      /by task using user_level/,
      /exec worker\d\(.*\) on "\w+"/,
      /WCONTINUED/,
      /PROT_WRITE, MAP_SHARED\)/,
      /PROT_WRITE, MAP_PRIVATE\)/,
      /setrlimit\(RLIMIT_NOFILE, \d+/,
      /setrlimit\(RLIMIT_CPU, 1, 9\)/,
      /nice\(\d\)/,
    ]) {
      assert.ok(drawn.filter((text) => pattern.test(text)).length > 3, String(pattern));
    }
  });
});

describe('a network that breaks and heals', function () {
  this.timeout(120_000);

  const body = `
    let f = creat("/job0/f.bytes")
    for i in 1 .. 20 { write(f, "again ") compute 100 ms }`;
  const breaks = 'at 900 ms partition left from master, right\n  at 1100 ms heal';

  it('changes nothing if it heals in time', () => {
    assert.equal(words(runCompared(script(body, breaks)).failure), 'undefined: undefined');
  });

  it('is found out if it loses what waits in it', () => {
    const loses = ({ world: { held, packets } }: Simulation): void => {
      for (const packet of held.splice(0)) packets.rows[packet]!.live = false;
    };
    assert.match(words(runCompared(script(body, breaks), loses).failure), /^rest: |^[A-Z]\d+: /);
  });
});
