// The port, memory and process inspectors in a real editor: opened by keys, from a row of a tree and from the capability
// table, walked through with the arrows, and followed to the next stop.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { pictureOnFailure, startEditor, type Editor } from './host.ts';
import { openPane, stopShown, tablePage } from './reading.ts';

const script = '01-a-compiler-moves.adw';

/** What a test reads of an element of the page, whose types are the browser's. */
interface Styled {
  computedStyleMap(): ReadonlyMap<string, unknown>;
}

describe('the inspectors', () => {
  let editor: Editor;
  before(async function () {
    this.timeout(600_000);
    editor = await startEditor({ folder: 'examples' });
    mkdirSync(join(editor.folder, '.vscode'));
    const settings = { 'workbench.colorTheme': 'Default Dark Modern', 'workbench.startupEditor': 'none' };
    writeFileSync(join(editor.folder, '.vscode/settings.json'), JSON.stringify(settings));
    await editor.page.setViewportSize({ width: 1700, height: 1000 });
    await editor.waitFor('.monaco-workbench.vs-dark');
  });
  after(async () => editor.stop());
  pictureOnFailure(() => editor);

  const press = async (key: string): Promise<void> => editor.page.keyboard.press(key);
  const pick = async (text: string): Promise<void> => {
    const input = await editor.waitFor('.quick-input-widget input.input');
    await input.pressSequentially(text);
    await editor.waitFor(`.quick-input-list .monaco-list-row.focused:has-text("${text}")`);
    await press('Enter');
  };
  const page = (): FrameLocator => tablePage(editor);
  const section = (key: string): Locator => page().locator(`section[data-section="${key}"]`);
  const cells = async (key: string): Promise<string[]> => {
    await section(key).waitFor();
    const rows = await section(key).locator('table:not(.pages) tbody tr').allInnerTexts();
    return rows.map((row) => row.replace(/\s+/g, ' ').trim());
  };

  it('open on a port by a key, while the process is frozen', async () => {
    await editor.openFile(script);
    await editor.openContainer('OSF/1 AD');
    await editor.page.locator('.sidebar .pane-header[aria-label="Vprocs Section"]').hover();
    await (await editor.waitFor('.sidebar a.action-label[aria-label^="Break on Migration Phases"]')).click();
    for (const phase of ['freeze', 'restart']) {
      await (await editor.waitFor(`.quick-input-list .monaco-list-row:has-text("${phase}")`)).click();
    }
    await press('Enter');
    await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await editor.page.locator('.editor-instance .view-lines').first().click();
    await press('F5');
    await editor.openContainer('Run and Debug');
    await stopShown(editor, /freeze/);
    await press('Control+Alt+p');
    await pick('cc1.signal');
    assert.ok(
      (await cells('copies')).some((row) => row.startsWith('source principal')),
      (await cells('copies')).join('\n'),
    );
    assert.ok((await cells('rights')).some((row) => /cc1 source 0x\w+ receive/.test(row)));
    assert.equal(await section('queue').locator('.empty').innerText(), 'No message waits.');
  });

  it('follow the port to another node, and say what has changed', async () => {
    await press('F5');
    await stopShown(editor, /restart/);
    await editor.until(
      'the principal on dest',
      async () => cells('copies'),
      (rows) => rows.some((row) => /^\+ dest principal/.test(row)) && rows.some((row) => /source forwarding/.test(row)),
    );
    assert.match(await page().locator('#title').innerText(), /received by .* on dest, came from source/);
    await editor.runCommand('View: Hide Panel');
    await editor.screenshot('port-inspector');
  });

  it('are walked through with the keyboard, across their tables', async () => {
    await section('facts').locator('td[data-cell]').first().click();
    await press('ArrowRight');
    assert.equal(await page().locator('td:focus').getAttribute('data-cell'), 'value');
    const rows = await section('facts').locator('tbody tr').count();
    for (let row = 0; row < rows; row++) await press('ArrowDown');
    assert.equal(await page().locator('section:has(td:focus)').getAttribute('data-section'), 'copies');
    await press('/');
    await editor.page.keyboard.type('forwarding');
    await editor.until(
      'one row to be left',
      async () => section('copies').locator('tbody tr').count(),
      (count) => count === 1,
    );
    assert.equal(await section('rights').locator('.empty').innerText(), 'No row matches the filter.');
  });

  it('open on the port of a row of the capability table', async () => {
    await editor.page.locator('.editor-instance .view-lines').first().click();
    await press('Control+Alt+c');
    await pick('pid 2 cc1');
    await page().locator('#rows tr[data-port] td[data-cell="port"]').first().dblclick();
    await section('copies').waitFor();
    await editor.waitFor('.tabs-container .tab.active:has-text("Port: ")');
  });

  it('show every page of a task, with a sign and a colour', async () => {
    await editor.page.locator('.editor-instance .view-lines').first().click();
    await press('Control+Alt+m');
    await pick('pid 2 cc1');
    await section('regions').locator('table.pages td.page').first().waitFor();
    const signs = await section('regions').locator('td.page').allInnerTexts();
    assert.ok(signs.includes('r'), signs.join(''));
    assert.match((await cells('residual')).join('\n'), /source \d+/);
    const colour = async (kind: string): Promise<string> =>
      section('regions')
        .locator(`td.page.${kind}`)
        .first()
        .evaluate((cell) => String((cell as unknown as Styled).computedStyleMap().get('background-color')));
    assert.notEqual(await colour('remote'), await colour('zero'));
    await section('regions').locator('td.page').first().click();
    await press('ArrowRight');
    assert.match((await page().locator('td:focus').getAttribute('aria-label')) ?? '', /^page \d+: /);
    await editor.openContainer('OSF/1 AD');
    await openPane(editor, 'Ports', true);
    await editor.screenshot('memory-inspector');
  });

  it('show a process: who knows it, what its PMA keeps, and its open files', async () => {
    await editor.page.locator('.editor-instance .view-lines').first().click();
    await press('Control+Alt+u');
    await pick('pid 2 cc1');
    const facts = await cells('facts');
    assert.ok(
      facts.some((row) => /PMA dest, migrating list; source, migrating list/.test(row)),
      facts.join('\n'),
    );
    assert.ok((await cells('files')).length > 0);
    const vprocs = (await cells('vprocs')).join('\n');
    assert.match(vprocs, /dest local dest 0 migrating, attaching/);
    assert.ok((await cells('capabilities')).some((row) => /^credentials 0x/.test(row)));
    await editor.screenshot('process-inspector');
  });
});
