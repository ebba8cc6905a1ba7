// What scripts compile to: the listing stands below each script, as comments.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScript, simulatorProfiles, statementSpans } from '../../language/compile.ts';
import { theLanguage } from '../../language/parse.ts';
import { listing } from './listing.ts';
import { testSections } from './sections.ts';

const lab = `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
}
`;

const bare = (text: string): string => text.replace(/^\/\/\| .*\n/gm, '');

function annotate(text: string): string {
  const { image, diagnostics } = compileScript(/ on lab\b/.test(text) ? text + lab : text, 'case.adw');
  const said = diagnostics
    .filter(({ severity }) => severity !== 'hint')
    .map(({ code, span, message }) => `${span.line}:${span.column} ${code}: ${message}`);
  const lines = image === null ? said : [...said, ...listing(image).split('\n')];
  const end = /\n*$/.exec(text)?.[0] ?? '';
  return `${text.slice(0, text.length - end.length)}\n${lines.map((line) => `//| ${line}\n`).join('')}${end.slice(1)}`;
}

describe('the compiler', () => {
  testSections('lowering', bare, annotate);

  const examples = join(import.meta.dirname, '../../examples');
  for (const name of readdirSync(examples).filter((each) => each.endsWith('.adw'))) {
    it(`examples/${name} compiles without a word`, () => {
      const { image, diagnostics } = compileScript(readFileSync(join(examples, name), 'utf8'), name);
      assert.deepEqual(diagnostics, []);
      assert.ok(image !== null && image.scenarios.length > 0);
    });
  }

  it('docs/language.md lists the reserved words', () => {
    const reference = readFileSync(join(import.meta.dirname, '../../docs/language.md'), 'utf8');
    const listed = /\*\*Reserved\*\*[^`]*`([^`]*)`/.exec(reference)?.[1]?.split(/\s+/) ?? [];
    const words = Object.keys(theLanguage().parser.Lexer.definition).filter((word) => /^[a-z_]+$/.test(word));
    const reserved = words.filter((word) => compileScript(`const ${word} = 1`, 'x').image === null);
    assert.deepEqual(listed, reserved.sort());
  });

  it('the scripts of docs/language.md compile without a word', () => {
    const reference = readFileSync(join(import.meta.dirname, '../../docs/language.md'), 'utf8');
    const scripts = [...reference.matchAll(/^```osf1ad\n(.*?)^```/gms)].map(([, script]) => script ?? '');
    assert.ok(scripts.length > 0);
    for (const script of scripts) assert.deepEqual(compileScript(script, 'language.md').diagnostics, []);
  });

  it('keeps clusters, files and layouts', () => {
    const script = `
      const page = 4 KB
      cluster lab {
        network ethernet_10 machine i386_25
        price kernel_call 0.25 ms
        node master { pma pm_master credentials file_server "/" }
        node small { pma memory 2 MB refuse when memory.free < page * 2 }
        node shut { refuse always file_server "/tmp" }
      }`.replace('page * 2', '(page * 2)');
    const { image } = compileScript(
      `${script} file "/a" on master size 1.5 KB file "/b" size page program p { image bss page }`,
      'x',
    );
    assert.ok(image !== null);
    const [cluster] = image.clusters;
    assert.deepEqual(
      { ...cluster, span: null, nodes: cluster?.nodes.map((node) => ({ ...node, span: null })) },
      {
        name: 'lab',
        span: null,
        machine: 'i386_25',
        network: 'ethernet_10',
        prices: { kernel_call: 250_000 },
        management: 'distributed',
        placement: 'local',
        fileCaching: false,
        endsAtOnce: false,
        nodes: [
          {
            name: 'master',
            span: null,
            pma: true,
            pmMaster: true,
            credentials: true,
            monitor: false,
            console: false,
            fileServer: '/',
            memory: 16_777_216,
            refuseBelow: 0,
            refuseAll: false,
            refuseWhenBusy: false,
          },
          {
            name: 'small',
            span: null,
            pma: true,
            pmMaster: false,
            credentials: false,
            monitor: false,
            console: false,
            fileServer: null,
            memory: 2_097_152,
            refuseBelow: 8192,
            refuseAll: false,
            refuseWhenBusy: false,
          },
          {
            name: 'shut',
            span: null,
            pma: false,
            pmMaster: false,
            credentials: false,
            monitor: false,
            console: false,
            fileServer: '/tmp',
            memory: 16_777_216,
            refuseBelow: 0,
            refuseAll: true,
            refuseWhenBusy: false,
          },
        ],
      },
    );
    assert.deepEqual(
      image.files.map(({ path, node, size }) => [path, node, size]),
      [
        ['/a', 'master', 1536],
        ['/b', null, 4096],
      ],
    );
    assert.deepEqual(image.programs[0]?.layout, { text: 16_384, data: 8192, bss: 4096, stack: 16_384 });
  });

  it('tells the types of slots, and where breakpoints can be', () => {
    const script = `program p(t: time) { for i in 1 .. 2 { compute t } let fd = open("/a", read) close(fd) }`;
    const { image, slotTypes } = compileScript(script, 'x');
    assert.ok(image !== null);
    assert.deepEqual(image.programs[0]?.slots, ['t', 'i', '', 'fd']);
    assert.deepEqual(slotTypes?.programs[0], ['time', 'int', 'int', 'descriptor']);
    assert.deepEqual(
      statementSpans(image).map(({ column, endColumn }) => script.slice(column - 1, endColumn - 1)),
      ['for i in 1 .. 2', 'for i in 1 .. 2', 'compute t', 'let fd = open("/a", read)', 'close(fd)'],
    );
  });

  it('remembers the path, and gives no image for an error', () => {
    assert.equal(compileScript('', 'lab/first.adw').image?.path, 'lab/first.adw');
    const { image, slotTypes } = compileScript('program p { x() }', 'x');
    assert.deepEqual([image, slotTypes], [null, null]);
  });

  it('explains every price of the simulator', () => {
    assert.deepEqual(
      simulatorProfiles.prices.filter(({ doc }) => doc === ''),
      [],
    );
  });
});
