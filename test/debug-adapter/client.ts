/**
 * A client for tests: the protocol's own DebugClient over standard input and output, with two additions.
 *
 * Every message that the adapter sends is held against debugAdapterProtocol.json as it comes; a message that the schema
 * does not allow fails the test, whatever the test is about. And errors keep their body, so that a test can read it.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import { buildSync } from 'esbuild';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { createWireReader } from '../../debug-adapter/wire.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { invalidities } from './schema.ts';

export const root = join(import.meta.dirname, '../..');

let bundle: string | null = null;

/** The adapter as it is shipped, in one file; made once for all tests. */
function bundledAdapter(): string {
  if (bundle !== null) return bundle;
  const folder = mkdtempSync(join(tmpdir(), 'osf1ad-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  bundle = join(folder, 'debug-adapter.cjs');
  const entry = join(root, 'debug-adapter/main.ts');
  buildSync({ entryPoints: [entry], outfile: bundle, bundle: true, platform: 'node', target: 'node20', format: 'cjs' });
  return bundle;
}

type Message = DebugProtocol.Response | DebugProtocol.Event;
export type Stopped = DebugProtocol.StoppedEvent['body'];

export class Client extends DebugClient {
  /** Everything that has come, in its order. */
  readonly received: Message[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #taken = new Set<Message>();
  readonly wrong: string[] = [];
  #writable: Writable | null = null;

  constructor() {
    super(process.execPath, bundledAdapter(), 'osf1ad', { cwd: root });
    this.defaultTimeout = 50_000; // within the time that mocha gives a test
  }

  /** Called by the base class when the adapter has been started. */
  protected override connect(readable: Readable, writable: Writable): void {
    const reader = createWireReader(
      (message) => this.#record(message as Message),
      (why) => this.wrong.push(why),
    );
    this.#writable = writable;
    readable.on('data', (chunk: Uint8Array) => reader.feed(chunk));
    super.connect(readable, writable);
  }

  /** Sends what no client should send. */
  raw(bytes: string): void {
    this.#writable?.write(bytes);
  }

  #record(message: Message): void {
    this.received.push(message);
    this.wrong.push(...invalidities(message));
    for (const wake of [...this.#waiting]) wake();
  }

  /** Sends a request and gives the response, be it an error. */
  async ask(command: string, args?: unknown): Promise<DebugProtocol.Response> {
    const self = this as unknown as {
      doSend(command: string, args: unknown, done: (r: DebugProtocol.Response) => void): void;
    };
    const response = await new Promise<DebugProtocol.Response>((done) => self.doSend(command, args, done));
    assert.deepEqual(this.wrong, []);
    return response;
  }

  /** The body of a successful response. */
  async get<T = Record<string, unknown>>(command: string, args?: unknown): Promise<T> {
    const response = await this.ask(command, args);
    assert.ok(response.success, `${command}: ${response.message}`);
    return response.body as T;
  }

  /** The text of an error response. */
  async fails(command: string, args?: unknown): Promise<string> {
    const response = await this.ask(command, args);
    assert.ok(!response.success, `${command} was expected to fail`);
    const { error } = response.body as { error: DebugProtocol.Message };
    assert.ok(error.id > 0);
    assert.equal(error.variables?.['text'], response.message);
    return response.message ?? '';
  }

  /** The first event of this name that no test has taken yet; waits for it if need be. */
  async event<T>(name: string, limit_ms = this.defaultTimeout): Promise<T> {
    const end = performance.now() + limit_ms;
    for (;;) {
      const found = this.received.find(
        (message) =>
          message.type === 'event' && (message as DebugProtocol.Event).event === name && !this.#taken.has(message),
      );
      if (found !== undefined) {
        this.#taken.add(found);
        return (found as DebugProtocol.Event).body as T;
      }
      assert.ok(performance.now() < end, `no event '${name}' within ${limit_ms} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** Waits until the run, which goes on meanwhile, has come past an event. */
  async passes(event: number): Promise<void> {
    while ((await this.get<ClusterState>('osf1ad/state')).event <= event);
  }

  stopped(): Promise<Stopped> {
    return this.event<Stopped>('stopped');
  }

  /** The bodies of all events of this name so far. */
  events<T>(name: string): readonly T[] {
    return this.received.flatMap((message) =>
      message.type === 'event' && (message as DebugProtocol.Event).event === name
        ? [(message as DebugProtocol.Event).body as T]
        : [],
    );
  }

  /** Starts the adapter, launches, and sets breakpoints before the run begins. */
  async begin(launch: object, configure: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    await this.start();
    await this.get('initialize', {
      adapterID: 'osf1ad',
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: 'path',
    });
    await this.get('launch', launch);
    await this.event('initialized');
    await configure();
    await this.get('configurationDone');
  }

  /** Sends a request that moves the cluster, and waits for the stop. */
  async go(command: string, threadId: number): Promise<Stopped> {
    await this.get(command, { threadId });
    return this.stopped();
  }

  async frames(threadId: number): Promise<readonly DebugProtocol.StackFrame[]> {
    return (await this.get<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId })).stackFrames;
  }

  /** The line of the script in which a thread is. */
  async line(threadId: number): Promise<number | undefined> {
    return (await this.frames(threadId)).find(({ source }) => source?.path !== undefined)?.line;
  }

  async rows(variablesReference: number): Promise<readonly DebugProtocol.Variable[]> {
    return (await this.get<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference })).variables;
  }

  async evaluate(expression: string, context = 'repl', frameId?: number): Promise<string> {
    return (await this.get<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression, context, frameId }))
      .result;
  }
}
