/**
 * The report of a run as a document: what became of every migration, what every activity cost, what was expected.
 *
 * The debug console prints it at the end. The document is a snapshot of the moment at which it was asked for; the one of
 * a run that is over was taken when it ended, and can be opened as long as no other run has begun.
 */
import { EventEmitter, Uri, window, workspace, type Disposable, type TextDocumentContentProvider } from 'vscode';
import type { SharedAdapter } from './debug/client.ts';
import type { Cluster } from './debug/cluster.ts';

const scheme = 'osf1ad-report';
const uri = Uri.from({ scheme, path: '/Migration report.txt' });

export class Report implements TextDocumentContentProvider, Disposable {
  readonly #cluster: Cluster;
  readonly #changed = new EventEmitter<Uri>();
  readonly #registrations: readonly Disposable[];
  #text = '';

  readonly onDidChange = this.#changed.event;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#registrations = [
      workspace.registerTextDocumentContentProvider(scheme, this),
      cluster.onDidChange((moment) => {
        if (moment?.adapter != null && moment.state.finished !== null) void this.#take(moment.adapter);
      }),
    ];
  }

  provideTextDocumentContent(): string {
    return this.#text;
  }

  async show(): Promise<void> {
    const adapter = this.#cluster.moment?.adapter;
    if (adapter != null) await this.#take(adapter);
    if (this.#text === '') {
      void window.showInformationMessage('No scenario has run yet. Open a script (.adw) and press F5.');
      return;
    }
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
    this.#changed.dispose();
  }

  async #take(adapter: SharedAdapter): Promise<void> {
    const body = await adapter.request('osf1ad/report');
    if (typeof body !== 'object' || body === null || !('text' in body)) return;
    this.#text = String(body.text);
    this.#changed.fire(uri);
  }
}
