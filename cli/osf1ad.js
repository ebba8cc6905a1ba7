#!/usr/bin/env node
// The command `osf1ad`. It only opens the bundle: npm wants a file that exists before anything is built.
import { existsSync } from 'node:fs';

const bundle = new URL('../dist/osf1ad.cjs', import.meta.url);

if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  console.error('osf1ad is not built yet: run `npm run build` first');
  process.exitCode = 1;
}
