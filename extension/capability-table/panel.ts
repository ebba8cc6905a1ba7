/**
 * Capability tables: one panel for each task that somebody has asked for, beside the script.
 *
 * A panel belongs to a process by its pid, so it goes with the process when that migrates, or else to a task. It follows
 * the cluster like the trees. The page knows nothing but the messages (messages.ts); it may load its own script and
 * style, and nothing else.
 */
import { randomBytes } from 'node:crypto';
import { ViewColumn, Uri, env, window, type Disposable, type WebviewPanel } from 'vscode';
import type { Cluster, Moment } from '../debug/cluster.ts';
import { capabilityTable, ownerKey, taskOf, type TableOwner } from '../views/capabilities.ts';
import { taskTitle } from '../views/tasks.ts';
import { shownMoment } from '../views/moment.ts';
import type { FromPage, Shown } from './messages.ts';
import { pageHtml } from './page.ts';

export class CapabilityPanels implements Disposable {
  readonly #extension: Uri;
  readonly #cluster: Cluster;
  readonly #reveal: (owner: TableOwner) => void;
  readonly #inspect: (port: number) => void;
  readonly #panels = new Map<string, { readonly panel: WebviewPanel; readonly owner: TableOwner }>();
  readonly #listener: Disposable;

  /** `extension` is the folder of the extension; `reveal` shows the owner in the Tasks view, `inspect` a port. */
  constructor(extension: Uri, cluster: Cluster, reveal: (owner: TableOwner) => void, inspect: (port: number) => void) {
    this.#extension = extension;
    this.#cluster = cluster;
    this.#reveal = reveal;
    this.#inspect = inspect;
    this.#listener = cluster.onDidChange((moment) => {
      for (const { panel, owner } of this.#panels.values()) post(panel, owner, moment);
    });
  }

  show(owner: TableOwner): void {
    const key = ownerKey(owner);
    const open = this.#panels.get(key);
    if (open !== undefined) {
      open.panel.reveal();
      return;
    }
    const panel = window.createWebviewPanel('osf1ad.capabilities', this.#title(owner), columnFor(this.#panels.size), {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(this.#extension, 'dist'), Uri.joinPath(this.#extension, 'extension/media')],
    });
    const icon = (theme: string): Uri => Uri.joinPath(this.#extension, `extension/media/adw-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.#panels.set(key, { panel, owner });
    panel.onDidDispose(() => this.#panels.delete(key));
    panel.webview.onDidReceiveMessage((message: FromPage) => void this.#receive(message, panel, owner));
    panel.webview.html = pageHtml(panel.webview, this.#extension, randomBytes(16).toString('base64url'));
  }

  dispose(): void {
    this.#listener.dispose();
    for (const { panel } of [...this.#panels.values()]) panel.dispose();
  }

  #title(owner: TableOwner): string {
    const moment = this.#cluster.moment;
    const task = moment === null ? undefined : taskOf(moment.state, owner);
    return `Capabilities: ${task === undefined ? ownerKey(owner) : taskTitle(task)}`;
  }

  async #receive(message: FromPage, panel: WebviewPanel, owner: TableOwner): Promise<void> {
    switch (message.kind) {
      case 'ready':
        post(panel, owner, this.#cluster.moment);
        return;
      case 'copy':
        await env.clipboard.writeText(message.text);
        window.setStatusBarMessage('Capability table copied', 3000);
        return;
      case 'reveal':
        this.#reveal(owner);
        return;
      case 'inspect':
        this.#inspect(message.port);
    }
  }
}

/** The first table opens beside the script, the others join it there. */
const columnFor = (open: number): { viewColumn: ViewColumn; preserveFocus: boolean } => ({
  viewColumn: open === 0 ? ViewColumn.Beside : ViewColumn.Two,
  preserveFocus: false,
});

function post(panel: WebviewPanel, owner: TableOwner, moment: Moment | null): void {
  if (!panel.visible) return;
  const table = moment === null ? null : capabilityTable(moment.state, moment.before, owner);
  const shown: Shown = { table, ...shownMoment(moment) };
  void panel.webview.postMessage(shown);
}
