/**
 * `npm run swarm`: random clusters, workloads, migrations and faults, each from its seed (docs/swarm.md).
 *
 *   npm run swarm -- --seeds 1000 [--from 1] [--minutes 8] [--jobs 2]
 *
 * The workers run a bundle in processes of their own: the loader that runs TypeScript directly slows the hot path five
 * times. A script that fails is kept in dist/swarm.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { coverageInWords, failureInWords, neverStruck } from './report.ts';
import type { SeedResult } from './strike.ts';

const MILLISECONDS_PER_MINUTE = 60_000;
/** So many seeds strike every kind of event that there is. */
const SEEDS_FOR_ALL = 1000;
const SEEDS_PER_LINE = 100;
const root = join(import.meta.dirname, '..', '..');
const folder = join('dist', 'swarm');

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { seeds: text, from: text, minutes: text, jobs: text } });

function number(value: string | undefined, otherwise: number): number {
  const result = Number(value ?? otherwise);
  if (!(result >= 0)) throw new Error(`${value} is not a number`);
  return result;
}

const seeds = number(values.seeds, 100);
const from = number(values.from, 1);
const jobs = Math.max(1, number(values.jobs, 2));
const minutes = number(values.minutes, Infinity);

interface Reported extends SeedResult {
  readonly short: string | null;
}

const results: SeedResult[] = [];
let failures = 0;

function take(line: string): void {
  const result = JSON.parse(line) as Reported;
  results.push(result);
  const { seed, failure, short } = result;
  if (results.length % SEEDS_PER_LINE === 0) console.log(`  ${summary()}`);
  if (failure === null) return;
  failures++;
  mkdirSync(join(root, folder), { recursive: true });
  const whole = join(folder, `seed-${seed}.adw`);
  const small = join(folder, `seed-${seed}-small.adw`);
  writeFileSync(join(root, whole), failure.text);
  writeFileSync(join(root, small), short ?? failure.text);
  console.log(`${failureInWords(seed, failure, whole, small)}\n`);
}

const started = Date.now();

function summary(): string {
  const events = results.reduce((sum, each) => sum + each.events, 0);
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  return `${results.length} seeds, ${events} events, ${seconds} s: ${failures} failed`;
}

/** One worker, which takes every `jobs`-th seed. Its promise is kept when it has ended. */
function work(bundle: string, job: number): Promise<void> {
  const count = Math.ceil((seeds - job) / jobs);
  const args = [from + job, jobs, count, Date.now() + minutes * MILLISECONDS_PER_MINUTE].map(String);
  const child = spawn(process.execPath, [bundle, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', take);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with code ${code}`))));
  });
}

mkdirSync(join(root, folder), { recursive: true });
const bundle = join(root, folder, 'worker.cjs');
const source = join(import.meta.dirname, 'worker.ts');
const options = ['--bundle', '--platform=node', '--format=cjs', '--target=node20', '--log-level=warning'];
execFileSync(join(root, 'node_modules', '.bin', 'esbuild'), [source, ...options, `--outfile=${bundle}`], {
  stdio: 'inherit',
});
await Promise.all(Array.from({ length: Math.min(jobs, seeds) }, (_, job) => work(bundle, job)));

console.log(coverageInWords(results));
const missed = results.length >= SEEDS_FOR_ALL ? neverStruck(results) : [];
if (missed.length > 0) console.log(`\nno node failed at a moment of: ${missed.join(', ')}`);
console.log(`\n${summary()}`);
if (failures > 0 || missed.length > 0) process.exitCode = 1;
