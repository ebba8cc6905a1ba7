// Reading the workbench's own DOM: trees, the call stack, the capability table, the status bar; and the same moment as the
// command line tells it, to compare with.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import type { MarkedRow } from '../../extension/views/changes.ts';
import { spoken } from '../../extension/views/tooltip.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { root } from '../../tools/processes.ts';
import type { Editor } from './host.ts';

/** What `osf1ad run --json` says about a moment: after an event, or at the first entry into a phase. */
export function stateOnCommandLine(script: string, until: string | number): ClusterState {
  const command = [join(root, 'cli/osf1ad.js'), 'run', script, '--until', String(until), '--json'];
  return JSON.parse(
    execFileSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: 'pipe' }),
  ) as ClusterState;
}

export const viewNames = ['Nodes', 'Tasks', 'Ports', 'Vprocs'] as const;

const pane = (view: string): string => `.sidebar .pane:has(> .pane-header[aria-label="${view} Section"])`;

/**
 * Opens a view's pane, closes the others, and opens everything in it. A list draws only what fits: the window has to be
 * high enough for all.
 */
export async function openWholly(editor: Editor, view: string): Promise<void> {
  await openPane(editor, view, true);
  for (const other of viewNames) if (other !== view) await openPane(editor, other, false);
  await editor.waitFor(`${pane(view)} .monaco-list-row`);
  const closed = editor.page.locator(`${pane(view)} .monaco-list-row[aria-expanded="false"]`);
  const all = editor.page.locator(`${pane(view)} .monaco-list-row`);
  while ((await closed.count()) > 0) {
    const count = await all.count();
    await closed.first().locator('.monaco-tl-twistie').click();
    await editor.until(
      `a row of ${view} to open`,
      async () => all.count(),
      (now) => now > count,
    );
  }
}

/** Opens or closes the pane of a view. */
export async function openPane(editor: Editor, view: string, isOpen: boolean): Promise<void> {
  const header = await editor.waitFor(`${pane(view)} > .pane-header`);
  if ((await header.getAttribute('aria-expanded')) !== String(isOpen)) await header.click();
}

/** Every row of a view that is open, as a screen reader says it, indented by its level. */
export async function treeRows(editor: Editor, view: string): Promise<string[]> {
  const rows = await editor.page.locator(`${pane(view)} .monaco-list-row`).evaluateAll((all) =>
    all
      .map((row) => ({
        index: Number(row.getAttribute('data-index')),
        level: Number(row.getAttribute('aria-level')),
        label: row.getAttribute('aria-label') ?? '',
      }))
      .sort((a, b) => a.index - b.index),
  );
  return rows.map(({ level, label }) => `${'  '.repeat(level - 1)}${label}`);
}

/** The same lines, from the rows that a view is made of. */
export const expectedRows = (rows: readonly MarkedRow[], indent = ''): string[] =>
  rows.flatMap((row) => [`${indent}${spoken(row)}`, ...expectedRows(row.children, `${indent}  `)]);

/** The moment in the status bar. */
export async function momentShown(editor: Editor): Promise<{ event: number; isRunning: boolean }> {
  const item = await editor.waitFor('.statusbar-item[aria-label^="Virtual time"]');
  const label = (await item.getAttribute('aria-label')) ?? '';
  const [, event] = /event (\d+)/.exec(label) ?? [];
  assert.ok(event !== undefined, label);
  return { event: Number(event), isRunning: label.endsWith('running') };
}

/** Waits until the cluster stands at an event that fits. */
export async function standsAt(editor: Editor, fits: (event: number) => boolean): Promise<number> {
  const { event } = await editor.until(
    'the cluster to stand still',
    async () => momentShown(editor),
    ({ event, isRunning }) => !isRunning && fits(event),
  );
  return event;
}

export interface Stop {
  readonly thread: string;
  readonly frame: string;
}

/** The thread whose label says why it stopped, and the frame that has the focus, once it is one that fits. */
export async function stopShown(editor: Editor, why: RegExp, at = /^/): Promise<Stop> {
  const rows = editor.page.locator('.debug-call-stack .monaco-list-row');
  const read = async (): Promise<Stop> => {
    const labels = await rows.evaluateAll((all) =>
      all.map((row) => ({ label: row.getAttribute('aria-label') ?? '', isSelected: row.matches('.selected') })),
    );
    const thread = labels.find(({ label }) => label.startsWith('Thread') && why.test(label))?.label ?? '';
    return { thread, frame: labels.find(({ isSelected }) => isSelected)?.label ?? '' };
  };
  return editor.until(
    `a stop because of ${String(why)} at ${String(at)}`,
    read,
    ({ thread, frame }) => thread !== '' && at.test(frame),
  );
}

/** The page of the capability table that is in front. */
export const tablePage = (editor: Editor): FrameLocator =>
  editor.page.locator('iframe.webview.ready').last().contentFrame().locator('#active-frame').contentFrame();

/** The rows of the capability table: mark and cells, as they stand there. */
export async function tableRows(editor: Editor): Promise<string[]> {
  const rows = await tablePage(editor).locator('#rows tr').allInnerTexts();
  return rows.map((row) => row.replace(/\s+/g, ' '));
}
