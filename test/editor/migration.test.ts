// The main job, from the script to the report, in the real editor: stop where a compiler is frozen and where it arrives,
// look at the cluster, step back, go on to the end.
//
// What the views show is compared, row by row, with what the command line says about the same moment.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capabilityTable } from '../../extension/views/capabilities.ts';
import { compareRows } from '../../extension/views/changes.ts';
import { nodeRows } from '../../extension/views/nodes.ts';
import { portRows } from '../../extension/views/ports.ts';
import type { Row } from '../../extension/views/row.ts';
import { taskRows } from '../../extension/views/tasks.ts';
import { vprocRows } from '../../extension/views/vprocs.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { pictureOnFailure, startEditor, type Editor } from './host.ts';
import {
  expectedRows,
  momentShown,
  openPane,
  openWholly,
  standsAt,
  stateOnCommandLine,
  stopShown,
  tablePage,
  tableRows,
  treeRows,
  viewNames,
} from './reading.ts';

const script = '01-a-compiler-moves.adw';
const views: Readonly<Record<string, (state: ClusterState) => readonly Row[]>> = {
  Nodes: nodeRows,
  Tasks: taskRows,
  Ports: portRows,
  Vprocs: vprocRows,
};
const usual = { width: 1600, height: 1000 };
/** High enough for every row of any view. */
const tall = { width: 1600, height: 5000 };

describe('a migration in the editor', () => {
  let editor: Editor;
  let path: string;
  const states: ClusterState[] = [];
  before(async function () {
    this.timeout(600_000); // the first run installs the editor and, on a fresh machine, a browser
    editor = await startEditor({ folder: 'examples' });
    path = join(editor.folder, script);
    mkdirSync(join(editor.folder, '.vscode'));
    const theme = { 'workbench.colorTheme': 'Default Dark Modern' };
    writeFileSync(join(editor.folder, '.vscode/settings.json'), JSON.stringify(theme));
    await editor.page.setViewportSize(usual);
    await editor.waitFor('.monaco-workbench.vs-dark');
    await editor.openFile(script);
  });
  after(async () => editor.stop());
  pictureOnFailure(() => editor);

  const press = async (key: string): Promise<void> => editor.page.keyboard.press(key);

  /** The cluster stands at this moment, and everything that is shown is what the command line says about it. */
  async function compareViews(state: ClusterState, before: ClusterState | null): Promise<void> {
    await editor.page.setViewportSize(tall);
    await editor.openContainer('OSF/1 AD');
    for (const [view, rowsOf] of Object.entries(views)) {
      await openWholly(editor, view);
      const expected = expectedRows(compareRows(rowsOf(state), before === null ? null : rowsOf(before)));
      const shown = await editor.until(
        `${view} to have ${expected.length} rows`,
        async () => treeRows(editor, view),
        (rows) => rows.length === expected.length,
      );
      assert.deepEqual(shown, expected, view);
    }
    await editor.page.setViewportSize(usual);
    for (const view of viewNames) await openPane(editor, view, view !== 'Ports');
  }

  async function compareTable(state: ClusterState, before: ClusterState | null): Promise<void> {
    const expected = capabilityTable(state, before, { pid: 2 })?.rows.map(({ mark, cells }) =>
      [
        { same: '', changed: '●', new: '+', gone: '−' }[mark],
        ...cells.map(({ text, was }) => (was === null ? text : `${text} was ${was}`)),
      ]
        .join(' ')
        .replace(/\s+/g, ' '),
    );
    assert.ok(expected !== undefined && expected.length > 0);
    await editor.until(
      'the capability table',
      async () => tableRows(editor),
      (rows) => rows.join() === expected.join(),
    );
  }

  it('stops at a breakpoint on the line that asks for the migration', async () => {
    await press('Control+g');
    await (await editor.waitFor('.quick-input-widget input.input')).fill(':44');
    await press('Enter');
    await press('F9');
    await editor.waitFor('.glyph-margin-widgets .codicon-debug-breakpoint');
    await editor.openContainer('Run and Debug');
    await press('F5');
    const { thread } = await stopShown(editor, /scenario.*breakpoint/i, /line 44/);
    assert.match(thread, /scenario "a compiler moves in mid-flight"/);
    const event = await standsAt(editor, () => true);
    states.push(stateOnCommandLine(path, event));
  });

  it('stops on freeze, in the process that is frozen, where it was', async () => {
    for (const phase of ['freeze', 'attach']) {
      const row = await editor.waitFor(`.debug-breakpoints .monaco-list-row:has-text("Migration: ${phase}")`);
      await row.locator('input, .monaco-checkbox').first().click();
    }
    await press('F5');
    const { thread } = await stopShown(editor, /freeze/i, /cc1, line 31/);
    assert.match(thread, /pid 2 cc1 @ source/);
    await editor.screenshot('freeze-call-stack');
  });

  it('shows at freeze what the command line says about freeze', async () => {
    const state = stateOnCommandLine(path, 'freeze');
    assert.equal((await momentShown(editor)).event, state.event);
    await compareViews(state, states.at(-1) ?? null);
    await editor.page.locator('.sidebar .monaco-list-row[aria-label^="Capabilities, 16 names"]').first().click();
    await tablePage(editor).locator('#rows tr').first().waitFor();
    await compareTable(state, states.at(-1) ?? null);
    states.push(state);
    await editor.screenshot('freeze');
  });

  it('stops on attach, and the views and the open table follow the process to its new node', async () => {
    await press('F5');
    const state = stateOnCommandLine(path, 'attach');
    await standsAt(editor, (event) => event === state.event);
    await compareViews(state, states.at(-1) ?? null);
    await compareTable(state, states.at(-1) ?? null);
    const cc1 = state.tasks.find(({ pid }) => pid === 2);
    assert.equal(cc1?.node, 'dest');
    await editor.waitFor(
      '.sidebar .monaco-list-row[aria-label^="pid 2 cc1, dest"][aria-label*="Node was source, is dest"]',
    );
    await editor.openContainer('Run and Debug');
    const { thread } = await stopShown(editor, /attach/i);
    assert.match(thread, /pid 2 cc1 @ dest/);
    states.push(state);
    await editor.openContainer('OSF/1 AD');
    await editor.screenshot('attach');
  });

  it('goes back to freeze and finds what was there', async () => {
    const [, freeze, attach] = states as [ClusterState, ClusterState, ClusterState];
    await press('Alt+F5');
    await standsAt(editor, (event) => event === freeze.event);
    await compareViews(freeze, attach);
    await compareTable(freeze, attach);
    await editor.screenshot('freeze-again');
  });

  it('steps back from there, to where the process came from', async () => {
    const [, freeze] = states as [ClusterState, ClusterState];
    await editor.openContainer('Run and Debug');
    await press('Alt+F10');
    const event = await standsAt(editor, (event) => event < freeze.event);
    const { thread } = await stopShown(editor, /step/i, /cc1, line 30/);
    assert.match(thread, /pid 2 cc1 @ source/);
    await compareViews(stateOnCommandLine(path, event), freeze);
    await editor.screenshot('stepped-back');
  });

  it('goes on to the end and shows the report', async () => {
    await editor.openContainer('Run and Debug');
    for (const why of [/breakpoint/i, /freeze/, /attach/]) {
      await press('F5');
      await stopShown(editor, why);
    }
    await press('F5');
    await editor.openContainer('OSF/1 AD');
    await editor.waitFor('.sidebar .tree-explorer-viewlet-tree-view .message:has-text("The run is over")');
    await editor.runCommand('OSF/1 AD: Show Migration Report');
    const text = await editor.waitFor('.editor-instance .view-line:has-text("migration 1 of pid 2 cc1")');
    assert.match(await text.innerText(), /source.*dest/);
    await editor.runCommand('Debug Console: Focus on Debug Console View');
    await editor.waitFor('.repl .monaco-list-row:has-text("expectations held")');
    await editor.screenshot('report');
  });
});
