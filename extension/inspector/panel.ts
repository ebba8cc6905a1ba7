/**
 * Inspectors: one panel for each port or each address space that somebody has asked for, beside the script.
 *
 * What a panel shows is a sheet, made from the state at this moment and at the last stop; the panel knows only how to ask
 * for it. The page knows nothing but the messages (messages.ts); it may load its own script and style, and nothing else.
 */
import { randomBytes } from 'node:crypto';
import { Uri, ViewColumn, env, window, type Disposable, type WebviewPanel } from 'vscode';
import type { Cluster, Moment } from '../debug/cluster.ts';
import { shownMoment } from '../views/moment.ts';
import type { InspectorKind } from '../views/inspectors.ts';
import type { Sheet } from '../views/sheet.ts';
import type { FromInspector, ShownSheet } from './messages.ts';
import { inspectorHtml } from './page.ts';

interface Open<Owner> {
  readonly panel: WebviewPanel;
  readonly owner: Owner;
}

export class InspectorPanels<Owner> implements Disposable {
  readonly #extension: Uri;
  readonly #cluster: Cluster;
  readonly #kind: InspectorKind<Owner>;
  readonly #open = new Map<string, Open<Owner>>();
  readonly #listener: Disposable;

  /** `extension` is the folder of the extension. */
  constructor(extension: Uri, cluster: Cluster, kind: InspectorKind<Owner>) {
    this.#extension = extension;
    this.#cluster = cluster;
    this.#kind = kind;
    this.#listener = cluster.onDidChange((moment) => {
      for (const open of this.#open.values()) this.#post(open, moment);
    });
  }

  show(owner: Owner): void {
    const key = this.#kind.keyOf(owner);
    const before = this.#open.get(key);
    if (before !== undefined) {
      before.panel.reveal();
      return;
    }
    const { viewType, name } = this.#kind;
    const panel = window.createWebviewPanel(
      viewType,
      `${name}: ${this.#sheet(owner, this.#cluster.moment)?.title ?? key}`,
      { viewColumn: window.tabGroups.all.length > 1 ? ViewColumn.Two : ViewColumn.Beside },
      {
        enableScripts: true,
        localResourceRoots: [Uri.joinPath(this.#extension, 'dist'), Uri.joinPath(this.#extension, 'extension/media')],
      },
    );
    const icon = (theme: string): Uri => Uri.joinPath(this.#extension, `extension/media/adw-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const open = { panel, owner };
    this.#open.set(key, open);
    panel.onDidDispose(() => this.#open.delete(key));
    panel.onDidChangeViewState(() => this.#post(open, this.#cluster.moment));
    panel.webview.onDidReceiveMessage((message: FromInspector) => void this.#receive(message, open));
    const nonce = randomBytes(16).toString('base64url');
    panel.webview.html = inspectorHtml(panel.webview, this.#extension, nonce, name);
  }

  dispose(): void {
    this.#listener.dispose();
    for (const { panel } of [...this.#open.values()]) panel.dispose();
  }

  async #receive(message: FromInspector, open: Open<Owner>): Promise<void> {
    if (message.kind === 'ready') {
      this.#post(open, this.#cluster.moment);
      return;
    }
    await env.clipboard.writeText(message.text);
    window.setStatusBarMessage(`${this.#kind.name} copied`, 3000);
  }

  #sheet(owner: Owner, moment: Moment | null): Sheet | null {
    return moment === null ? null : this.#kind.sheetOf(moment.state, moment.before, owner);
  }

  #post({ panel, owner }: Open<Owner>, moment: Moment | null): void {
    if (!panel.visible) return;
    const shown: ShownSheet = {
      sheet: this.#sheet(owner, moment),
      missing: this.#kind.missing,
      ...shownMoment(moment),
    };
    void panel.webview.postMessage(shown);
  }
}
