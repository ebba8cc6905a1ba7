// npm run generated: generates again what the grammar generates, and fails where the committed files differed.
//
// The generated files are committed, so that the repository can be read and type-checked without running a generator;
// this is what keeps them true.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { capture, main, root } from './processes.ts';

const folders = ['language/generated', 'syntaxes'];

function contents(): Map<string, string> {
  const files = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [relative(root, file), readFileSync(file, 'utf8')]));
}

main(async () => {
  const before = contents();
  await capture('npm', ['run', '--silent', 'generate']);
  const after = contents();
  const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file),
  );
  if (stale.length > 0)
    throw new Error(`not what the grammar generates; now renewed, look and commit: ${stale.join(', ')}`);
  console.log(`${after.size} files in ${folders.join(' and ')} are what the grammar generates`);
});
