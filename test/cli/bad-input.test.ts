/** What a user can get wrong: a sentence that names the place and the way out, and never a stack. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { command, Folder, scripts } from './command.ts';

const moves = 'examples/01-a-compiler-moves.adw';

interface Mistake {
  readonly what: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly says: RegExp;
}

describe('osf1ad, given something wrong', () => {
  const folder = new Folder();
  after(() => folder.remove());

  const mistakes: readonly Mistake[] = [
    { what: 'no command', args: [], code: 2, says: /^Usage: osf1ad/ },
    { what: 'an unknown command', args: ['rum'], code: 2, says: /unknown command 'rum'\n\(Did you mean run\?\)/ },
    {
      what: 'an unknown option',
      args: ['run', moves, '--sed', '1'],
      code: 2,
      says: /'--sed'\n\(Did you mean --seed\?\)/,
    },
    { what: 'no file', args: ['run'], code: 2, says: /missing required argument 'file'/ },
    { what: 'two files', args: ['run', moves, moves], code: 2, says: /too many arguments/ },
    {
      what: 'a file that is not there',
      args: ['run', 'no.adw'],
      code: 66,
      says: /^no\.adw cannot be read: there is no such/,
    },
    { what: 'a folder', args: ['run', 'examples'], code: 66, says: /^examples is a directory; / },
    { what: 'a file as a folder', args: ['run', `${moves}/x`], code: 66, says: /there is no such file/ },
    {
      what: 'an unknown scenario',
      args: ['run', moves, '--scenario', 'a compiler move in mid-flight'],
      code: 2,
      says: /^\S+ has no scenario "a compiler move.*Did you mean `a compiler moves in mid-flight`\?.*\n {2}\S+\.adw:\d+:1: a compiler/,
    },
    {
      what: 'a negative seed',
      args: ['run', moves, '--seed=-1'],
      code: 2,
      says: /A seed is a whole number, 0 or more/,
    },
    { what: 'a seed in words', args: ['run', moves, '--seed', 'x'], code: 2, says: /A seed is a whole number/ },
    { what: 'a huge seed', args: ['run', moves, '--seed', '9'.repeat(30)], code: 2, says: /A seed is a whole number/ },
    { what: 'an unknown moment', args: ['run', moves, '--until', 'atach'], code: 2, says: /Did you mean `attach`\?/ },
    { what: 'an unknown unit', args: ['run', moves, '--until', '5 h'], code: 2, says: /a time in s, ms, us or ns/ },
    { what: 'a negative event', args: ['run', moves, '--until=-5'], code: 2, says: /neither an event/ },
    { what: 'half an event', args: ['run', moves, '--until', '1.5'], code: 2, says: /no part of an event/ },
    {
      what: 'half a nanosecond',
      args: ['run', moves, '--until', '0.5ns'],
      code: 2,
      says: /no whole number of nanoseconds/,
    },
    { what: 'a huge time', args: ['run', moves, '--until', '99999999999s'], code: 2, says: /too large/ },
    { what: 'an empty moment', args: ['run', moves, '--until', ''], code: 2, says: /neither an event/ },
    { what: 'a bad limit', args: ['run', moves, '--limit', 'all'], code: 2, says: /no whole number of events/ },
    { what: 'no script to test', args: ['test', 'cli'], code: 66, says: /There are no scripts \(\.adw\) in cli/ },
  ];

  for (const { what, args, code, says } of mistakes) {
    it(what, async () => {
      const { code: ended, out, err } = await command(...args);
      assert.equal(ended, code, err);
      assert.match(err, says);
      assert.equal(out, '');
      assert.doesNotMatch(err, /\n\s+at /);
    });
  }

  it('a script with syntax errors: 64, and every place', async () => {
    const file = folder.file('syntax.adw', scripts.syntax);
    const { code, out, err } = await command('run', file);
    assert.equal(code, 64);
    assert.equal(out, '');
    for (const line of err.trimEnd().split('\n')) assert.match(line, /syntax\.adw:\d+:\d+: error: .+ \[[\w-]+\]$/);
  });

  it('a script that cannot be run: 65, the place and the way out', async () => {
    const { code, err } = await command('run', folder.file('wrong.adw', scripts.wrong));
    assert.equal(code, 65);
    assert.match(err, /wrong\.adw:8:\d+: error: .*Did you mean `master`\? \[unknown-node\]\n$/);
  });

  it('a script without scenarios: 65', async () => {
    const { code, err } = await command('run', folder.file('none.adw', scripts.none));
    assert.equal(code, 65);
    assert.match(err, /none\.adw:1:1: error: The script has no scenario/);
  });

  it('a file that may not be read: 66', async function () {
    const file = folder.file('secret.adw', scripts.good);
    chmodSync(file, 0);
    const { code, err } = await command('run', file);
    // The superuser may read everything; then the script simply runs.
    if (process.getuid?.() === 0) return assert.equal(code, 0);
    assert.equal(code, 66);
    assert.match(err, /cannot be read: you may not read it/);
  });

  it('a file that is no text: errors with places', async () => {
    const { code, err } = await command('run', folder.file('binary.adw', '\u0000\u0001\ufffd'.repeat(50)));
    assert.equal(code, 64);
    assert.match(err, /binary\.adw:1:1: error: /);
    assert.doesNotMatch(err, /\n\s+at /);
  });

  it('an empty file: 65', async () => {
    const { code } = await command('run', join(folder.path, folder.file('empty.adw', '').slice(folder.path.length)));
    assert.equal(code, 65);
  });
});
