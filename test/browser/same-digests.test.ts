// One seed, two hosts: Node and a browser's worker go through the same worlds, event by event.
//
// The worker's bundle is the one of tools/bundles.ts, made here and now, so that the test never runs yesterday's code.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { compileScript } from '../../language/compile.ts';
import { browser as findBrowser } from '../../tools/browser.ts';
import { bundles } from '../../tools/bundles.ts';
import { root } from '../../tools/processes.ts';
import { digestsOf, type Moment, type Run } from './digests.ts';

const EVENTS_MAX = 20_000;

/** Runs in the page: starts a worker from its source, sends it a run, and gives back its answer or its error. */
const inWorker = `({ source, run }) => new Promise((resolve, reject) => {
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = ({ message }) => { worker.terminate(); reject(new Error(message)); };
  worker.postMessage(run);
})`;

async function workerSource(): Promise<string> {
  const bundle = bundles.find(({ entry }) => entry === 'test/browser/worker.ts');
  assert.ok(bundle, 'the worker is in the table of bundles');
  const options: BuildOptions = { ...bundle.options, absWorkingDir: root, entryPoints: [bundle.entry], bundle: true };
  const { outputFiles } = await build({ ...options, write: false });
  return outputFiles[0]?.text ?? '';
}

describe('the simulator in a browser', () => {
  let running: Browser;
  let page: Page;
  let source: string;

  before(async function () {
    this.timeout(600_000); // a fresh machine installs a browser first
    source = await workerSource();
    running = await chromium.launch({ executablePath: await findBrowser(), args: ['--no-sandbox', '--disable-gpu'] });
    page = await running.newPage();
  });
  after(async () => running.close());

  for (const name of readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.adw'))) {
    it(`goes through the same worlds as in Node: ${name}`, async () => {
      const { image } = compileScript(readFileSync(join(root, 'examples', name), 'utf8'), name);
      assert.ok(image, `${name} compiles`);
      for (const [scenario] of image.scenarios.entries()) {
        const run: Run = { image, scenario, seed: 7, events_max: EVENTS_MAX };
        const here = digestsOf(run);
        const there = await page.evaluate<Moment[]>(`(${inWorker})(${JSON.stringify({ source, run })})`);
        assert.ok(here.length > 1, 'something happens');
        const first = here.find(({ digest }, index) => digest !== there[index]?.digest);
        assert.equal(first, undefined, `the worlds of scenario ${scenario} differ at or before event ${first?.event}`);
        assert.equal(there.length, here.length);
      }
    });
  }
});
