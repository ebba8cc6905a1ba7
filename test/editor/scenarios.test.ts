// A script with several scenarios: F5 asks which one, runs it to its end, and its end stays to be read.
import assert from 'node:assert/strict';
import { pictureOnFailure, startEditor, type Editor } from './host.ts';
import { treeRows } from './reading.ts';

describe('a script with several scenarios', () => {
  let editor: Editor;
  before(async function () {
    this.timeout(600_000); // the first run installs the editor and, on a fresh machine, a browser
    editor = await startEditor({ folder: 'examples' });
  });
  after(async () => editor.stop());
  pictureOnFailure(() => editor);

  it('asks which one to run, and shows how it ended', async () => {
    await (await editor.openFile('04-refused.adw')).click();
    await editor.openContainer('OSF/1 AD');
    await editor.page.keyboard.press('F5');
    const offers = editor.page.locator('.quick-input-list .monaco-list-row');
    await offers.first().waitFor();
    assert.deepEqual(await offers.locator('.label-name').allInnerTexts(), [
      'a node that is short of memory refuses',
      'signals that came in meanwhile are handled after the refusal',
      'a program that migrates itself sees the refusal',
    ]);
    await editor.page.keyboard.type('short of memory');
    await editor.page.keyboard.press('Enter');
    await editor.waitFor('.sidebar .tree-explorer-viewlet-tree-view .message:has-text("The run is over")');
    const rows = await treeRows(editor, 'Vprocs');
    assert.ok(
      rows.some((row) => /^migration 1, pid \d+ worker · source → small · refused/.test(row)),
      rows.join('\n'),
    );
    await editor.waitFor('.repl .monaco-list-row:has-text("expectations held")');
  });
});
