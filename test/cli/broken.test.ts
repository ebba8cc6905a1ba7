/** What is said when a rule of the system is broken, or the simulator fails: never in a script's name. */
import assert from 'node:assert/strict';
import { broken, type Checker } from '../../simulator/checkers/checker.ts';
import { checkers } from '../../simulator/checkers/index.ts';
import { command } from './command.ts';

const file = 'examples/01-a-compiler-moves.adw';
const title = 'a compiler moves in mid-flight';
const EVENT = 120;

/** Runs the command with one checker more, which says no after the event. */
async function withChecker(no: () => never, ...args: readonly string[]): ReturnType<typeof command> {
  const checker: Checker = {
    rule: 'X9',
    story: 'nothing is ever the matter',
    check: ({ events }) => (events === EVENT ? no() : undefined),
  };
  const list = checkers as Checker[];
  list.push(checker);
  try {
    return await command(...args);
  } finally {
    list.pop();
  }
}

const breaks = (): never => broken('X9', 'the port cc1.reply has two receivers');
const fails = (): never => {
  throw new TypeError('a defect of ours');
};

describe('a broken rule', () => {
  it('ends a run with 12, the rule, the moment, the last events and the ways back', async () => {
    const { code, out, err } = await withChecker(breaks, 'run', file, '--checked', '--seed', '9');
    assert.equal(code, 12);
    assert.equal(out, '');
    const [where, rule, story, whose, ...more] = err.trimEnd().split('\n');
    assert.match(where ?? '', new RegExp(`^${file}: "${title}", seed 9: event ${EVENT}, [\\d.]+ ms$`));
    assert.equal(rule, 'broken rule X9: the port cc1.reply has two receivers');
    assert.equal(story, 'X9 says: nothing is ever the matter');
    assert.match(whose ?? '', /not of your script/);
    const records = more.slice(0, -4);
    assert.equal(records.length, 12);
    assert.match(records.at(-1) ?? '', new RegExp(`^ +${EVENT} {2}[\\d.]+ ms +\\w+`));
    const again = `npx osf1ad run ${file} --scenario "${title}" --seed 9`;
    assert.equal(more.at(-4), `run it again      ${again} --checked`);
    assert.equal(more.at(-3), `stop in front     ${again} --until ${EVENT - 1} --checked`);
    const launch = JSON.parse((more.at(-2) ?? '').replace('in the debugger   ', '')) as object;
    const expected = { type: 'osf1ad', request: 'launch', name: title, program: file, scenario: title, seed: 9 };
    assert.deepEqual(launch, { ...expected, checked: true });
    assert.match(more.at(-1) ?? '', new RegExp(`seek ${EVENT - 1}$`));
  });

  it('can be stopped in front of, as it says', async () => {
    const until = String(EVENT - 1);
    const { code, out } = await withChecker(breaks, 'run', file, '--until', until, '--checked', '--json');
    assert.equal(code, 0);
    assert.equal((JSON.parse(out) as { event: number }).event, EVENT - 1);
  });

  it('fails the scenario in a test, and the others still run', async () => {
    const { code, out } = await withChecker(breaks, 'test', file, 'examples/04-refused.adw', '--checked');
    assert.equal(code, 12);
    assert.match(out, / {2}FAIL {2}a compiler moves/);
    assert.match(out, / {8}broken rule X9: /);
    assert.match(out, / {8}run it again {6}npx osf1ad run /);
    assert.match(out, /\n0 passed, 4 failed\n$/);
  });

  it('is told from a defect, which ends with 1 and shows where', async () => {
    const { code, err } = await withChecker(fails, 'run', file, '--checked');
    assert.equal(code, 1);
    assert.match(err, /TypeError: a defect of ours\n +at /);
    assert.match(err, /run it again {6}npx osf1ad run /);
  });
});
