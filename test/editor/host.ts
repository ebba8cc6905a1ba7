// A real VS Code to test in: the embedded editor with our extension as it is packed, driven through its own web page.
//
// Every editor has data of its own in a temporary folder, so a test starts from the same clean workbench each time; the
// folder that is opened is a copy, so a test may write into it. What a test sees is what a user sees: the page's DOM.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { browser as findBrowser } from '../../tools/browser.ts';
import { startServer, type Server } from '../../tools/editor-host/server.ts';
import { root } from '../../tools/processes.ts';

export interface EditorOptions {
  /** The folder to open, from the repository's root; the editor gets a copy of it. */
  readonly folder: string;
}

const WORKBENCH_MS_MAX = 60_000;
const STEP_MS_MAX = 20_000;

/** What a search says that finds nothing, and how long one may take that will still find something. */
const NOTHING_FOUND = 'No matching results';
const SEARCH_MS_MAX = 3000;
const pictures = join(root, 'test/editor/pictures');

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export class Editor {
  readonly page: Page;
  readonly url: string;
  /** The copy of the folder that is open; its files may be read and written. */
  readonly folder: string;
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #home: string;

  constructor(page: Page, folder: string, home: string, server: Server, running: Browser) {
    this.page = page;
    this.folder = folder;
    this.url = server.url;
    this.#home = home;
    this.#server = server;
    this.#browser = running;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** What the server wrote, extension host included: the first place to look when a test fails. */
  log(): string {
    return readFileSync(this.#server.log, 'utf8');
  }

  /** A picture of the whole window, in test/editor/pictures. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(pictures, { recursive: true });
    const path = join(pictures, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Runs a command by its title, as it stands in the palette: `Debug: Start Debugging`. */
  async runCommand(title: string): Promise<void> {
    await this.#pick('F1', title);
  }

  /** Opens a file of the folder through quick open, and waits until its text is there. */
  async openFile(name: string): Promise<Locator> {
    await this.#pick('Control+P', name);
    await this.waitFor(`.tabs-container .tab.active[data-resource-name="${basename(name)}"]`);
    const text = this.page.locator('.editor-instance .monaco-editor .view-lines').first();
    await text.waitFor({ timeout: STEP_MS_MAX });
    return text;
  }

  /** Waits until an element is visible. */
  async waitFor(selector: string, timeout_ms = STEP_MS_MAX): Promise<Locator> {
    const found = this.page.locator(selector).first();
    await found.waitFor({ timeout: timeout_ms });
    return found;
  }

  /** Waits until `read` gives a value that satisfies the test; fails with the last value it gave. */
  async until<T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
    const until_ms = Date.now() + STEP_MS_MAX;
    for (;;) {
      const value = await read();
      if (holds(value)) return value;
      assert.ok(Date.now() < until_ms, `waited for ${what}; the last thing seen was ${JSON.stringify(value)}`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Opens our container of the activity bar, or any other, by its title. */
  async openContainer(title: string): Promise<void> {
    const tab = await this.waitFor(`.activitybar .action-item:has(a[aria-label^="${title}"])`);
    const isOpen = async (): Promise<boolean> => (await tab.getAttribute('class'))?.includes('checked') ?? false;
    if (!(await isOpen())) await tab.click();
    await this.until(`the container ${title} to open`, isOpen, (open) => open);
  }

  /**
   * Types into the quick input that a key opens, and takes the first offer once it is the one that was typed. A search that
   * has looked too early finds nothing however long one waits: then it is begun again, as a user would.
   */
  async #pick(key: string, text: string): Promise<void> {
    await this.until(
      `"${text}" to be offered`,
      async () => this.#offered(key, text),
      (label) => label.toLowerCase().includes(text.toLowerCase()),
    );
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').first().waitFor({ state: 'hidden', timeout: STEP_MS_MAX });
  }

  /** The first offer for a text; if it says that there is none, the input is closed again. */
  async #offered(key: string, text: string): Promise<string> {
    const input = this.page.locator('.quick-input-widget input.input').first();
    if (!(await input.isVisible())) {
      await this.page.keyboard.press(key);
      await input.waitFor({ timeout: STEP_MS_MAX });
      await input.pressSequentially(text);
    }
    const first = this.page.locator('.quick-input-list .monaco-list-row.focused').first();
    const found = async (): Promise<string> =>
      (await first.getAttribute('aria-label', { timeout: 1000 }).catch(() => null)) ?? '';
    const label = await found();
    if (!label.startsWith(NOTHING_FOUND)) return label;
    const since_ms = Date.now();
    while ((await found()).startsWith(NOTHING_FOUND)) {
      if (Date.now() - since_ms > SEARCH_MS_MAX) {
        await this.page.keyboard.press('Escape');
        return label;
      }
      await this.page.waitForTimeout(100);
    }
    return found();
  }
}

export async function startEditor({ folder }: EditorOptions): Promise<Editor> {
  const executablePath = await findBrowser();
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'osf1ad-editor-')));
  const copy = join(home, basename(folder));
  cpSync(join(root, folder), copy, { recursive: true });
  const server = await startServer({ folder: copy, home, port: 0, say: (line) => console.error(line) });
  let running: Browser | undefined;
  try {
    running = await chromium.launch({ executablePath, args: flags });
    const page = await running.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.url);
    await page
      .locator('.monaco-workbench .explorer-folders-view .monaco-list-row')
      .first()
      .waitFor({ timeout: WORKBENCH_MS_MAX });
    return new Editor(page, copy, home, server, running);
  } catch (error) {
    await running?.close();
    await server.stop();
    throw error;
  }
}

/** Call inside `describe`: a test that fails leaves a picture of the window, and the end of the server's log. */
export function pictureOnFailure(editor: () => Editor): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const picture = await editor().screenshot(`failed ${this.currentTest.fullTitle()}`.replace(/\W+/g, '-'));
    console.error(`the window when it failed: ${picture}\n${editor().log().split('\n').slice(-15).join('\n')}`);
  });
}
