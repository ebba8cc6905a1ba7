// The house as it stands: every TypeScript file in the folders that the table of rooms names.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from '../processes.ts';
import { rooms } from './table.ts';

function sources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Path, from the repository's root with slashes, to text. */
export function house(): Map<string, string> {
  const folders = new Set(
    rooms.flatMap(({ paths }) =>
      paths.filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))),
    ),
  );
  return new Map([...folders].flatMap(sources).map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
