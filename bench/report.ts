/** What is measured, in which size, and how it is shown: a table for people, JSON for programs. */
import { execFileSync } from 'node:child_process';
import {
  between,
  bootSeconds,
  checking,
  copies,
  heapPerTask,
  hold,
  rates,
  scale,
  seeking,
  type Done,
} from './measure.ts';
import { copyOnReference, migrations, zeroFill } from './script-world.ts';

const script = 'examples/01-a-compiler-moves.adw';
const million = 1e6;

interface Line {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What we aim for, in words; empty where there is no aim. */
  readonly aim: string;
}

/** What a script does many times: the script, and how often. */
const operations: Readonly<Record<string, (quick: boolean) => readonly [script: string, times: number]>> = {
  'page of zeros': (quick) => [zeroFill(quick ? 4000 : 16_000), quick ? 4000 : 16_000],
  'page from another node': (quick) => [copyOnReference(quick ? 4000 : 16_000), quick ? 4000 : 16_000],
  'task migration': (quick) => [migrations(quick ? 20 : 2000), quick ? 20 : 2000],
};

const roundsOf = (quick: boolean): number => (quick ? 3 : 7);

/** Measures one of them in a process of its own, as a run has it: what was measured before would have changed the code. */
function apart(name: string, quick: boolean): Done {
  const options = ['--only', name, ...(quick ? ['--quick'] : [])];
  const answer = execFileSync(process.execPath, ['--expose-gc', process.argv[1] ?? '', ...options], {
    encoding: 'utf8',
  });
  return JSON.parse(answer) as Done;
}

function measureOnly(name: string, quick: boolean): Done {
  const operation = operations[name];
  if (operation === undefined) throw new Error(`nothing is measured under the name ${name}`);
  const [text, times] = operation(quick);
  return between(text, times, roundsOf(quick));
}

/** Measures everything; `quick` takes seconds and says only whether something is far off. */
function measure(quick: boolean): Line[] {
  const lines: Line[] = [];
  const line = (name: string, value: number, unit: string, aim = ''): void => {
    lines.push({ name, value, unit, aim });
  };
  const few = 64;
  const many = quick ? 4096 : 65_536;
  const rounds = roundsOf(quick);
  // The most memory of all is asked for first: what the process has had at most is what this needs.
  const [nodes, all] = [quick ? 128 : 1024, quick ? 8192 : 65_536];
  const { seconds, peak } = scale(nodes, all);
  line(`${nodes} nodes with ${all} tasks`, seconds, 's', 'seconds');
  line('most memory of that', peak, 'MiB', '<= 1024');
  line(`boot of ${nodes} nodes with their servers`, bootSeconds(nodes), 's', 'seconds');
  line(`live heap, ${many} tasks with 4 rights`, heapPerTask(many), 'B/task', '<= 1024');
  for (const remote of [false, true]) {
    const name = remote ? 'between nodes' : 'on one node';
    const sizes = [few, many].map((pairs) => ({ name, pairs, remote }));
    const measured = rates(sizes, rounds, quick ? 200_000 : 1_000_000);
    for (const { pairs, rpcPerSecond, eventsPerSecond } of measured) {
      line(`RPC ${name}, K = ${pairs}`, rpcPerSecond / million, 'M RPC/s', remote ? '' : '>= 1');
      line(`events ${name}, K = ${pairs}`, eventsPerSecond / million, 'M/s', '>= 3');
    }
    const [fast, slow] = measured;
    line(`time of an RPC ${name}, K = ${many} to K = ${few}`, fast!.rpcPerSecond / slow!.rpcPerSecond, 'x', '<= 3');
  }
  for (const name of Object.keys(operations)) {
    const { perSecond, eventsPerSecond } = apart(name, quick);
    line(name, perSecond / 1000, 'k/s');
    line(`events meanwhile (${name})`, eventsPerSecond / million, 'M/s', '>= 1');
  }
  for (const size of [1000, 100_000]) line(`hold, ${size} pending`, hold(size, 300_000) / million, 'M/s', '>= 3');
  for (const tasks of [1000, 10_000]) {
    const { copy, digest } = copies(tasks, quick ? 3 : 9);
    line(`checkpoint, ${tasks} tasks`, copy, 'ns/task');
    line(`digest, ${tasks} tasks`, digest, 'ns/task');
  }
  line('all checkers, 30 tasks', checking(30), 'us', '<= 500');
  const seek = seeking(script, quick ? 5 : 21);
  if (seek !== null) {
    line(`events of ${script}`, seek.events, '');
    line('seek one event back from the end', seek.back, 'ms', '<= 50');
    line('seek to the middle', seek.middle, 'ms', '<= 50');
    line('seek to the beginning', seek.beginning, 'ms', '<= 50');
  }
  return lines;
}

function table(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(({ name }) => name.length));
  return lines
    .map(({ name, value, unit, aim }) => {
      const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
      const number = value.toFixed(digits).padStart(9);
      return `${name.padEnd(width)}  ${number} ${unit.padEnd(8)} ${aim}`.trimEnd();
    })
    .join('\n');
}

const options = process.argv.slice(2);
const only = options.indexOf('--only');
const quick = options.includes('--quick');
if (only >= 0) console.log(JSON.stringify(measureOnly(options[only + 1] ?? '', quick)));
else {
  const lines = measure(quick);
  console.log(options.includes('--json') ? JSON.stringify(lines, null, 2) : table(lines));
}
