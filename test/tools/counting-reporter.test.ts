// The counts that `npm test` adds up are mocha's own: passes, failures and tests left out, from a run that has all three.
// What failed is named at the end of `npm test`, where it is read, by what the reporter has kept of it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finish, root } from '../../tools/processes.ts';

describe('the counting reporter', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'osf1ad-reporter-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('writes what mocha counted, and keeps its summary and exit code', async () => {
    const [spec, counts] = [join(folder, 'story.cjs'), join(folder, 'counts.json')];
    writeFileSync(spec, "it('a', () => {}); it('b', () => {}); it('c', () => { throw new Error('no'); }); it('d');");
    const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
    const reporter = join(root, 'tools/counting-reporter.cjs');
    const options = ['--no-config', '--reporter', reporter, '--reporter-option', `style=Dot,counts=${counts}`];
    const { code, output } = await finish(process.execPath, [mocha, ...options, spec]);
    const { failed, ...counted } = JSON.parse(readFileSync(counts, 'utf8')) as { failed: { error: string }[] };
    assert.deepEqual(counted, { passes: 2, failures: 1, pending: 1 });
    assert.deepEqual(
      failed.map(({ error, ...rest }) => ({ ...rest, error: error.split('\n')[0] })),
      [{ test: 'c', error: 'Error: no' }],
    );
    assert.match(failed[0]?.error ?? '', /story\.cjs/, 'where it failed');
    assert.equal(code, 1);
    assert.match(output, /2 passing[^]*1 pending[^]*1 failing/);
  });
});
