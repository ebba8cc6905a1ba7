// What holds for every text: the compiler answers, and the formatter changes only spaces.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { URI } from 'langium';
import { compileScript, statementSpans } from '../../language/compile.ts';
import { format } from '../../language/format.ts';
import { parse, theLanguage } from '../../language/parse.ts';
import { createLanguageServices } from '../../language/server.ts';
import type { Image, Span } from '../../simulator/workload/program.ts';

/** More with RUNS in the environment. */
const runs = Number(process.env['RUNS'] ?? 300);

const examples = join(import.meta.dirname, '../../examples');
const scripts = readdirSync(examples)
  .filter((name) => name.endsWith('.adw'))
  .map((name) => readFileSync(join(examples, name), 'utf8'));

const words = [...new Set(scripts.join(' ').match(/\w+|"[^"]*"|[^\s\w]+/g) ?? [])];

/** Random characters, random words of the language, and examples with a piece cut out or put in. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((each) => each.join(' ')),
  fc
    .tuple(fc.constantFrom(...scripts), fc.nat(4000), fc.nat(40), fc.constantFrom('', ...words))
    .map(([script, at, length, word]) => `${script.slice(0, at)} ${word} ${script.slice(at + length)}`),
);

function checkImage(image: Image): void {
  for (const { code, slots } of [...image.programs, ...image.scenarios]) {
    assert.equal(code.at(-1)?.op, 'end');
    for (const instruction of code) {
      if ('to' in instruction) assert.ok(instruction.to >= 0 && instruction.to < code.length, 'a jump lands');
      if ('slot' in instruction) assert.ok(instruction.slot >= -1 && instruction.slot < slots.length, 'a slot exists');
    }
  }
}

function checkSpan({ line, column, endLine, endColumn }: Span, lines: readonly string[]): void {
  assert.ok(line >= 1 && endLine >= line && endLine <= lines.length + 1, 'lines lie in the text');
  assert.ok(column >= 1 && (endLine > line || endColumn >= column), 'the end is not before the beginning');
  assert.ok(column <= (lines[line - 1]?.length ?? 0) + 1, 'columns lie in the line');
}

// ---- programs that must compile

const name = fc.constantFrom('a', 'b', 'file', 'node', 'data', 'process', 'text', 'read', 'p_1');
const number = fc.nat(1000).map(String);
const integer = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    number,
    fc.constantFrom('n', 'random(1, 6)', 'wait()'),
    fc.tuple(tie('value'), fc.constantFrom('+', '-', '*'), tie('value')).map((each) => `(${each.join(' ')})`),
  ),
})).value;
const condition = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(integer, fc.constantFrom('==', '<', '>='), integer).map((each) => each.join(' ')),
    fc.tuple(integer, number, number).map(([each, low, more]) => `${each} in ${low} .. ${low}${more}`),
    fc.tuple(tie('value'), fc.constantFrom('and', 'or'), tie('value')).map((each) => `(${each.join(' ')})`),
    tie('value').map((each) => `not (${String(each)})`),
  ),
})).value;

const statement = fc.letrec((tie) => {
  const block = fc.array(tie('value'), { maxLength: 3 }).map((each) => `{\n${each.join('\n')}\n}`);
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc
        .tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom('ns', 'us', 'ms', 's'))
        .map(([n, unit]) => `compute ${n} ${unit}`),
      fc
        .tuple(
          fc.constantFrom('touch', 'dirty'),
          fc.constantFrom('data', 'bss', 'stack'),
          fc.constantFrom('0', '1', 'n', '0 .. 1'),
        )
        .map(([verb, region, pages]) => `${verb} ${region}[${pages}]`),
      integer.map((each) => `n = ${each}`),
      integer.map((each) => `print(${each}, "text")`),
      fc.tuple(name, integer).map(([each, value]) => `if true { let ${each} = ${value} print(${each}) }`),
      fc.tuple(condition, block, block).map(([each, then, otherwise]) => `if ${each} ${then} else ${otherwise}`),
      fc.tuple(condition, block).map(([each, body]) => `while ${each} ${body}`),
      block.map((body) => `fork ${body}`),
    ),
  };
}).value;

const program = fc.array(statement, { maxLength: 6 }).map((each) => `program p(n: int) {\n${each.join('\n')}\n}\n`);

describe('for every text', () => {
  it('the compiler answers, with spans inside the text', () => {
    fc.assert(
      fc.property(text, (source) => {
        const { image, diagnostics } = compileScript(source, 'x');
        const lines = source.split(/\r\n|[\n\r]/);
        for (const { span, message } of diagnostics) {
          checkSpan(span, lines);
          assert.match(message, /[.?]$/);
        }
        assert.equal(
          image === null,
          diagnostics.some(({ severity }) => severity === 'error'),
        );
        if (image !== null) checkImage(image);
      }),
      { numRuns: runs },
    );
  });

  it('generated programs compile', () => {
    fc.assert(
      fc.property(program, (source) => {
        const { image, diagnostics } = compileScript(source, 'x');
        assert.deepEqual(
          diagnostics.filter(({ severity }) => severity === 'error'),
          [],
        );
        assert.ok(image !== null);
        checkImage(image);
        for (const span of statementSpans(image)) checkSpan(span, source.split('\n'));
      }),
      { numRuns: runs / 2 },
    );
  });

  it('formatting changes only spaces, and formatting twice is formatting once', () => {
    const lexer = theLanguage().parser.Lexer;
    const tokens = (source: string): string[] =>
      lexer.tokenize(source).tokens.map(({ image }) => image.replace(/(?<=\d)\s+(?=[a-zA-Z]+$)/, ''));
    const letters = (source: string): string => source.replace(/\s+/g, '');
    fc.assert(
      fc.property(fc.oneof(text, program), (source) => {
        const once = format(source, lexer);
        if (once === null) return;
        assert.equal(letters(once), letters(source));
        if (parse(source).errors.length > 0) return; // the editor does not ask then
        assert.deepEqual(tokens(once), tokens(source));
        assert.equal(format(once, lexer), once);
      }),
      { numRuns: runs },
    );
  });

  it('the examples are formatted', () => {
    for (const script of scripts) assert.equal(format(script, theLanguage().parser.Lexer), script);
  });

  it('the language server answers, wherever the cursor is', async () => {
    const { shared, language } = createLanguageServices();
    const { lsp } = language;
    const uri = 'file:///any.adw';
    await fc.assert(
      fc.asyncProperty(text, fc.double({ min: 0, max: 1, noNaN: true }), async (source, part) => {
        const document = shared.workspace.LangiumDocumentFactory.fromString(source, URI.parse(uri));
        shared.workspace.LangiumDocuments.addDocument(document);
        try {
          await shared.workspace.DocumentBuilder.build([document], { validation: true });
          const position = document.textDocument.positionAt(Math.floor(source.length * part));
          const params = { textDocument: { uri }, position };
          const options = { tabSize: 2, insertSpaces: true };
          await lsp.CompletionProvider?.getCompletion(document, params);
          await lsp.HoverProvider?.getHoverContent(document, params);
          await lsp.DefinitionProvider?.getDefinition(document, params);
          await lsp.ReferencesProvider?.findReferences(document, { ...params, context: { includeDeclaration: true } });
          await lsp.RenameProvider?.rename(document, { ...params, newName: 'other' });
          await lsp.DocumentSymbolProvider?.getSymbols(document, params);
          await lsp.FoldingRangeProvider?.getFoldingRanges(document, params);
          await lsp.SemanticTokenProvider?.semanticHighlight(document, params);
          await lsp.Formatter?.formatDocument(document, { ...params, options });
        } finally {
          shared.workspace.LangiumDocuments.deleteDocument(document.uri);
        }
      }),
      { numRuns: runs / 2 },
    );
  });

  it('deep nesting is reported, not followed', () => {
    const deep = [
      `const x = ${'('.repeat(5000)}1${')'.repeat(5000)}`,
      `const x = ${'-'.repeat(5000)}1`,
      `const x = 1${' + 1'.repeat(5000)}`,
      `program p { ${'if true { '.repeat(5000)}`,
      `program p { ${'fork { '.repeat(5000)}`,
      `program p { print(${'a.'.repeat(5000)}b) }`,
    ];
    for (const source of deep) {
      assert.ok(
        compileScript(source, 'x').diagnostics.some(({ code }) => code === 'too-deep'),
        source.slice(0, 40),
      );
    }
    const long = `program p(n: int) { if n == 1 { } ${'else if n == 2 { } '.repeat(2000)} print(1${' + 1'.repeat(400)}) }`;
    assert.deepEqual(compileScript(long, 'x').diagnostics, []);
  });
});
