/**
 * Cancelling: a search in the past, which the client is told of while it lasts, and a request that waits for its turn.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { Client, root, type Stopped } from './client.ts';
import { endless } from './endless.ts';

const MINUTE_MS = 60_000;
const program = join(root, 'examples/01-a-compiler-moves.adw');

describe('cancelled', () => {
  const folder = mkdtempSync(join(tmpdir(), 'osf1ad-'));
  const long = join(folder, 'long.adw');
  let client: Client;
  const state = (): Promise<ClusterState> => client.get<ClusterState>('osf1ad/state');

  before(() => writeFileSync(long, endless));
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());
  after(() => rmSync(folder, { recursive: true }));

  it('is a search in the past that takes long: the run is back where it was', async function () {
    this.timeout(MINUTE_MS);
    client.on('progressStart', ({ body }: DebugProtocol.ProgressStartEvent) => {
      void client.ask('cancel', { progressId: body.progressId });
    });
    await client.start();
    await client.get('initialize', { adapterID: 'osf1ad', supportsProgressReporting: true });
    await client.get('launch', { program: long });
    await client.event('initialized');
    await client.get('configurationDone');
    // A search that was over before it could be cancelled has come to the entry: the next one is twice as long.
    for (let far = 200_000; ; far *= 2) {
      await client.passes(far);
      const { threadId = 0 } = await client.go('pause', 1);
      const { event } = await state();
      await client.get('reverseContinue', { threadId });
      const { reason } = await client.event<Stopped>('stopped', MINUTE_MS);
      if (reason === 'entry') {
        await client.get('continue', { threadId });
        continue;
      }
      assert.equal(reason, 'pause');
      assert.equal((await state()).event, event);
      break;
    }
    const begun = client.events<DebugProtocol.ProgressStartEvent['body']>('progressStart');
    const ended = client.events<DebugProtocol.ProgressEndEvent['body']>('progressEnd');
    assert.ok(begun.length > 0 && begun.every(({ cancellable }) => cancellable));
    assert.deepEqual(
      ended.map(({ progressId }) => progressId),
      begun.map(({ progressId }) => progressId),
    );
  });

  it('is a request that waits for its turn; one that is over, or never was, is no mistake', async () => {
    await client.begin({ program, stopOnEntry: true });
    await client.stopped();
    const [first, second] = [client.ask('osf1ad/state'), client.ask('threads')];
    const cancelled = client.ask('cancel', { requestId: 9999 });
    assert.ok((await first).success && (await second).success && (await cancelled).success);
    // Both come in one piece: the request has not been begun when the cancel is there.
    const message = (content: object): string => {
      const text = JSON.stringify({ type: 'request', ...content });
      return `Content-Length: ${text.length}\r\n\r\n${text}`;
    };
    const cancel = { seq: 9002, command: 'cancel', arguments: { requestId: 9001 } };
    client.raw(message({ seq: 9001, command: 'threads' }) + message(cancel));
    await client.get('threads');
    const late = client.received.find((each) => 'request_seq' in each && each.request_seq === 9001);
    assert.ok(late !== undefined && 'success' in late);
    assert.deepEqual([late.success, late.message], [false, 'cancelled']);
    await client.get('cancel', { progressId: 'none' });
  });
});
