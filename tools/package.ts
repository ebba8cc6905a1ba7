// npm run package: builds, holds the package against what we mean to ship, and writes osf1ad-VERSION.vsix.
//
// The package needs no node_modules: the bundles carry everything. It must weigh less than 2 MB, and each bundle keeps
// to its budget, so that nobody adds a megabyte without noticing.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { build } from './build.ts';
import { bundles } from './bundles.ts';
import { judgePacked, packedFiles } from './package-files.ts';
import { main, root } from './processes.ts';

const VSIX_BYTES_MAX = 2_000_000;

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
const size = (file: string): number => statSync(join(root, file)).size;

function overBudget(): string[] {
  return bundles
    .filter(({ file, budget_bytes }) => size(file) > budget_bytes)
    .map(({ file, budget_bytes }) => {
      const sizes = `${kilobytes(size(file))}, its budget is ${kilobytes(budget_bytes)}`;
      return `${file} weighs ${sizes}: find out what came in, or raise the budget in tools/bundles.ts`;
    });
}

main(async () => {
  await build();
  const findings = [...judgePacked(await packedFiles()), ...overBudget()];
  if (findings.length > 0) throw new Error(findings.join('\n'));
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
  const file = `${name}-${version}.vsix`;
  await createVSIX({
    cwd: root,
    packagePath: join(root, file),
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  for (const bundle of bundles) console.log(`${bundle.file}: ${kilobytes(size(bundle.file))}`);
  console.log(`${file}: ${kilobytes(size(file))}`);
  if (size(file) >= VSIX_BYTES_MAX) throw new Error(`${file} must weigh less than ${kilobytes(VSIX_BYTES_MAX)}`);
});
