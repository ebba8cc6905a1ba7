// npm run imports: judges every TypeScript file of the repository against the table of rooms.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { main, root } from '../processes.ts';
import { judge } from './judge.ts';
import { rooms } from './table.ts';

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

main(async () => {
  const folders = new Set(rooms.flatMap(({ paths }) => paths.map((path) => path.split('/')[0] ?? path)));
  const files = new Map([...folders].flatMap(sources).map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  const findings = judge(files);
  for (const { path, line, message } of findings) console.error(`${path}:${line}: ${message}`);
  if (findings.length > 0) throw new Error(`${findings.length} imports or names break the table of rooms`);
  console.log(`${files.size} files keep to the table of rooms`);
});
