/** `osf1ad test`: the table, the JSON, and how it ends. */
import assert from 'node:assert/strict';
import { command, commandWith, Folder, scripts } from './command.ts';

interface Results {
  readonly exit: { readonly code: number; readonly name: string };
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly {
    readonly file: string;
    readonly scenario: string | null;
    readonly exit: string;
    readonly digest: string | null;
    readonly again: string | null;
    readonly reasons: readonly string[];
  }[];
}

describe('osf1ad test', () => {
  const folder = new Folder();
  const file = (name: keyof typeof scripts): string => folder.file(`${name}.adw`, scripts[name]);
  const json = async (...args: readonly string[]): Promise<Results> =>
    JSON.parse((await command('test', ...args, '--json')).out) as Results;
  after(() => folder.remove());

  it('tests all examples where nothing is named, and all of them pass', async () => {
    const { code, out, err } = await command('test', '--limit', '100000');
    assert.equal(code, 0, out + err);
    assert.match(out, /^examples\/01-a-compiler-moves\.adw\n {2}ok {4}a compiler moves in mid-flight +5 held/);
    assert.match(out, /\n\d+ passed, 0 failed\n$/);
    assert.equal(err, '');
  });

  it('says why a scenario failed, and how to run it again', async () => {
    const { code, out } = await command('test', file('good'), file('broken'));
    assert.equal(code, 10);
    assert.match(out, / {2}ok {4}works +1 held/);
    assert.match(out, / {2}FAIL {2}does not work +0 of 1 held/);
    assert.match(out, / {8}\S+broken\.adw:11: expected p\.status == 3, but /);
    assert.match(out, / {8}seed 5; run it again: npx osf1ad run \S+broken\.adw --scenario "does not work" --seed 5\n/);
    assert.match(out, /\n1 passed, 1 failed\n$/);
  });

  it('goes on after a script that cannot be run, and ends with the gravest', async () => {
    const { exit, passed, failed, results } = await json(file('broken'), file('wrong'), file('good'), file('syntax'));
    assert.deepEqual(exit, { code: 64, name: 'parse' });
    assert.deepEqual([passed, failed], [1, 3]);
    assert.deepEqual(
      results.map((result) => result.exit),
      ['expectation', 'validate', 'ok', 'parse'],
    );
    assert.match(results[1]?.reasons[0] ?? '', /wrong\.adw:8:\d+: error: /);
  });

  it('stops at the first failure with --bail', async () => {
    const { results } = await json('--bail', file('good'), file('broken'), file('good'));
    assert.equal(results.length, 2);
  });

  it('takes a folder for the scripts in it, and names a file that is not there', async () => {
    const other = new Folder();
    other.file('b.adw', scripts.good);
    other.file('a.adw', scripts.good);
    other.file('c.txt', 'no script');
    const { results } = await json(other.path, 'no.adw');
    other.remove();
    assert.deepEqual(
      results.map((each) => each.file.split('/').at(-1)),
      ['a.adw', 'b.adw', 'no.adw'],
    );
    assert.equal(results[2]?.exit, 'input');
  });

  it('says the same every time', async () => {
    const once = await json(file('good'), file('broken'));
    assert.deepEqual(await json(file('good'), file('broken')), once);
    assert.match(once.results[0]?.digest ?? '', /^[0-9a-f]{16}$/);
  });

  it('gives up, and can be interrupted', async () => {
    const { exit } = await json(file('endless'), '--limit', '2000');
    assert.equal(exit.code, 75);
    const { code, out } = await commandWith({ interrupt: AbortSignal.abort() }, 'test', file('good'), file('good'));
    assert.equal(code, 130);
    assert.match(out, /\n0 passed, 1 failed\n$/);
  });
});
