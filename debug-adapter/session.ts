/**
 * One debug session: messages in, messages out.
 *
 * An AdapterSession is a ProtocolServer of the library for debug adapters, and so a DebugAdapter of VS Code: the extension
 * runs it inside its own process, and main.ts puts it behind standard input and output for every other editor. It knows
 * no files and no editor: what it needs from its surroundings comes through the Host.
 *
 * Messages are handled one after the other, in the order in which they came, also where a handler has to wait for a
 * file. Every request gets exactly one response: a body, or an error that says what was wrong (errors.ts). What has to
 * follow a response (`initialized`, `continued`, a stop) is done after it has been sent.
 *
 * Requests are dispatched by a table (handlers/table.ts) and not by the library's DebugSession, which ends the process on
 * a broken message and does not know all requests of the protocol.
 */
import { Event, Response } from '@vscode/debugadapter/lib/messages.js';
import { ProtocolServer } from '@vscode/debugadapter/lib/protocol.js';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { asArguments } from './arguments.ts';
import { arrive, breakDown, passing } from './arrive.ts';
import { createBreakpoints } from './breakpoints/breakpoints.ts';
import type { Context, Host } from './context.ts';
import { createDriver } from './driver.ts';
import { RequestError, errorIds, messageOf } from './errors.ts';
import { handlers } from './handlers/table.ts';
import { createSearch } from './progress.ts';

export class AdapterSession extends ProtocolServer {
  readonly #context: Context;
  #handled: Promise<void> = Promise.resolve();
  #afterwards: (() => void)[] = [];
  /** Numbers of requests that are not to be begun. */
  readonly #cancelled = new Set<number>();
  /** Called when the client has disconnected. */
  readonly #closed: () => void;

  constructor(host: Host, closed: () => void = () => undefined) {
    super();
    this.#closed = closed;
    this.#context = this.#createContext(host);
  }

  /** Takes any value that came from a client, whatever its type says. */
  override handleMessage(message: DebugProtocol.ProtocolMessage): void {
    this.#strikeOut(message);
    this.#handled = this.#handled
      .then(() => this.#handle(message))
      .catch((error: unknown) => this.reportBroken(`a message: ${messageOf(error)}`));
  }

  /** A request that waits for its turn is not begun any more if a cancel has come behind it. */
  #strikeOut(message: unknown): void {
    if (!isMessage(message) || message.type !== 'request' || message.command !== 'cancel') return;
    const { requestId } = (message.arguments ?? {}) as { requestId?: unknown };
    if (typeof requestId === 'number') this.#cancelled.add(requestId);
  }

  /** Tells the client that something came that was not even a message. */
  reportBroken(why: string): void {
    this.#context.send('output', { category: 'stderr', output: `osf1ad: ignored ${why}\n` });
  }

  override dispose(): void {
    this.#context.driver.abandon();
    this.#context.run = null;
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
    const request = { seq: Number(seq), type: 'request', command: typeof command === 'string' ? command : '' };
    const response: DebugProtocol.Response = new Response(request);
    if (this.#cancelled.delete(request.seq) && request.command !== 'cancel') {
      this.sendResponse(Object.assign(response, { success: false, message: 'cancelled', body: {} }));
      return;
    }
    try {
      Object.assign(response, asBody(await this.#dispatch(message)));
    } catch (error) {
      this.#afterwards = [];
      Object.assign(response, { success: false }, asError(error));
    }
    this.sendResponse(response);
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

  #createContext(host: Host): Context {
    const clock = { toldAt: 0 };
    const cx: Context = {
      host,
      client: { firstLine: 1, firstColumn: 1, reportsProgress: false },
      breakpoints: createBreakpoints(),
      routines: [],
      run: null,
      search: createSearch(),
      driver: createDriver({
        slice: () => passing(cx, clock),
        arrived: (arrival) => {
          if (cx.run !== null) arrive(cx, cx.run, arrival);
        },
        failed: (text) => {
          if (cx.run !== null) breakDown(cx, cx.run, text);
        },
      }),
      send: (event, body) => this.sendEvent(new Event(event, body)),
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
