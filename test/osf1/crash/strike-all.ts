/** All variants of the workload, struck by several workers at once, each with its share of the events. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Sweep } from './strike.ts';
import { variants } from './workload.ts';

const root = join(import.meta.dirname, '..', '..', '..');

export interface Extent {
  readonly step: number;
  readonly checked: number;
  readonly jobs: number;
}

export async function strikeAll({ step, checked, jobs }: Extent): Promise<Sweep[]> {
  const bundle = join(root, 'dist', 'crashes', 'worker.cjs');
  mkdirSync(join(root, 'dist', 'crashes'), { recursive: true });
  const options = ['--bundle', '--platform=node', '--format=cjs', '--target=node20', '--log-level=warning'];
  const source = join(import.meta.dirname, 'worker.ts');
  execFileSync(join(root, 'node_modules', '.bin', 'esbuild'), [source, ...options, `--outfile=${bundle}`]);
  const found = new Map<string, Sweep>();
  const take = (sweep: Sweep): void => {
    const before = found.get(sweep.variant);
    found.set(sweep.variant, before === undefined ? sweep : together(before, sweep));
  };
  const shares = Array.from({ length: jobs }, (_, job) => [step, checked, job, jobs].map(String));
  await Promise.all(shares.map((share) => work(bundle, share, take)));
  return variants.map((_, index) => [...found.values()][index]!);
}

/** One worker. Its promise is kept when it has ended. */
function work(bundle: string, share: readonly string[], take: (sweep: Sweep) => void): Promise<void> {
  const child = spawn(process.execPath, [bundle, ...share], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', (line) => take(JSON.parse(line) as Sweep));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with code ${code}`))));
  });
}

function together(one: Sweep, other: Sweep): Sweep {
  const rows = { ...one.rows };
  for (const [row, count] of Object.entries(other.rows)) rows[row] = (rows[row] ?? 0) + count;
  return { ...one, forks: one.forks + other.forks, rows, wrong: [...one.wrong, ...other.wrong] };
}

/** How often each row of table 5.6 was what came of it, by variant, and what was wrong. */
export function inWords(found: readonly Sweep[]): string {
  return found
    .flatMap(({ variant, events, forks, rows, wrong }) => [
      `${variant}: ${events} events, ${forks} failures`,
      ...Object.entries(rows).map(([row, count]) => `${String(count).padStart(7)}  ${row}`),
      ...wrong.map((each) => `  wrong  ${each}`),
    ])
    .join('\n');
}
