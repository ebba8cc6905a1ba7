// The package's list: what is too much and what is missing is named, with the way out.
import assert from 'node:assert/strict';
import { judgePacked } from '../../tools/package-files.ts';

const expected = [/^package\.json$/, /^dist\/extension\.cjs$/, /^examples\/[\w-]+\.adw$/];
const complete = ['package.json', 'dist/extension.cjs', 'examples/01-a-compiler-moves.adw', 'examples/04-refused.adw'];

describe('the packed files', () => {
  it('accepts what we mean to ship', () => {
    assert.deepEqual(judgePacked(complete, expected), []);
  });

  it('names a file too many', () => {
    for (const file of ['extension/main.ts', 'dist/extension.cjs.map', 'test/editor/pictures/a.png', '.env']) {
      const findings = judgePacked([...complete, file], expected);
      assert.equal(findings.length, 1);
      assert.ok(findings[0]?.startsWith(`${file} is packed but not expected`), findings[0]);
    }
  });

  it('names what is missing', () => {
    const findings = judgePacked(['package.json', 'examples/04-refused.adw'], expected);
    assert.equal(findings.length, 1);
    assert.match(findings[0] ?? '', /no packed file matches .*extension.*: it is missing, or left out/);
  });

  it('takes no source, source map, secret or test for a file of the package', () => {
    const strangers = [
      'extension/main.ts',
      'dist/extension.cjs.map',
      '.env',
      'test/editor/pictures/a.png',
      'node_modules/a.js',
    ];
    const named = judgePacked(strangers).filter((finding) => finding.includes('is packed but not expected'));
    assert.equal(named.length, strangers.length);
  });
});
