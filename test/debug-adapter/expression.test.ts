import assert from 'node:assert/strict';
import { evaluate, type Surrounding } from '../../debug-adapter/expression/evaluate.ts';
import { logText, parseLogMessage } from '../../debug-adapter/expression/log-message.ts';
import { parseExpression } from '../../debug-adapter/expression/syntax.ts';

const names: Readonly<Record<string, unknown>> = {
  pid: 7,
  name: 'cc1',
  up: true,
  list: [1, { deep: 'x' }],
  none: null,
};
const around: Surrounding = {
  name: (name) => names[name],
  call: (name, [operand]) => (name === 'node' ? { node: operand, up: operand === 'dest' } : undefined),
  member: (name, property) => (name === 'pid' && property === 'alive' ? true : undefined),
  names: () => [...Object.keys(names), 'node'],
};

const valueOf = (source: string): unknown => evaluate(parseExpression(source), around);

const values: readonly (readonly [string, unknown])[] = [
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 2 - 3', 5],
  ['-2 * -3', 6],
  ['7 % 4 / 2', 1.5],
  ['1.4 s', 1_400_000_000],
  ['500ms + 1 us', 500_001_000],
  ['4 KB', 4096],
  ['"a" + 1', 'a1'],
  ['"a\\"b" + \'c\'', 'a"bc'],
  ['pid == 7 and name == "cc1"', true],
  ['pid == 7 && !(name == "cc1")', false],
  ['not pid == 8', true],
  ['not up or up', true],
  ['pid != 7 or name < "d"', true],
  ['pid in 1 .. 7', true],
  ['1 s in 500 ms .. 999 ms', false],
  ['list[1].deep', 'x'],
  ['list.length', 2],
  ['list[list.length - 1]["deep"]', 'x'],
  ['node("dest").up and not node("source").up', true],
  ['none == null', true],
  ['pid.alive and pid == 7', true],
  ['list == list', false],
  ['false and nothing_here', false],
  ['true or nothing_here', true],
];

const errors: readonly (readonly [string, RegExp])[] = [
  ['', /the expression is empty \(column 1\)/],
  ['1 +', /ends too early \(column 4\)/],
  ['1 2', /expected an operator or the end but found 2 \(column 3\)/],
  ['(1', /expected '\)' but found the end/],
  ['pid ==', /ends too early/],
  ['pid @ 7', /'@' cannot stand here \(column 5\)/],
  ['pid.', /expected a property after '\.'/],
  ['"open', /cannot stand here/],
  ['pidd == 7', /there is no 'pidd' here\. Did you mean `pid`\? \(column 1\)/],
  ['nude("x")', /there is no function 'nude'\. Did you mean `node`\?/],
  ['pid.node', /the number 7 has no 'node'/],
  ['none.node', /null has no 'node'/],
  ['node("x").lost', /there is no 'lost' in it; it has node, up/],
  ['list[2]', /there is no element 2; the list has 2/],
  ['list.first', /a list has no 'first'/],
  ['pid / 0', /division by zero/],
  ['name * 2', /'\*' is for numbers; this is the string "cc1"/],
  ['('.repeat(500), /nested deeper than 100/],
  ['not '.repeat(500), /nested deeper than 100/],
];

describe('expressions', () => {
  for (const [source, expected] of values)
    it(`${source} is ${JSON.stringify(expected)}`, () => assert.deepEqual(valueOf(source), expected));
  for (const [source, expected] of errors)
    it(`${source.slice(0, 20)} is an error`, () => assert.throws(() => valueOf(source), expected));
});

describe('log messages', () => {
  const log = (source: string): string => logText(parseLogMessage(source), around);

  it('put values between their text', () =>
    assert.equal(log('pid {pid} is {name}: {list}'), 'pid 7 is cc1: [1,{"deep":"x"}]'));
  it('take a doubled brace as it is', () => assert.equal(log('{{pid}} {pid}'), '{pid} 7'));
  it('say in its place what has no value', () => assert.match(log('a {lost} b'), /^a <there is no 'lost' here.*> b$/));
  it('must close their braces', () => assert.throws(() => parseLogMessage('a {pid'), /never closed/));
});
