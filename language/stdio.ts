/**
 * The language server on the channels of a Node process. Standard output belongs to the protocol: nothing else may write
 * there.
 */
import { NodeFileSystem } from 'langium/node';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serve } from './server.ts';

export function serveStdio(parentChannel = false): void {
  const connection = parentChannel
    ? createConnection(ProposedFeatures.all)
    : createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  console.log = console.error;
  serve({ connection, ...NodeFileSystem });
}
