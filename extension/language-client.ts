/**
 * The language server, started with the first script that is opened, in a process of its own.
 *
 * The client library is loaded at that moment, too: an extension that is activated for a view or for the debugger does
 * not pay for it.
 */
import { join } from 'node:path';
import { window, workspace, type Disposable, type TextDocument } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node.js';

export class LanguageServices implements Disposable {
  readonly #folder: string;
  readonly #listener: Disposable;
  #client: Promise<LanguageClient> | null = null;

  /** `folder` is where the bundles are. */
  constructor(folder: string) {
    this.#folder = folder;
    const startFor = ({ languageId }: TextDocument): void => {
      if (languageId === 'osf1ad' && this.#client === null) this.#client = this.#start();
    };
    this.#listener = workspace.onDidOpenTextDocument(startFor);
    workspace.textDocuments.forEach(startFor);
  }

  /** The editor calls this when it ends or disables the extension, and waits for a while. */
  async stop(): Promise<void> {
    const client = await this.#client;
    this.#client = null;
    await client?.stop();
  }

  dispose(): void {
    this.#listener.dispose();
  }

  async #start(): Promise<LanguageClient> {
    const { LanguageClient, TransportKind } = await import('vscode-languageclient/node.js');
    const server = { module: join(this.#folder, 'language-server.cjs'), transport: TransportKind.ipc };
    const client = new LanguageClient('osf1ad', 'OSF/1 AD Workloads', server, {
      documentSelector: [{ language: 'osf1ad' }],
    });
    client.start().catch((error: unknown) => {
      void window.showErrorMessage(`The language server for workloads did not start: ${String(error)}`);
    });
    return client;
  }
}
