/**
 * Ports over the whole cluster: their copies, who holds rights to them, and their credits.
 *
 * It is a census like that of the checkers, which counts; this one writes down who. Everything that can hold a right is
 * visited once: name spaces, messages (also those on the way, in network form), the hands of threads, and what kernels
 * keep for their objects.
 */
import { NONE, at, select } from '../base/table.ts';
import { answerInHand } from '../checkers/census.ts';
import { WIRE_STRIDE } from '../dipc/crossing.ts';
import { distributedOf } from '../dipc/distributed.ts';
import { effectiveType } from '../mach/ipc/entry.ts';
import type { Message } from '../mach/ipc/message.ts';
import { KERNEL, type Port } from '../mach/ipc/port.ts';
import { RECEIVE, SEND, SEND_ONCE, find, lookup, names } from '../mach/ipc/space.ts';
import type { XmmWorld } from '../xmm/world.ts';
import { nodeName, receiverOf, rightType, threadWords, uidWords } from './label.ts';
import { keptRights } from './kept-rights.ts';
import type { HeldRightState, PortIdentityState } from './state-ports.ts';

interface Identity {
  readonly uid: number;
  readonly copies: Port[];
  readonly rights: HeldRightState[];
  underWay: number;
}

interface Register {
  readonly w: XmmWorld;
  /** By UID; and by id of the only copy of a port that has none. */
  readonly uids: Map<number, Identity>;
  readonly local: Map<number, Identity>;
}

export function identityStates(w: XmmWorld): PortIdentityState[] {
  const register: Register = { w, uids: new Map(), local: new Map() };
  for (const port of w.ports.rows) if (port.live && !port.set) identityOf(register, port).copies.push(port);
  registerTasks(register);
  for (const message of w.messages.rows) if (message.live) registerMessage(register, message);
  registerThreads(register);
  registerKernels(register);
  for (const packet of w.packets.rows) {
    const { credits = 0, transit = 0 } = packet.live ? packet.body : {};
    const identity = register.uids.get(packet.uid);
    if (identity !== undefined) identity.underWay += credits + transit;
  }
  return [...register.uids.values(), ...register.local.values()]
    .filter(({ copies }) => copies.length > 0)
    .map((identity) => identityState(w, identity));
}

function identityState(w: XmmWorld, { uid, copies, rights, underWay }: Identity): PortIdentityState {
  const principal = copies.find((port) => !port.proxy) ?? null;
  const sorted = principal === null ? copies : [principal, ...copies.filter((port) => port !== principal)];
  const transitOf = (port: Port): number => (port.dipc === NONE ? 0 : distributedOf(w, port).transit);
  const held = copies.filter((port) => port !== principal).reduce((sum, port) => sum + transitOf(port), 0);
  const first = sorted[0]!;
  return {
    identity: uid === NONE ? `port ${first.id}` : uidWords(w, uid),
    uid: uid === NONE ? null : uidWords(w, uid),
    label: first.label,
    dead: principal === null ? copies.every((port) => !port.active) : !principal.active,
    principal: principal?.id ?? null,
    node: principal === null ? '' : nodeName(w, principal.node),
    receiver: principal === null ? '' : receiverOf(w, principal),
    copies: sorted.map(({ id }) => id),
    rights,
    credits: { handedOut: principal === null ? 0 : 0 - transitOf(principal), held, underWay },
  };
}

function identityOf({ w, uids, local }: Register, port: Port): Identity {
  if (port.dipc === NONE) return entryOf(local, port.id, NONE);
  const { uid } = distributedOf(w, port);
  return entryOf(uids, uid, uid);
}

function entryOf(table: Map<number, Identity>, key: number, uid: number): Identity {
  let identity = table.get(key);
  if (identity === undefined) {
    identity = { uid, copies: [], rights: [], underWay: 0 };
    table.set(key, identity);
  }
  return identity;
}

type Holder = Pick<HeldRightState, 'holder' | 'node' | 'who'> & Partial<HeldRightState>;

function hold(register: Register, type: number, port: number, holder: Holder): void {
  if (port < 0 || (type & (SEND | RECEIVE | SEND_ONCE)) === 0) return;
  const row = at(register.w.ports, port);
  const right = { type: rightType(type), userReferences: 1, task: null, name: null };
  identityOf(register, row).rights.push({ ...right, ...holder });
}

function holdUid({ uids }: Register, type: number, uid: number, holder: Holder): void {
  if (uid < 0) return;
  entryOf(uids, uid, uid).rights.push({
    type: rightType(type),
    userReferences: 1,
    task: null,
    name: null,
    ...holder,
  });
}

function registerTasks(register: Register): void {
  const { w } = register;
  for (const task of select(w.tasks, () => true)) {
    const holder = { holder: 'task', node: nodeName(w, task.node), who: task.name, task: task.id } as const;
    for (const name of names(task.space)) {
      const entry = lookup(task.space, name)!;
      if (entry.port === NONE || at(w.ports, entry.port).set) continue;
      const type = rightType(effectiveType(w, task.space, find(task.space, name)));
      hold(register, entry.type, entry.port, { ...holder, name, type, userReferences: entry.urefs });
    }
  }
}

function registerMessage(register: Register, message: Message): void {
  const { w } = register;
  const { wire, rights } = message;
  const node = message.node === NONE ? '' : nodeName(w, message.node);
  const holder: Holder = { holder: 'message', node, who: `${message.operation} #${message.serial}` };
  const named = (type: number, port: number, what: Holder): void =>
    wire ? holdUid(register, type, port, what) : hold(register, type, port, what);
  if (message.dest !== NONE && message.destType !== NONE) hold(register, message.destType, message.dest, holder);
  else if (wire && message.destType === SEND_ONCE) holdUid(register, SEND_ONCE, message.destUid, holder);
  if (message.reply !== NONE) named(wire ? SEND_ONCE : message.replyType, message.reply, holder);
  for (let i = 0; i < rights.length; i += wire ? WIRE_STRIDE : 2) {
    named(rights[i]!, rights[i + 1]!, holder);
    if (wire && rights[i] === SEND)
      entryOf(register.uids, rights[i + 1]!, rights[i + 1]!).underWay += credits(rights, i);
  }
}

const credits = (rights: readonly number[], first: number): number => Math.max(0, rights[first + 2]!);

function registerThreads(register: Register): void {
  const { w } = register;
  for (const t of select(w.threads, () => true)) {
    const holder: Holder = { holder: 'thread', node: nodeName(w, t.node), who: threadWords(w, t) };
    for (const rights of [t.hand, answerInHand(t.result)]) {
      for (let i = 0; i < rights.length; i += 2) hold(register, rights[i]!, rights[i + 1]!, holder);
    }
  }
}

function registerKernels(register: Register): void {
  const { w } = register;
  for (const port of select(w.ports, ({ receiver }) => receiver === KERNEL)) {
    hold(register, RECEIVE, port.id, { holder: 'kernel', node: nodeName(w, port.node), who: 'answers on it' });
  }
  for (const { node, port, type, why } of keptRights(w)) {
    hold(register, type, port, { holder: 'kernel', node: nodeName(w, node), who: why });
  }
}
