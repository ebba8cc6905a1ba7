/**
 * A second client on a debug session's wire.
 *
 * The views need the state of the cluster several times a second while it runs. Asked through the editor, every answer
 * would travel from the extension to the window and back, which may be another machine. So the extension asks the
 * adapter itself, in the same protocol and in the same order as the editor's own messages: requests get numbers that the
 * editor never uses, and the answers to them are taken out of the stream before the editor sees it.
 */
import type { DebugAdapter, DebugProtocolMessage, Event } from 'vscode';
import { EventEmitter } from 'vscode';

/** What travels on the wire, as far as this file looks into it. */
interface Message extends DebugProtocolMessage {
  readonly type: 'request' | 'response' | 'event';
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly event?: string;
  readonly body?: unknown;
}

/** The shape that the debug adapter's session has; structural, so that any transport can stand in for it. */
export interface Session {
  onDidSendMessage(listener: (message: DebugProtocolMessage) => void): { dispose(): void };
  handleMessage(message: unknown): void;
  dispose(): void;
}

export interface ProtocolEvent {
  readonly event: string;
  readonly body: unknown;
}

const ownNumbers_from = 2 ** 40;

export class SharedAdapter implements DebugAdapter {
  readonly #session: Session;
  readonly #toEditor = new EventEmitter<DebugProtocolMessage>();
  readonly #events = new EventEmitter<ProtocolEvent>();
  readonly #ended = new EventEmitter<void>();
  readonly #waiting = new Map<number, (answer: Message | null) => void>();
  #next = ownNumbers_from;

  readonly onDidSendMessage: Event<DebugProtocolMessage> = this.#toEditor.event;
  readonly onEvent: Event<ProtocolEvent> = this.#events.event;
  readonly onEnd: Event<void> = this.#ended.event;

  constructor(session: Session) {
    this.#session = session;
    session.onDidSendMessage((message) => this.#receive(message as Message));
  }

  handleMessage(message: DebugProtocolMessage): void {
    this.#session.handleMessage(message);
  }

  /** The body of the answer; null if the request failed, as it does before the launch, or if the session has ended. */
  async request(command: string, args: object = {}): Promise<unknown> {
    const seq = this.#next++;
    const answer = await new Promise<Message | null>((resolve) => {
      this.#waiting.set(seq, resolve);
      this.#session.handleMessage({ seq, type: 'request', command, arguments: args });
    });
    return answer?.success === true ? (answer.body ?? null) : null;
  }

  /** Tells the editor something in the adapter's name. */
  tellEditor(event: string, body: object): void {
    const message: Message = { type: 'event', event, body };
    this.#toEditor.fire({ seq: this.#next++, ...message });
  }

  dispose(): void {
    this.#session.dispose();
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
    this.#ended.fire();
    for (const emitter of [this.#toEditor, this.#events, this.#ended]) emitter.dispose();
  }

  #receive(message: Message): void {
    const waiting = message.request_seq === undefined ? undefined : this.#waiting.get(message.request_seq);
    if (message.type === 'response' && waiting !== undefined) {
      this.#waiting.delete(message.request_seq ?? 0);
      waiting(message);
      return;
    }
    this.#toEditor.fire(message);
    if (message.type === 'event' && message.event !== undefined) {
      this.#events.fire({ event: message.event, body: message.body });
    }
  }
}
