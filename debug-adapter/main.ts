/**
 * The debug adapter as a program: DAP over standard input and output (`osf1ad dap`).
 *
 * Standard output belongs to the protocol. The program ends when the client disconnects or closes the stream; nothing
 * that comes over the wire makes it end otherwise. The extension takes the AdapterSession from here and runs it inside its
 * own process.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterSession } from './session.ts';
import { createWireReader, frameMessage } from './wire.ts';

export { AdapterSession };

/** Serves one client; the promise is kept when it has gone. */
export function startAdapter(input: Readable, output: Writable): Promise<void> {
  return new Promise((gone) => {
    const session = new AdapterSession({ readText: (path) => readFile(path, 'utf8'), resolve }, () =>
      output.write('', () => gone()),
    );
    const reader = createWireReader(
      (message) => session.handleMessage(message as DebugProtocol.ProtocolMessage),
      (why) => session.reportBroken(why),
    );
    session.onDidSendMessage((message) => output.write(frameMessage(message)));
    const end = (): void => {
      session.dispose();
      gone();
    };
    input.on('data', (chunk: Uint8Array) => reader.feed(chunk));
    input.on('end', end);
    input.on('error', end);
    output.on('error', end);
  });
}

/** Run as a program rather than imported: as this file, or as the bundle that is made of it. */
if (/debug-adapter(\.cjs|[\\/]main\.ts)$/.test(process.argv[1] ?? '')) {
  void startAdapter(process.stdin, process.stdout).then(() => process.exit(0));
}
