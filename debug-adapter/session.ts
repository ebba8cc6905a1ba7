/**
 * One debug session: messages in, messages out.
 *
 * An AdapterSession has the shape of VS Code's DebugAdapter, so the extension runs it inside its own process; main.ts
 * puts it behind standard input and output for every other editor. It knows no files, no streams and no editor: what it
 * needs from its surroundings comes through the Host.
 *
 * Messages are handled one after the other, in the order in which they came, also where a handler has to wait for a
 * file. Every request gets exactly one response: a body, or an error that says what was wrong (errors.ts). What has to
 * follow a response (`initialized`, `continued`, a stop) is done after it has been sent.
 *
 * The session has a dispatcher of its own, a table of requests (handlers/table.ts), instead of the class that the
 * library for debug adapters offers: that one ends the process on a broken message, does not know all requests of the
 * protocol, and needs Node.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { asArguments } from './arguments.ts';
import { arrive, breakDown, passing } from './arrive.ts';
import { createBreakpoints } from './breakpoints/breakpoints.ts';
import type { Context, Host } from './context.ts';
import { createDriver } from './driver.ts';
import { RequestError, errorIds, messageOf } from './errors.ts';
import { handlers } from './handlers/table.ts';

type Listener = (message: DebugProtocol.ProtocolMessage) => void;

export class AdapterSession {
  readonly #context: Context;
  readonly #listeners = new Set<Listener>();
  #sequence = 1;
  #handled: Promise<void> = Promise.resolve();
  #afterwards: (() => void)[] = [];
  /** Called when the client has disconnected. */
  readonly #closed: () => void;

  constructor(host: Host, closed: () => void = () => undefined) {
    this.#closed = closed;
    this.#context = this.#createContext(host);
  }

  /** VS Code's event: a listener gets every message that the session sends. */
  readonly onDidSendMessage = (listener: Listener, self?: unknown): { dispose: () => void } => {
    const bound: Listener = (message) => listener.call(self, message);
    this.#listeners.add(bound);
    return { dispose: () => this.#listeners.delete(bound) };
  };

  /** Takes any value that came from a client. */
  handleMessage(message: unknown): void {
    this.#handled = this.#handled
      .then(() => this.#handle(message))
      .catch((error: unknown) => this.reportBroken(`a message: ${messageOf(error)}`));
  }

  /** Tells the client that something came that was not even a message. */
  reportBroken(why: string): void {
    this.#context.send('output', { category: 'stderr', output: `osf1ad: ignored ${why}\n` });
  }

  dispose(): void {
    this.#context.driver.abandon();
    this.#context.run = null;
    this.#listeners.clear();
  }

  async #handle(message: unknown): Promise<void> {
    if (!isMessage(message)) {
      this.reportBroken(`a message that is no object: ${JSON.stringify(message)}`);
      return;
    }
    if (message.type === 'response') return;
    const { seq, command } = message;
    if (!Number.isSafeInteger(seq) || Number(seq) < 1) {
      this.reportBroken(`a message without a number to answer to: 'seq' is ${JSON.stringify(seq)}`);
      return;
    }
    const request = { request_seq: seq, command: typeof command === 'string' ? command : '' };
    try {
      this.#send('response', { ...request, success: true, ...asBody(await this.#dispatch(message)) });
    } catch (error) {
      this.#afterwards = [];
      this.#send('response', { ...request, success: false, ...asError(error) });
    }
    const actions = this.#afterwards;
    this.#afterwards = [];
    for (const action of actions) this.#guarded(action);
  }

  /** Whatever goes wrong after a response is told, and costs no more than itself. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#context.send('output', {
        category: 'important',
        output: `The debug adapter failed: ${messageOf(error)}\n`,
      });
    }
  }

  async #dispatch(message: Message): Promise<unknown> {
    if (message.type !== 'request')
      throw new RequestError('malformed', `'type' must be "request", not ${JSON.stringify(message.type)}.`);
    if (typeof message.command !== 'string')
      throw new RequestError('malformed', `'command' must be a string, not ${JSON.stringify(message.command)}.`);
    const handler = Object.hasOwn(handlers, message.command) ? handlers[message.command] : undefined;
    if (handler === undefined) throw new RequestError('unknownRequest', `There is no request '${message.command}'.`);
    return handler(this.#context, asArguments(message.arguments));
  }

  #send(type: 'response' | 'event', message: object): void {
    const numbered = { seq: this.#sequence++, type, ...message };
    for (const listener of this.#listeners) listener(numbered);
  }

  #createContext(host: Host): Context {
    const clock = { toldAt: 0 };
    const cx: Context = {
      host,
      client: { firstLine: 1, firstColumn: 1 },
      breakpoints: createBreakpoints(),
      routines: [],
      run: null,
      driver: createDriver({
        slice: () => passing(cx, clock),
        arrived: (arrival) => {
          if (cx.run !== null) arrive(cx, cx.run, arrival);
        },
        failed: (text) => {
          if (cx.run !== null) breakDown(cx, cx.run, text);
        },
      }),
      send: (event, body) => this.#send('event', body === undefined ? { event } : { event, body }),
      afterwards: (action) => void this.#afterwards.push(action),
      close: () => this.#closed(),
    };
    return cx;
  }
}

interface Message {
  readonly seq?: unknown;
  readonly type?: unknown;
  readonly command?: unknown;
  readonly arguments?: unknown;
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asBody(body: unknown): object {
  return body === undefined ? {} : { body };
}

/** The text stands twice: most clients read `message`, the protocol's structured place is the body. */
function asError(error: unknown): object {
  const { id, showUser } = error instanceof RequestError ? error : { id: errorIds.internal, showUser: true };
  const text = error instanceof RequestError ? error.message : `The debug adapter failed: ${messageOf(error)}`;
  return { message: text, body: { error: { id, format: '{text}', variables: { text }, showUser } } };
}
