/** Messages in a queue: who sent them, with what right, and what they bring. */
import { NONE, at } from '../base/table.ts';
import { WIRE_STRIDE } from '../dipc/crossing.ts';
import { copyOn } from '../dipc/distributed.ts';
import type { DipcWorld } from '../dipc/world.ts';
import type { MemoryInMessage, Message } from '../mach/ipc/message.ts';
import { pagesOf } from '../mach/ipc/out-of-line.ts';
import { SEND_ONCE } from '../mach/ipc/space.ts';
import { threadOf } from '../mach/thread.ts';
import { BYTES_PER_PAGE } from '../mach/vm/object.ts';
import { nodeName, rightWord, threadWords, uidWords } from './label.ts';
import type { MessageState } from './state-ports.ts';

export function messageState(w: DipcWorld, message: Message): MessageState {
  const sender = threadOf(w, message.sender);
  return {
    message: message.id,
    serial: message.serial,
    operation: message.operation,
    from: sender === null ? '' : threadWords(w, sender),
    fromNode: sender === null ? '' : nodeName(w, sender.node),
    right: message.destType === SEND_ONCE ? 'send-once' : 'send',
    reply: message.reply === NONE ? null : portWords(w, message, message.reply),
    bytes: message.bytes + (message.pages + pagesOf(message)) * BYTES_PER_PAGE,
    rights: message.rights.length / strideOf(message),
    carries: carriedRights(w, message),
    memory: message.memory.map((item) => carriedMemory(w, item)),
    networkForm: message.wire,
    bodyOn: message.bodyNode === NONE ? null : nodeName(w, message.bodyNode),
    since: message.queuedAt === NONE ? null : message.queuedAt,
  };
}

/** Where it is: in the map of a kernel; on no node while it crosses to another one, or when it is lost. */
function carriedMemory(w: DipcWorld, { name, pages, region }: MemoryInMessage): MessageState['memory'][number] {
  const place = w.regions.rows[region];
  return { name, pages, node: place === undefined ? '' : nodeName(w, at(w.tasks, place.task).node) };
}

function carriedRights(w: DipcWorld, message: Message): string[] {
  const { rights } = message;
  const found: string[] = [];
  for (let i = 0; i < rights.length; i += strideOf(message)) {
    found.push(`${rightWord(rights[i]!)} ${portWords(w, message, rights[i + 1]!)}`.trim());
  }
  return found;
}

const strideOf = ({ wire }: Message): number => (wire ? WIRE_STRIDE : 2);

/** The port that a message names: a copy on its node, or in network form a UID. */
function portWords(w: DipcWorld, { wire, node }: Message, port: number): string {
  if (port === NONE) return '';
  if (!wire) return at(w.ports, port).label;
  const copy = node === NONE ? null : copyOn(w, node, port);
  return copy?.label ?? uidWords(w, port);
}
