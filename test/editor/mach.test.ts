// Mach tasks in a real editor, in three stories: a port's life, a right's journey, a page's journey. Each stops on lines of
// an example and looks with an inspector; the guide tells the stories, and these are its pictures.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { pictureOnFailure, startEditor, type Editor } from './host.ts';
import { standsAt, tablePage } from './reading.ts';

describe('Mach tasks in the editor', () => {
  let editor: Editor;
  let stoppedAt = -1;
  before(async function () {
    this.timeout(600_000);
    editor = await startEditor({ folder: 'examples' });
    mkdirSync(join(editor.folder, '.vscode'));
    await theme('Default Dark Modern', '.vs-dark');
    await editor.page.setViewportSize({ width: 1700, height: 1000 });
  });
  after(async () => editor.stop());
  pictureOnFailure(() => editor);

  const press = async (key: string): Promise<void> => editor.page.keyboard.press(key);
  const theme = async (name: string, appears: string): Promise<void> => {
    const settings = {
      'workbench.colorTheme': name,
      'workbench.startupEditor': 'none',
      'debug.internalConsoleOptions': 'neverOpen',
      'debug.openDebug': 'neverOpen',
    };
    writeFileSync(join(editor.folder, '.vscode/settings.json'), JSON.stringify(settings));
    await editor.waitFor(`.monaco-workbench${appears}`);
  };
  const pick = async (text: string): Promise<void> => {
    const input = await editor.waitFor('.quick-input-widget input.input');
    await input.pressSequentially(text);
    await editor.waitFor(`.quick-input-list .monaco-list-row.focused:has-text("${text}")`);
    await press('Enter');
    await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  };
  /** Breakpoints on lines of an example, and F5. */
  const begin = async (script: string, lines: readonly number[], scenario: string): Promise<void> => {
    await editor.openFile(script);
    for (const line of lines) {
      await press('Control+g');
      await editor.page.keyboard.type(String(line));
      await press('Enter');
      await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await press('F9');
    }
    await press('F5');
    await pick(scenario);
    stoppedAt = await standsAt(editor, (event) => event > 0);
  };
  const goOn = async (): Promise<void> => {
    await editor.page.locator('.editor-instance .view-lines').first().click();
    await press('F5');
    stoppedAt = await standsAt(editor, (event) => event > stoppedAt);
  };
  const end = async (): Promise<void> => {
    await press('Shift+F5');
    await editor.waitFor('.sidebar .tree-explorer-viewlet-tree-view .message:has-text("The session has ended")');
    await editor.runCommand('View: Close All Editors');
  };
  const look = async (key: string, at: string): Promise<void> => {
    await editor.openContainer('OSF/1 AD');
    await press(key);
    await pick(at);
  };
  const page = (): FrameLocator => tablePage(editor);
  const rows = async (key: string): Promise<string[]> => {
    const section: Locator = page().locator(`section[data-section="${key}"]`);
    await section.waitFor();
    const all = await section.locator('table:not(.pages) tbody tr').allInnerTexts();
    return all.map((row) => row.replace(/\s+/g, ' ').trim());
  };
  const picture = async (name: string): Promise<void> => {
    await editor.runCommand('View: Focus First Editor Group');
    await editor.screenshot(name);
  };

  it('a port, and everybody who can send to it', async () => {
    await begin('10-last-sender-gone.adw', [28], 'the last reader gives the book back');
    await look('Control+Alt+p', 'library.book');
    const held = await rows('rights');
    for (const holder of [
      /^library left .* receive /,
      /^reader left .* send /,
      /^reader right .* send /,
      /^message: reply /,
    ]) {
      assert.ok(
        held.some((row) => holder.test(row)),
        held.join('\n'),
      );
    }
    assert.match((await rows('requests')).join(), /no-senders library\.bell/);
    await picture('a-port-and-its-senders');
    await end();
  });

  it('a receive right that has moved, and the way that is left behind', async () => {
    await theme('Default Light Modern', '.vs');
    await begin('08-a-server-moves-under-load.adw', [42, 44], 'a server moves under load');
    await look('Control+Alt+p', 'echo.service');
    await goOn();
    await editor.until(
      'the principal on dest',
      async () => rows('copies'),
      (copies) => copies.some((row) => /dest principal/.test(row)) && copies.some((row) => /forwarding/.test(row)),
    );
    await picture('a-right-that-has-moved');
    await end();
  });

  it('pages that two writers pass to and fro', async () => {
    await theme('Default Dark Modern', '.vs-dark');
    await begin('09-shared-memory-across-nodes.adw', [57], 'writers on two nodes');
    await goOn();
    await look('Control+Alt+m', 'writer');
    await goOn();
    const regions = await rows('regions');
    assert.ok(
      regions.some((row) => /board 16 KB/.test(row)),
      regions.join('\n'),
    );
    await picture('pages-of-a-writer');
    await theme('Default High Contrast', '.hc-black');
    await picture('pages-in-high-contrast');
    await end();
  });
});
