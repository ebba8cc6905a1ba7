// The workbench opens: the examples are in the explorer, our container is in the activity bar, and nothing else asks
// for attention.
import assert from 'node:assert/strict';
import { pictureOnFailure, startEditor, type Editor } from './host.ts';

describe('the editor', () => {
  let editor: Editor;
  before(async function () {
    this.timeout(600_000); // the first run installs the editor and, on a fresh machine, a browser
    editor = await startEditor({ folder: 'examples' });
  });
  after(async () => editor.stop());
  pictureOnFailure(() => editor);

  it('opens the examples', async () => {
    const row = await editor.waitFor('.explorer-folders-view .monaco-list-row[aria-label$=".adw"]');
    assert.match((await row.getAttribute('aria-label')) ?? '', /^01-/);
  });

  it('shows our container in the activity bar', async () => {
    await editor.openContainer('OSF/1 AD');
    const title = await editor.waitFor('.sidebar .composite.title h2');
    assert.match(await title.innerText(), /OSF\/1 AD/i);
    await editor.screenshot('workbench');
  });

  it('opens a script in our language', async () => {
    const text = await editor.openFile('01-a-compiler-moves.adw');
    assert.match(await text.innerText(), /compiler/);
    await editor.waitFor('.statusbar-item[aria-label*="OSF/1 AD"]');
  });

  it('offers our commands in the palette', async () => {
    await editor.runCommand('OSF/1 AD: Focus on Tasks View');
    await editor.waitFor('.sidebar .pane-header.expanded[aria-label*="Tasks"]');
  });

  it('keeps quiet: no welcome page, no chat, no notification', async () => {
    for (const noise of ['.gettingStartedContainer', '.interactive-session', '.notification-toast']) {
      assert.equal(await editor.page.locator(noise).count(), 0, `${noise} should not be there`);
    }
  });
});
