/**
 * The documents are true: what they link to and name exists, the commands in them run, the scripts in them compile.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCodes } from '../../cli/exit.ts';
import { compileScript } from '../../language/compile.ts';
import { command } from '../cli/command.ts';

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

interface Block {
  readonly language: string;
  readonly text: string;
}

const textOf = (path: string): string => readFileSync(path, 'utf8');
const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;
const blocks = (path: string): Block[] =>
  [...textOf(path).matchAll(fence)].map(([, language = '', text = '']) => ({ language, text }));
const prose = (path: string): string => textOf(path).replace(fence, '');
const spans = (path: string): string[] => [...prose(path).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);

/** Words of a command, as a shell splits them (double quotes are enough here). */
const words = (line: string): string[] => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, a, b]) => a ?? b ?? '');

const folders = 'simulator|language|debug-adapter|extension|cli|syntaxes|examples|test|bench|tools|docs';

describe('the documents', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

  for (const path of documents) {
    describe(path, () => {
      it('links to what exists', () => {
        for (const [, target = ''] of prose(path).matchAll(/\]\(([^)\s]+)\)/g)) {
          const [file = '', anchor] = target.split('#');
          if (/^https?:/.test(target)) continue;
          const found = file === '' ? path : join(dirname(path), file);
          assert.ok(existsSync(found), `${target} leads nowhere`);
          if (anchor !== undefined) assert.ok(anchors(found).includes(anchor), `${target}: no such heading`);
        }
      });

      it('names files and folders that exist', () => {
        for (const span of spans(path)) {
          if (new RegExp(`^(${folders})/[\\w./-]*$`).test(span)) assert.ok(existsSync(span), `there is no ${span}`);
        }
      });

      it('names scripts of npm that exist', () => {
        for (const [, name = ''] of textOf(path).matchAll(/npm run ([\w:-]+)/g)) {
          assert.ok(name in scripts, `there is no npm run ${name}`);
        }
      });

      it('has scripts that compile, and JSON that is JSON', () => {
        for (const { language, text } of blocks(path)) {
          if (language === 'json') JSON.parse(text);
          if (language !== 'osf1ad') continue;
          const errors = compileScript(text, path).diagnostics.filter(({ severity }) => severity === 'error');
          assert.deepEqual(errors, []);
        }
      });

      it('has commands that run', async () => {
        for (const line of blocks(path).flatMap(({ language, text }) => (language === 'sh' ? text.split('\n') : []))) {
          const [npx, osf1ad, ...args] = words(line);
          if (npx !== 'npx' || osf1ad !== 'osf1ad') continue;
          const { code, err } = await command(...args);
          assert.equal(code, 0, `${line}\n${err}`);
        }
      }).timeout(60_000);
    });
  }

  it('the command line prints only examples that run', async () => {
    for (const name of ['', 'run', 'test']) {
      const { out } = await command(...(name === '' ? [] : [name]), '--help');
      for (const [, line = ''] of out.matchAll(/^ {2}osf1ad (.*--.*|run \S+)$/gm)) {
        const { code, err } = await command(...words(line), '--limit', '50000');
        assert.equal(code, 0, `osf1ad ${line}\n${err}`);
      }
    }
  }).timeout(60_000);

  it('docs/cli.md lists every exit code', () => {
    const listed = [...prose('docs/cli.md').matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, code, name]) => [
      name,
      Number(code),
    ]);
    assert.deepEqual(Object.fromEntries(listed), exitCodes);
  });

  it('docs/cli.md and the help agree on the options', async () => {
    const usage = blocks('docs/cli.md')[0]?.text ?? '';
    for (const name of ['run', 'test']) {
      const { out } = await command(name, '--help');
      const offered = [...out.matchAll(/^ {2}(--\w+)/gm)].map(([, option]) => option);
      const line = usage.split('\n').find((each) => each.includes(`osf1ad ${name}`)) ?? '';
      assert.deepEqual([...line.matchAll(/--\w+/g)].map(([option]) => option).sort(), offered.sort());
    }
  });

  it('decisions are numbered, and at most sixty lines long', () => {
    for (const name of readdirSync('docs/decisions').filter((each) => /^\d/.test(each))) {
      const text = textOf(join('docs/decisions', name));
      assert.match(text, new RegExp(`^# ${name.slice(0, 4)}: `), name);
      assert.ok(text.split('\n').length <= 61, `${name} is too long`);
    }
  });
});

/** The anchors of a document's headings, as GitHub makes them. */
function anchors(path: string): string[] {
  return [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}
