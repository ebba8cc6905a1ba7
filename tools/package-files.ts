// What the extension's package carries, as `vsce` reads it from .vscodeignore; held against a list by `npm run check`.
import { listFiles, PackageManager } from '@vscode/vsce';
import { root } from './processes.ts';

/** Every file of the package must match one of these, and each of these must match a file. */
const expectedFiles: readonly RegExp[] = [
  /^package\.json$/,
  /^README\.md$/,
  /^CHANGELOG\.md$/,
  /^LICENSE$/,
  /^dist\/extension\.cjs$/,
  /^dist\/(capability-table|inspector)\.js$/,
  /^dist\/debug-adapter\.cjs$/,
  /^dist\/language-server\.cjs$/,
  /^dist\/third-party-notices\.txt$/,
  /^extension\/media\/(capability-table|inspector)\.css$/,
  /^extension\/media\/icon\.png$/,
  /^extension\/media\/(osf1ad|adw-light|adw-dark|walkthrough-\w+)\.svg$/,
  /^syntaxes\/[\w.-]+\.json$/,
  /^examples\/[\w-]+\.adw$/,
];

export const packedFiles = (): Promise<string[]> => listFiles({ cwd: root, packageManager: PackageManager.None });

/** What is wrong with a list of packed files; nothing where it is what we mean to ship. */
export function judgePacked(files: readonly string[], expected = expectedFiles): string[] {
  return [
    ...files
      .filter((file) => !expected.some((pattern) => pattern.test(file)))
      .map(
        (file) =>
          `${file} is packed but not expected: leave it out in .vscodeignore, or name it in tools/package-files.ts`,
      ),
    ...expected
      .filter((pattern) => !files.some((file) => pattern.test(file)))
      .map((pattern) => `no packed file matches ${pattern.source}: it is missing, or left out by .vscodeignore`),
  ];
}
