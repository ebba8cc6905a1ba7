// The licences of what the bundles carry, gathered into dist/third-party-notices.txt.
//
// The bundles contain other people's work, and its licences ask that their text travels with it. Which packages are in a
// bundle is what esbuild says it put there, so the list cannot drift from the truth. A package without a licence file
// stops the build: somebody has to look.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from './processes.ts';

/** The folder of the package that a bundled file belongs to, or nothing for a file of ours. */
function packageFolder(file: string): string | undefined {
  const at = file.lastIndexOf('node_modules/');
  if (at < 0) return undefined;
  const inside = file.slice(at + 'node_modules/'.length).split('/');
  const name = inside.slice(0, inside[0]?.startsWith('@') ? 2 : 1).join('/');
  return `${file.slice(0, at)}node_modules/${name}`;
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} ${version} has no licence file, and is in a bundle`);
  const text = readFileSync(join(root, folder, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}`;
}

export function notices(metafiles: readonly Metafile[]): string {
  const files = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(files.map(packageFolder).filter((folder) => folder !== undefined));
  const parts = [...folders].map(notice).sort();
  const line = '-'.repeat(80);
  return `${['This extension carries the following packages.', ...parts].join(`\n\n${line}\n\n`)}\n`;
}
