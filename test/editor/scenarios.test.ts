// A script with several scenarios: F5 asks which one, runs it to its end, and its end stays to be read. A long one is seen
// moving while it runs, and can be paused.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pictureOnFailure, startEditor, type Editor } from './host.ts';
import { momentShown, openPane, openWholly, standsAt, treeRows } from './reading.ts';

const endless = `cluster lab {
  node master { pma pm_master credentials file_server "/" }
}
program spin(rounds: int) {
  for i in 1 .. rounds {
    compute 1 ms
  }
}
scenario "for a long time" on lab {
  let it = spawn spin(100000000) on master
  wait it
}
`;

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
    // A list draws only what fits: what is read last is given the height.
    await openWholly(editor, 'Vprocs');
    await editor.until(
      'the refused migration',
      async () => treeRows(editor, 'Vprocs'),
      (rows) => rows.some((row) => /^migration 1, pid \d+ worker · source → small · refused/.test(row)),
    );
    for (const view of ['Nodes', 'Tasks', 'Ports']) await openPane(editor, view, true);
    await editor.waitFor('.repl .monaco-list-row:has-text("expectations held")');
  });

  it('is seen moving while it runs, and stands still when it is paused', async () => {
    writeFileSync(join(editor.folder, 'endless.adw'), endless);
    await (await editor.openFile('endless.adw')).click();
    await editor.page.keyboard.press('F5');
    const first = await editor.until(
      'the cluster to run',
      async () => momentShown(editor),
      ({ isRunning }) => isRunning,
    );
    await editor.until(
      'more events',
      async () => momentShown(editor),
      ({ isRunning, event }) => isRunning && event > first.event,
    );
    await editor.page.keyboard.press('F6');
    const event = await standsAt(editor, (paused) => paused > first.event);
    await editor.waitFor('.sidebar .monaco-list-row[aria-label^="pid 2 spin, master"]');
    assert.equal((await momentShown(editor)).event, event, 'nothing moves any more');
    await editor.page.keyboard.press('Shift+F5');
    await editor.waitFor('.sidebar .tree-explorer-viewlet-tree-view .message:has-text("The session has ended")');
  });
});
