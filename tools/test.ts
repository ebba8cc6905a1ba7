// npm test: builds, then runs every suite, a thousand seeds of the swarm, a failure at every event of a migration and the
// tests in the real editor included, and adds up what they counted.
//
//   npm test                all of it; needs nothing but `npm ci` (a browser and the editor come by themselves)
//   npm test -- unit        one suite by name
//
// The last line is `N passed, N failed`; what failed is named before it once more. The counts are mocha's own; a suite that ends without having counted, or with
// an error outside any test, is one failure more. A test that is skipped or marked `only` is a failure, too. The swarm
// counts as one test, and so do the crashes.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browser } from './browser.ts';
import { build } from './build.ts';
import { editorHost } from './editor-host/install.ts';
import { finish, main, root } from './processes.ts';

interface Suite {
  readonly name: string;
  readonly config: string;
  readonly style: 'Dot' | 'Spec';
  readonly run_ms_max: number;
  /** What the suite needs beside the build, brought before it starts so that no test waits for it. */
  readonly prepare: () => Promise<unknown>;
}

interface Failure {
  readonly test: string;
  /** What was wrong, and where. */
  readonly error: string;
}

interface Counts {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
  readonly failed: readonly Failure[];
}

const MINUTE_MS = 60_000;

const unit: Suite = {
  name: 'unit',
  config: '.mocharc.json',
  style: 'Dot',
  run_ms_max: 30 * MINUTE_MS,
  prepare: browser, // one test runs the simulator in a browser's worker
};

const editor: Suite = {
  name: 'editor',
  config: 'test/editor/.mocharc.json',
  style: 'Spec',
  run_ms_max: 40 * MINUTE_MS,
  prepare: async () => [await browser(), await editorHost((line) => console.log(line))],
};

const SWARM_SEEDS = 1000;
const SWARM_MS_MAX = 60 * MINUTE_MS;

function countsIn(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}

async function runSuite({ name, config, style, run_ms_max, prepare }: Suite): Promise<Counts> {
  console.log(`\n${name} tests`);
  await prepare();
  const folder = mkdtempSync(join(tmpdir(), 'osf1ad-counts-'));
  const file = join(folder, 'counts.json');
  const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
  const reporter = ['--reporter', join(root, 'tools/counting-reporter.cjs')];
  const where = ['--reporter-option', `style=${style},counts=${file}`];
  const { code, output } = await finish(
    process.execPath,
    [mocha, '--config', config, '--forbid-only', '--forbid-pending', ...reporter, ...where],
    { stdio: ['ignore', 'inherit', 'inherit'], timeout: run_ms_max },
  );
  const counts = countsIn(file);
  rmSync(folder, { recursive: true, force: true });
  if (output !== '') console.log(output.trim());
  if (counts === undefined) {
    return failure(name, `the ${name} tests ended (code ${code}) before they were counted`);
  }
  if (code !== 0 && counts.failures === 0) {
    const error = `every ${name} test passed, and yet the run ended with code ${code}`;
    return { ...failure(name, error), passes: counts.passes };
  }
  return counts;
}

function failure(test: string, error: string): Counts {
  return { passes: 0, failures: 1, pending: 0, failed: [{ test, error }] };
}

/** A program that counts as one test: it talks on our terminal, and its exit code says whether something failed. */
async function runAsOne(name: string, script: string, options: readonly string[], run_ms_max: number): Promise<Counts> {
  const { code } = await finish(process.execPath, ['--import', 'tsx', join(root, script), ...options], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: run_ms_max,
  });
  if (code === 0) return { passes: 1, failures: 0, pending: 0, failed: [] };
  return failure(name, `it ended with code ${code}; what it found is printed where it ran`);
}

/** Two workers (docs/swarm.md). */
async function runSwarm(): Promise<Counts> {
  console.log(`\nswarm: seeds 1 to ${SWARM_SEEDS}`);
  return runAsOne('swarm', 'test/swarm/main.ts', ['--seeds', String(SWARM_SEEDS)], SWARM_MS_MAX);
}

const CRASHES_MS_MAX = 60 * MINUTE_MS;

/** One failure of each node at every event of a migration (docs/swarm.md). */
async function runCrashes(): Promise<Counts> {
  console.log('\na node fails at every event of a migration');
  return runAsOne('crashes', 'test/osf1/crash/main.ts', [], CRASHES_MS_MAX);
}

interface Part {
  readonly name: string;
  readonly perform: () => Promise<Counts>;
}

/** In the order in which they run. */
const parts: readonly Part[] = [
  { name: unit.name, perform: () => runSuite(unit) },
  { name: 'swarm', perform: runSwarm },
  { name: 'crashes', perform: runCrashes },
  { name: editor.name, perform: () => runSuite(editor) },
];

main(async () => {
  const names = process.argv.slice(2);
  const known = parts.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(', ')} (there are: ${known.join(', ')})`);
  console.log('building');
  await build();
  let [passed, failed] = [0, 0];
  const failures: Failure[] = [];
  for (const { perform } of parts.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const counts = await perform();
    passed += counts.passes;
    failed += counts.failures;
    failures.push(...counts.failed);
  }
  for (const { test, error } of failures) console.log(`\nfailed: ${test}\n${error}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
});
