// A mistake is written into a script: the editor underlines the place and says in a sentence what is wrong, and is content
// when it has been put right.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEditor, type Editor } from './host.ts';

const draft = `cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
}
program idle() {
  compute 1 ms
}
scenario "nowhere" on lab {
  let it = spawn idle() on source
  wait it
}
`;

describe('writing a script', () => {
  let editor: Editor;
  before(async function () {
    this.timeout(600_000); // the first run installs the editor and, on a fresh machine, a browser
    editor = await startEditor({ folder: 'examples' });
    writeFileSync(join(editor.folder, 'draft.adw'), draft);
    await editor.openFile('draft.adw');
  });
  after(async () => editor.stop());

  const problems = async (): Promise<string[]> =>
    editor.page.locator('.markers-panel .monaco-list-row').allInnerTexts();

  /** Writes another word over the last one of a line. */
  async function writeOver(line: string, word: string): Promise<void> {
    await editor.page.locator('.editor-instance .view-line', { hasText: line }).locator('span span').last().dblclick();
    await editor.page.keyboard.type(word);
    await editor.page.keyboard.press('Escape');
  }

  it('underlines a node that does not exist, and names it in Problems', async () => {
    await writeOver('spawn idle', 'sorce');
    await editor.waitFor('.monaco-editor .squiggly-error');
    await editor.runCommand('Problems: Focus on Problems View');
    const rows = await editor.until('the problem to be listed', problems, (all) =>
      all.some((row) => /sorce/.test(row)),
    );
    const row = rows.find((each) => /sorce/.test(each)) ?? '';
    assert.match(row, /has no node `sorce`. Did you mean `source`\?[^]*Ln 9, Col 28/);
    await editor.screenshot('diagnostics');
  });

  it('is content when the name is put right', async () => {
    await writeOver('spawn idle', 'source');
    await editor.until('no problem to be left', problems, (all) => all.every((row) => !/sorce/.test(row)));
    const underlined = async (): Promise<number> => editor.page.locator('.monaco-editor .squiggly-error').count();
    await editor.until('no line to be left', underlined, (count) => count === 0);
  });
});
