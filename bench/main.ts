/**
 * `npm run bench`: how fast and how large the simulator is. `--quick` for a look, `--json` for programs.
 *
 * What is measured is a bundle, as it is shipped, in a process of its own: the loader that runs TypeScript directly
 * wraps every function to keep its name, which slows the hot path five times.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'osf1ad-bench-'));
try {
  const bundle = join(folder, 'report.cjs');
  const report = join(import.meta.dirname, 'report.ts');
  const esbuild = ['--bundle', '--platform=node', '--format=cjs', '--target=node20', '--log-level=warning'];
  execFileSync(join('node_modules', '.bin', 'esbuild'), [report, ...esbuild, `--outfile=${bundle}`], {
    stdio: 'inherit',
  });
  execFileSync(process.execPath, ['--expose-gc', bundle, ...process.argv.slice(2)], { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
