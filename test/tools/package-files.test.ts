// The package's list: what is too much and what is missing is named, with the way out.
import assert from 'node:assert/strict';
import { judgePacked } from '../../tools/package-files.ts';

const complete = [
  ...['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'],
  ...['dist/extension.cjs', 'dist/capability-table.js', 'dist/debug-adapter.cjs', 'dist/language-server.cjs'],
  ...['dist/third-party-notices.txt', 'extension/media/capability-table.css'],
  ...['extension/media/icon.png', 'extension/media/osf1ad.svg', 'extension/snippets/osf1ad.json'],
  ...['syntaxes/osf1ad.tmLanguage.json', 'syntaxes/language-configuration.json', 'examples/01-a-compiler-moves.adw'],
];

describe('the packed files', () => {
  it('accepts what we mean to ship', () => {
    assert.deepEqual(judgePacked(complete), []);
  });

  it('names a file too many: a source, a source map, a picture of a test', () => {
    for (const file of ['extension/main.ts', 'dist/extension.cjs.map', 'test/editor/pictures/a.png', '.env']) {
      const [finding, ...more] = judgePacked([...complete, file]);
      assert.deepEqual(more, []);
      assert.ok(finding?.startsWith(`${file} is packed but not expected`), finding);
    }
  });

  it('names what is missing', () => {
    const findings = judgePacked(complete.filter((file) => file !== 'dist/debug-adapter.cjs'));
    assert.equal(findings.length, 1);
    assert.match(findings[0] ?? '', /no packed file matches .*debug-adapter/);
  });
});
