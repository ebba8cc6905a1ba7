// The table of rooms, broken on purpose: each test builds a small house in which one door is in the wrong place, and
// reads why that door does not exist.
import assert from 'node:assert/strict';
import { house } from '../../tools/imports/house.ts';
import { judge, roomOf } from '../../tools/imports/judge.ts';
import { forbiddenInSimulator, rooms } from '../../tools/imports/table.ts';

const findings = (files: Record<string, string>): string[] =>
  judge(new Map(Object.entries(files))).map(({ path, line, message }) => `${path}:${line}: ${message}`);

/** Exactly one finding, in that file, saying all of these words. */
function caught(files: Record<string, string>, path: string, ...words: string[]): void {
  const found = findings(files);
  assert.equal(found.length, 1, `one finding expected, not:\n${found.join('\n')}`);
  for (const word of [path, ...words]) assert.ok(found[0]?.includes(word), `"${word}" expected in: ${found[0]}`);
}

const importing = (module: string): string => `import { something } from '${module}';\n`;

describe('the rooms', () => {
  it('are kept by every file of this repository', () => {
    const files = house();
    assert.ok(files.has('tools/imports/house.ts'));
    const found = judge(files).map(({ path, line, message }) => `${path}:${line}: ${message}`);
    assert.deepEqual(found, []);
  });

  it('lets a layer import the layers below it', () => {
    assert.deepEqual(
      findings({
        'simulator/mach/ipc/port.ts': importing('../../base/time.ts') + importing('./right.ts'),
        'simulator/migration/process/detach.ts': importing('../../osf1/pma.ts') + importing('../../mach/task.ts'),
        'simulator/mach/thread.ts': importing('../workload/program.ts'),
        'simulator/workload/interpret.ts': importing('./program.ts') + importing('../osf1/emulator.ts'),
        'simulator/engine/step.ts': importing('../migration/index.ts') + importing('../checkers/index.ts'),
      }),
      [],
    );
  });

  const upward: [string, string, string][] = [
    ['simulator/base/table.ts', '../mach/task.ts', 'simulator/mach'],
    ['simulator/profiles/price.ts', '../workload/program.ts', 'simulator/program'],
    ['simulator/mach/task.ts', '../dipc/proxy.ts', 'simulator/dipc'],
    ['simulator/dipc/proxy.ts', '../xmm/page.ts', 'simulator/xmm'],
    ['simulator/xmm/page.ts', '../osf1/pma.ts', 'simulator/osf1'],
    ['simulator/osf1/pma.ts', '../migration/index.ts', 'simulator/migration'],
    ['simulator/migration/index.ts', '../workload/interpret.ts', 'simulator/workload'],
    ['simulator/workload/interpret.ts', '../engine/step.ts', 'simulator/engine'],
    ['simulator/faults/crash.ts', '../engine/step.ts', 'simulator/engine'],
    ['simulator/checkers/rights.ts', '../engine/step.ts', 'simulator/engine'],
    ['simulator/inspect/tasks.ts', '../engine/step.ts', 'simulator/engine'],
  ];
  for (const [path, module, room] of upward) {
    it(`sees ${path} call up into ${room}`, () => {
      const own = roomOf(path);
      assert.ok(own);
      caught({ [path]: `\n${importing(module)}` }, `${path}:2`, `may not import ${room}`, own.reason);
    });
  }

  it('keeps the simulator to itself: no module of Node, no package, no other room', () => {
    caught({ 'simulator/base/id.ts': importing('node:fs') }, 'simulator/base/id.ts', 'may not import node:');
    caught({ 'simulator/engine/step.ts': importing('vscode') }, 'step.ts', 'may not import vscode');
    caught({ 'simulator/engine/step.ts': importing('langium') }, 'step.ts', 'may not import langium');
    caught({ 'simulator/engine/step.ts': importing('../../language/compile.ts') }, 'step.ts', 'language/compile');
  });

  it('lets only language/compile know the simulator', () => {
    const simulator = importing('../simulator/engine/step.ts');
    caught({ 'language/validate.ts': simulator }, 'language/validate.ts', 'may not import simulator/engine');
    assert.deepEqual(findings({ 'language/compile.ts': simulator }), []);
    assert.deepEqual(findings({ 'language/compile/loops.ts': importing('../../simulator/workload/program.ts') }), []);
  });

  it('keeps vscode in the extension', () => {
    for (const path of ['debug-adapter/main.ts', 'language/main.ts', 'cli/main.ts']) {
      caught({ [path]: importing('vscode') }, path, 'may not import vscode');
    }
    assert.deepEqual(findings({ 'extension/main.ts': importing('vscode') }), []);
  });

  it('lets the extension see types of the debug adapter and of the state, and no values', () => {
    const panel = 'extension/debug/cluster.ts';
    caught({ [panel]: importing('../../debug-adapter/nodes.ts') }, panel, 'values of debug-adapter', 'import type');
    caught({ [panel]: importing('../../simulator/inspect/state.ts') }, panel, 'values of simulator/inspect');
    caught({ [panel]: "import { type T } from '../../debug-adapter/nodes.ts';" }, panel, 'values of debug-adapter');
    assert.deepEqual(findings({ [panel]: "import type { T } from '../../debug-adapter/nodes.ts';" }), []);
    caught({ [panel]: "import type { T } from '../../simulator/mach/task.ts';" }, panel, 'simulator/mach');
  });

  it('keeps the views pure, and the page free of the editor', () => {
    const page = 'extension/webview/main.ts';
    caught({ 'extension/views/tasks.ts': importing('vscode') }, 'tasks.ts', 'extension/views may not import vscode');
    caught({ 'extension/views/tasks.ts': importing('../trees/tree.ts') }, 'tasks.ts', 'may not import extension');
    caught({ [page]: importing('node:path') }, page, 'may not import node:');
    caught({ [page]: importing('../debug/cluster.ts') }, page, 'values of extension');
    assert.deepEqual(findings({ [page]: importing('../views/tasks.ts') }), []);
  });

  it('keeps the command line from the extension, and everything from the tests', () => {
    caught({ 'cli/main.ts': importing('../extension/main.ts') }, 'cli/main.ts', 'may not import extension');
    for (const path of [
      'simulator/base/id.ts',
      'language/main.ts',
      'debug-adapter/main.ts',
      'cli/main.ts',
      'bench/main.ts',
    ]) {
      const up = path
        .split('/')
        .slice(1)
        .map(() => '..')
        .join('/');
      caught({ [path]: importing(`${up}/test/story.ts`) }, path, 'may not import test');
    }
  });

  it('sees every way to write an import', () => {
    const ways = [
      "import '../engine/step.ts';",
      "import * as step from '../engine/step.ts';",
      "export { step } from '../engine/step.ts';",
      "export * from '../engine/step.ts';",
      "const step = import('../engine/step.ts');",
      "import step = require('../engine/step.ts');",
      "type Step = import('../engine/step.ts').Step;",
      "import type { Step } from '../engine/step.ts';",
    ];
    for (const way of ways) caught({ 'simulator/mach/task.ts': way }, 'task.ts', 'may not import simulator/engine');
    caught({ 'simulator/mach/task.ts': 'const m = import(name);' }, 'task.ts', 'what only the run decides');
  });

  it('asks for a room for every file, and for a reason for every room', () => {
    caught({ 'helpers/misc.ts': '' }, 'helpers/misc.ts', 'is in no room');
    caught({ 'cli/main.ts': importing('../../elsewhere/x.ts') }, 'cli/main.ts', 'leaves the repository');
    caught({ 'cli/main.ts': importing('../tsconfig.json') }, 'cli/main.ts', 'is in no room');
    for (const { name, reason } of rooms) assert.ok(reason.length > 40, `${name} should say why`);
  });
});

describe('names that the simulator may not use', () => {
  const uses: Record<string, string> = {
    async: 'const f = async () => 1;',
    await: 'for await (const x of xs) f(x);',
    '.localeCompare': 'names.sort((a, b) => a.localeCompare(b));',
    '.toLocaleString': 'n.toLocaleString();',
    require: 'const f = require;',
  };
  for (const { name } of forbiddenInSimulator) {
    it(`sees ${name}`, () => {
      const text = uses[name] ?? `const x = ${name};`;
      caught({ 'simulator/base/x.ts': text }, 'x.ts:1', `may not use ${name}:`);
      assert.deepEqual(findings({ 'cli/x.ts': text }), [], 'outside the simulator the name is free');
    });
  }

  it('reads syntax, not letters: comments, strings, keys and members of the same name are free', () => {
    const text = `// Date, Promise, setTimeout
      const s = 'Math.random';
      const o = { Date: 1, process: 2, await: 3 };
      interface Row { process: number; performance: string }
      const y = row.process + row.performance + o.Date;`;
    assert.deepEqual(findings({ 'simulator/osf1/x.ts': text }), []);
  });
});
