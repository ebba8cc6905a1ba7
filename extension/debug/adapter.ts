/**
 * Starts the debug adapter: inside the extension's own process, when the first session begins.
 *
 * The adapter with the simulator is a bundle of its own beside this one, the same that `osf1ad dap` runs; it is loaded on
 * first use, so that opening a script costs nothing of it. It reads files through the editor: a script in a virtual
 * workspace can be debugged like one on disk.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  DebugAdapterInlineImplementation,
  Uri,
  workspace,
  type DebugAdapterDescriptor,
  type DebugAdapterDescriptorFactory,
  type DebugSession,
} from 'vscode';
import type * as Bundle from '../../debug-adapter/main.ts';
import { SharedAdapter } from './client.ts';
import type { Cluster } from './cluster.ts';

export class AdapterFactory implements DebugAdapterDescriptorFactory {
  readonly #folder: string;
  readonly #cluster: Cluster;

  /** `folder` is where the bundles are. */
  constructor(folder: string, cluster: Cluster) {
    this.#folder = folder;
    this.#cluster = cluster;
  }

  createDebugAdapterDescriptor(session: DebugSession): DebugAdapterDescriptor {
    const path = join(this.#folder, 'debug-adapter.cjs');
    const { AdapterSession } = createRequire(path)(path) as typeof Bundle;
    const base = session.workspaceFolder?.uri;
    const adapter = new SharedAdapter(new AdapterSession({ readText: (program) => readText(program, base) }));
    this.#cluster.follow(session, adapter);
    return new DebugAdapterInlineImplementation(adapter);
  }
}

/** A path is one of the file system that the workspace is on; whatever has a scheme says itself where it is. */
async function readText(program: string, base: Uri | undefined): Promise<string> {
  const isUri = /^[a-z][a-z\d+.-]+:\/\//i.test(program);
  const file = Uri.file(program);
  const uri = isUri ? Uri.parse(program, true) : base === undefined ? file : base.with({ path: file.path });
  return new TextDecoder().decode(await workspace.fs.readFile(uri));
}
