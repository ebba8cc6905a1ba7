/** What is measured, in which size, and how it is shown: a table for people, JSON for programs. */
import { between, bootSeconds, checking, copies, heapPerTask, hold, rates, scale, seeking } from './measure.ts';
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

/** Measures everything; `quick` takes seconds and says only whether something is far off. */
function measure(quick: boolean): Line[] {
  const lines: Line[] = [];
  const line = (name: string, value: number, unit: string, aim = ''): void => {
    lines.push({ name, value, unit, aim });
  };
  const few = 64;
  const many = quick ? 4096 : 65_536;
  const rounds = quick ? 3 : 7;
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
  const pages = quick ? 4000 : 16_000;
  const moves = quick ? 20 : 2000;
  for (const [name, script, times] of [
    ['page of zeros', zeroFill(pages), pages],
    ['page from another node', copyOnReference(pages), pages],
    ['task migration', migrations(moves), moves],
  ] as const) {
    const { perSecond, eventsPerSecond } = between(script, times, rounds);
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
const lines = measure(options.includes('--quick'));
console.log(options.includes('--json') ? JSON.stringify(lines, null, 2) : table(lines));
