// A script is written with a mistake in it: the editor underlines the place and says in a sentence what is wrong, and is
// content when it has been put right.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEditor, type Editor } from './host.ts';

describe('writing a script', () => {
  let editor: Editor;
  before(async function () {
    this.timeout(600_000); // the first run installs the editor and, on a fresh machine, a browser
    editor = await startEditor({ folder: 'examples' });
    writeFileSync(join(editor.folder, 'draft.adw'), '');
  });
  after(async () => editor.stop());

  const problems = async (): Promise<string[]> =>
    editor.page.locator('.markers-panel .monaco-list-row').allInnerTexts();

  it('underlines a node that does not exist, and names it in Problems', async () => {
    const text = await editor.openFile('draft.adw');
    await text.click();
    await editor.page.keyboard.insertText(
      [
        'cluster lab {',
        '  node master { pma pm_master credentials file_server "/" }',
        '  node source { pma }',
        '}',
        'program idle() {',
        '  compute 1 ms',
        '}',
        'scenario "nowhere" on lab {',
        '  let it = spawn idle() on sorce',
        '}',
        '',
      ].join('\n'),
    );
    await editor.waitFor('.monaco-editor .squiggly-error');
    await editor.runCommand('Problems: Focus on Problems View');
    const rows = await editor.until('the problem to be listed', problems, (all) =>
      all.some((row) => /sorce/.test(row)),
    );
    const row = rows.find((each) => /sorce/.test(each)) ?? '';
    assert.match(row, /source/, 'the sentence proposes the node that was meant');
    assert.match(row, /Ln 9, Col 28/);
    await editor.screenshot('diagnostics');
  });

  it('is content when the name is put right', async () => {
    await editor.runCommand('View: Focus Active Editor Group');
    const text = await editor.waitFor('.editor-instance .monaco-editor .view-lines');
    await text.locator('.view-line', { hasText: 'sorce' }).locator('span', { hasText: 'sorce' }).last().dblclick();
    await editor.page.keyboard.insertText('source');
    await editor.until('no problem to be left', problems, (all) => all.every((row) => !/sorce/.test(row)));
    assert.equal(await editor.page.locator('.monaco-editor .squiggly-error').count(), 0);
  });
});
