// What tests of the inspectors have in common: an editor with a dark workbench, the lists that an inspector is chosen from, and
// the page of the one that is in front.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { pictureOnFailure, startEditor, type Editor } from './host.ts';
import { stopShown, tablePage } from './reading.ts';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const;

/** How long the editor may take to see a change of its settings. */
const THEME_MS_MAX = 8000;

export interface Inspecting {
  readonly editor: () => Editor;
  readonly press: (key: string) => Promise<void>;
  /** Opens an inspector by its key, and by the text of what is to be inspected. */
  readonly open: (key: string, text: string) => Promise<void>;
  /** The page of the inspector in front, a section of it, and the rows there as text. */
  readonly page: () => FrameLocator;
  readonly section: (key: string) => Locator;
  readonly cells: (key: string) => Promise<string[]>;
  /** Opens a script, and runs it to the first of these phases; it will stop at the others. */
  readonly runTo: (script: string, phases: readonly string[]) => Promise<void>;
  /** The window in the light theme, as `NAME-light.png`, and in the dark one, which stays. */
  readonly pictures: (name: string) => Promise<void>;
}

/** Call inside `describe`. */
export function inspecting(prepare: (editor: Editor) => void = () => undefined): Inspecting {
  let editor: Editor;
  const theme = async (name: keyof typeof themes): Promise<void> => {
    const settings = { 'workbench.colorTheme': themes[name], 'workbench.startupEditor': 'none' };
    const shown = editor.page.locator(`.monaco-workbench.vs${name === 'dark' ? '-dark' : ':not(.vs-dark)'}`).first();
    // An editor that has only begun to watch its folder may miss a change: then the file is written again.
    await editor.until(
      `the ${name} theme`,
      async () => {
        writeFileSync(join(editor.folder, '.vscode/settings.json'), JSON.stringify(settings));
        return shown.waitFor({ timeout: THEME_MS_MAX }).then(
          () => true,
          () => false,
        );
      },
      (isShown) => isShown,
    );
  };
  before(async function () {
    this.timeout(600_000);
    editor = await startEditor({ folder: 'examples' });
    mkdirSync(join(editor.folder, '.vscode'));
    prepare(editor);
    await editor.page.setViewportSize({ width: 1700, height: 1000 });
    await theme('dark');
  });
  after(async () => editor.stop());
  pictureOnFailure(() => editor);

  const press = async (key: string): Promise<void> => editor.page.keyboard.press(key);
  const toScript = async (): Promise<void> => editor.page.locator('.editor-instance .view-lines').first().click();
  const page = (): FrameLocator => tablePage(editor);
  const section = (key: string): Locator => page().locator(`section[data-section="${key}"]`);
  return {
    editor: () => editor,
    press,
    page,
    section,
    async open(key, text) {
      await toScript();
      await press(key);
      const input = await editor.waitFor('.quick-input-widget input.input');
      await input.pressSequentially(text);
      await editor.waitFor(`.quick-input-list .monaco-list-row.focused:has-text("${text}")`);
      await press('Enter');
      await editor.waitFor(`.tabs-container .tab.active:has-text("${text}")`);
    },
    async cells(key) {
      await section(key).waitFor();
      const rows = await section(key).locator('table:not(.pages) tbody tr').allInnerTexts();
      return rows.map((row) => row.replace(/\s+/g, ' ').trim());
    },
    async runTo(script, phases) {
      await editor.openFile(script);
      await editor.openContainer('OSF/1 AD');
      await editor.page.locator('.sidebar .pane-header[aria-label="Vprocs Section"]').hover();
      await (await editor.waitFor('.sidebar a.action-label[aria-label^="Break on Migration Phases"]')).click();
      for (const phase of phases) {
        await (await editor.waitFor(`.quick-input-list .monaco-list-row:has-text("${phase}")`)).click();
      }
      await press('Enter');
      await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await toScript();
      await press('F5');
      await editor.openContainer('Run and Debug');
      await stopShown(editor, new RegExp(phases[0] ?? ''));
    },
    async pictures(name) {
      await theme('light');
      await editor.screenshot(`${name}-light`);
      await theme('dark');
      await editor.screenshot(name);
    },
  };
}
