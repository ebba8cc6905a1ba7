// npm run build: generate what the grammar generates, then bundle every entry of the table into dist/.
//
// A missing entry is an error that names the file: a build that leaves something out without a word would be found
// out only when a user presses F5.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { bundles } from './bundles.ts';
import { notices } from './notices.ts';
import { capture, main, root } from './processes.ts';

export async function build(): Promise<void> {
  const missing = bundles.filter(({ entry }) => !existsSync(join(root, entry)));
  if (missing.length > 0) {
    throw new Error(`no such entry: ${missing.map(({ entry }) => entry).join(', ')} (the table is tools/bundles.ts)`);
  }
  await capture('npm', ['run', '--silent', 'generate']);
  const built = await Promise.all(
    bundles.map(({ entry, file, options }) =>
      bundle({
        absWorkingDir: root,
        entryPoints: [entry],
        outfile: file,
        bundle: true,
        minify: true,
        keepNames: true,
        sourcemap: true,
        legalComments: 'none',
        logLevel: 'warning',
        ...options,
        metafile: true,
      }),
    ),
  );
  const text = notices(built.map(({ metafile }) => metafile));
  writeFileSync(join(root, 'dist/third-party-notices.txt'), text);
}

if (import.meta.filename === process.argv[1]) {
  main(async () => {
    const began_ms = Date.now();
    await build();
    console.log(`built ${bundles.map(({ file }) => file).join(', ')} in ${Date.now() - began_ms} ms`);
  });
}
