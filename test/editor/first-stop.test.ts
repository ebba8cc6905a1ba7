// Sixty seconds to the first stop, as the guide's first chapter tells it: choose the phases before anything runs, press
// F5, look, press F5 again, look at the capabilities. The picture of the README is taken here.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { pictureOnFailure, startEditor, type Editor } from './host.ts';
import { openPane, standsAt, stateOnCommandLine, stopShown, tablePage, tableRows, treeRows } from './reading.ts';

const script = '01-a-compiler-moves.adw';

describe('the first stop', () => {
  let editor: Editor;
  before(async function () {
    this.timeout(600_000); // the first run installs the editor and, on a fresh machine, a browser
    editor = await startEditor({ folder: 'examples' });
    mkdirSync(join(editor.folder, '.vscode'));
    const theme = { 'workbench.colorTheme': 'Default Dark Modern' };
    writeFileSync(join(editor.folder, '.vscode/settings.json'), JSON.stringify(theme));
    await editor.page.setViewportSize({ width: 1600, height: 1000 });
    await editor.waitFor('.monaco-workbench.vs-dark');
  });
  after(async () => editor.stop());
  pictureOnFailure(() => editor);

  const press = async (key: string): Promise<void> => editor.page.keyboard.press(key);
  const offer = async (text: string): Promise<Locator> =>
    editor.waitFor(`.quick-input-list .monaco-list-row:has-text("${text}")`);

  /** Takes a sash by the middle of a gap and moves it. */
  async function dragSash(x: number, to: number): Promise<void> {
    await editor.page.mouse.move(x, 400);
    await editor.page.mouse.down();
    await editor.page.mouse.move(to, 400, { steps: 5 });
    await editor.page.mouse.up();
  }

  it('offers a way in where nothing runs yet', async () => {
    await editor.openContainer('OSF/1 AD');
    await editor.waitFor('.sidebar .welcome-view a.monaco-button:has-text("Open an Example")');
    await editor.page.locator('.sidebar a', { hasText: 'Sixty seconds to the first stop' }).click();
    const titles = editor.page.locator('.getting-started-step .step-title');
    await titles.first().waitFor();
    assert.deepEqual(await titles.allInnerTexts(), [
      'Open a workload',
      'Break on a phase',
      'Press F5',
      'Look around, and step back',
    ]);
    await editor.screenshot('walkthrough');
    await editor.runCommand('View: Close All Editors');
    await editor.page.locator('.sidebar .welcome-view a.monaco-button', { hasText: 'Open an Example' }).click();
    await (await offer(script)).click();
    await editor.waitFor(`.tabs-container .tab.active[data-resource-name="${script}"]`);
  });

  it('sets the phases before anything runs', async () => {
    await editor.page.locator('.sidebar .pane-header[aria-label="Vprocs Section"]').hover();
    await (await editor.waitFor('.sidebar a.action-label[aria-label^="Break on Migration Phases"]')).click();
    for (const phase of ['freeze', 'attach']) await (await offer(phase)).click();
    await editor.screenshot('phases');
    await press('Enter');
    await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  });

  it('stops on freeze after F5, without a launch configuration', async () => {
    await editor.page.locator('.editor-instance .view-lines').first().click();
    await press('F5');
    const { event } = stateOnCommandLine(join(editor.folder, script), 'freeze');
    await standsAt(editor, (shown) => shown === event);
    await editor.until(
      'the process to be shown on its node',
      async () => treeRows(editor, 'Tasks'),
      (rows) => rows.some((row) => /pid 2 cc1, source/.test(row)),
    );
  });

  it('stops on attach, and shows what has changed', async () => {
    await editor.openContainer('Run and Debug');
    await stopShown(editor, /freeze/);
    await press('F5');
    await stopShown(editor, /attach/);
    await editor.openContainer('OSF/1 AD');
    await press('Control+Alt+c');
    await offer('pid 2 cc1');
    await press('Enter');
    await tablePage(editor).locator('#rows tr.changed').first().waitFor();
    const edge = await editor.page.locator('.split-view-view:has(> .editor-group-container)').last().boundingBox();
    if (edge !== null) await dragSash(edge.x, 745);
    await editor.page.mouse.move(600, 990);
    await editor.runCommand('View: Hide Panel');
    for (const view of ['Nodes', 'Tasks', 'Vprocs']) await openPane(editor, view, true);
    await editor.runCommand('View: Focus First Editor Group');
    await editor.page.locator('.monaco-sash.hover').first().waitFor({ state: 'detached' });
    await editor.screenshot('stop-on-attach');
  });

  it('leads from a row of a tree to the stack of its thread, and back', async () => {
    const row = editor.page.locator('.sidebar .monaco-list-row[aria-label^="signals, suspended"]');
    await row.hover();
    await row.locator('a.action-label[aria-label="Reveal Stack"]').click();
    const { thread } = await stopShown(editor, /shown from the tree/i, /^Stack Frame/);
    assert.match(thread, /pid 2 cc1 \(signals\) @ dest/);
    const stopped = editor.page.locator('.debug-call-stack .monaco-list-row[aria-label^="Thread pid 2 cc1 @ dest"]');
    await stopped.click({ button: 'right' });
    await editor.page.locator('.context-view .action-item', { hasText: 'Reveal Task in Tree' }).hover();
    await press('Enter');
    await editor.waitFor('.sidebar .monaco-list-row.selected[aria-label^="pid 2 cc1, dest"]');
  });

  it('finds rows with the keyboard, and sorts them', async () => {
    const page = tablePage(editor);
    await page.locator('#rows td[data-cell]').first().click();
    await press('/');
    await editor.page.keyboard.type('reply changed');
    await editor.until(
      'two rows to be left',
      async () => tableRows(editor),
      (rows) => rows.length === 2,
    );
    await press('ArrowDown');
    await press('ArrowUp');
    await press('Enter');
    await page.locator('th[data-key="name"][aria-sort="descending"]').waitFor();
    const names = (await tableRows(editor)).map((row) => / (0x\w+) /.exec(row)?.[1]);
    assert.deepEqual(names, ['0xc00', '0xb00']);
    await press('ArrowDown');
    assert.equal(await page.locator('td:focus').getAttribute('data-cell'), 'name');
  });
});
