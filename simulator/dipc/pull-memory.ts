/**
 * Out-of-line memory between nodes: its pages are the body of the message, which the receiver pulls [mechanisms 2.5].
 *
 * On the sender's node a thread of the kernel prepares them: each page is read as a thread of the sender would have read it
 * when it was sent, wherever it is by now. Then the contents leave, and the sender's kernel forgets the memory. On the
 * receiver's node they are new memory, in the map of its kernel until the message has been copied out.
 *
 * Memory with a page that nobody can supply any more is lost, and the rest of the message is not.
 */
import { NONE, at } from '../base/table.ts';
import type { MemoryInMessage, Message } from '../mach/ipc/message.ts';
import { kernelMap } from '../mach/ipc/out-of-line.ts';
import { again, call, finish, routine, step } from '../mach/routine.ts';
import { threadCreate, threadStart, type Thread } from '../mach/thread.ts';
import { readPage } from '../mach/vm/fault.ts';
import { memoryForget } from '../mach/vm/memory.ts';
import { EMPTY, objectCreate, pageOf, setPage } from '../mach/vm/object.ts';
import { relieve } from '../mach/vm/page-out.ts';
import { regionAdd, regionRemove, type Region } from '../mach/vm/region.ts';
import { sendBody, type BodyWanted } from './meta-message.ts';
import type { DipcWorld } from './world.ts';

export interface Preparing {
  readonly message: number;
  /** Its row may be another message's by now. */
  readonly serial: number;
  /** Index of the memory, and the versions of its pages so far. */
  item: number;
  versions: number[];
  /** Who wants the body. */
  readonly wanted: BodyWanted;
}

export const prepareMemory = routine<DipcWorld, Preparing>(
  'dipc.prepare memory',
  'reads memory that another node wants',
  [
    step('read the next page', (w, t, f) => {
      const message = w.messages.rows[f.message];
      const item = message?.serial === f.serial ? message.memory[f.item] : undefined;
      const region = item === undefined ? undefined : w.regions.rows[item.region];
      if (message === undefined || item === undefined) return;
      if (region === undefined) return nextItem(t, f);
      if (f.versions.length === item.pages) {
        leave(w, message, f.item, region, f.versions);
        return nextItem(t, f);
      }
      const version = versionBehind(w, t, region, f.versions.length);
      if (version === 'lost') {
        lose(w, message, f.item, region);
        return nextItem(t, f);
      }
      if (version !== 'wait') f.versions.push(version);
      again(t);
    }),
    step('send the body', (w, t, f) => {
      sendBody(w, f.message, f.wanted);
      finish(t);
    }),
  ],
);

function nextItem(t: Thread, f: Preparing): void {
  f.item++;
  f.versions = [];
  again(t);
}

/** Lets a thread of the kernel prepare the memory of the message. */
export function prepare(w: DipcWorld, message: Message, wanted: BodyWanted): void {
  const { id, serial, activity } = message;
  const t = threadCreate(w, kernelMap(w, wanted.from), `body of message ${serial}`);
  t.activity = activity;
  t.serves = wanted.body.sender!;
  call(t, prepareMemory, { message: id, serial, item: 0, versions: [], wanted } satisfies Preparing);
  threadStart(w, t);
}

/** What the region's page holds. A page that was never filled is not filled for this. */
function versionBehind(w: DipcWorld, t: Thread, region: Region, page: number): number | 'wait' | 'lost' {
  for (let object = at(w.objects, region.object); ; object = at(w.objects, object.shadow)) {
    const version = pageOf(object, page);
    if (version >= 0) return version;
    if (version !== EMPTY) break;
    if (object.shadow === NONE) return 0;
  }
  const touched = readPage(w, t, region, page);
  return touched === 'wait' || touched === 'present' ? 'wait' : 'lost';
}

function leave(w: DipcWorld, message: Message, index: number, region: Region, versions: readonly number[]): void {
  const { memory } = region;
  at(w.memories, memory).references++;
  regionRemove(w, at(w.tasks, region.task), region);
  replaceItem(message, index, { region: NONE, memory, versions });
}

function lose(w: DipcWorld, message: Message, index: number, region: Region): void {
  regionRemove(w, at(w.tasks, region.task), region);
  replaceItem(message, index, { region: NONE });
}

/** The body has arrived: its memory is the kernel's on this node until somebody has it. */
export function memoryArrived(w: DipcWorld, message: Message, node: number): void {
  message.memory.forEach((item, index) => {
    const { name, pages, versions, memory } = item;
    if (memory === NONE) return;
    const object = objectCreate(w, node, name, 'anonymous', pages);
    versions.forEach((version, page) => setPage(w, object, page, version));
    const fields = { name: `${name} of message ${message.serial}`, pages, protection: 'rw-', memory } as const;
    const region = regionAdd(w, kernelMap(w, node), object, { ...fields, inheritance: 'copy' });
    memoryForget(w, memory);
    replaceItem(message, index, { region: region.id, memory: NONE, versions: [] });
  });
  if (message.memory.length > 0) relieve(w, node);
}

function replaceItem(message: Message, index: number, fields: Partial<MemoryInMessage>): void {
  message.memory = message.memory.with(index, { ...message.memory[index]!, ...fields });
}
