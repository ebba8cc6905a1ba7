/**
 * select: one wait for several descriptors, which may be at several servers.
 *
 * Each open file is asked about at its own server, and all answers come to one port, made for the call. The first one, the
 * end of the time, or a signal ends the wait: then the other requests are withdrawn, and every one of them is answered, so
 * that nothing is left anywhere when the call returns. Nobody looks twice, and asking changes nothing, so nothing is lost.
 *
 * The port belongs to the task and moves with it, so a process may be moved in the middle; a process that is killed takes it
 * along, and the servers hear of that as of every request that waits (file-server/waiting.ts). A server that fails
 * destroys the right to answer, and its descriptors are ready: the next call on them says what is wrong [1.9, 5.3].
 */
import { NONE, at } from '../../base/table.ts';
import { answer, receive, send } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND, MAKE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { FILE_READ, FILE_WRITE } from '../file-server/open.ts';
import type { Poll, Polled } from '../file-server/poll.ts';
import { callNumber } from '../interrupt.ts';
import type { OsfWorld } from '../world.ts';
import { descriptorsIn, setOf } from './descriptor-set.ts';
import { failed, type Failed } from './errno.ts';
import { fileAt } from './files.ts';
import { TASK_SELF, emulatorOf, threadIn } from './state.ts';

/** One open file, which may have several descriptors. */
interface Asked {
  readonly capability: number;
  want: number;
  ready: number;
  /** Its request has been answered. */
  heard: boolean;
}

export interface EmulatorSelect {
  readonly read: string;
  readonly write: string;
  /** How long it waits (ns): negative for ever, 0 not at all. */
  readonly within: number;
  call: number;
  port: number;
  asked: Asked[];
  deadline: number;
  /** Requests that have been made, and that have not been answered yet. */
  made: number;
  open: number;
  /** A server has failed, or has lost the open file: whatever is not heard of in the end has an error to tell. */
  lost: boolean;
  /** Requests that have been withdrawn: -1 while the call waits. */
  withdrawn: number;
  interrupted: boolean;
}

/** What the signal thread sends to the port of the call. */
const INTERRUPT = 'select.interrupt';

export const selectFrame = (read: string, write: string, within: number): EmulatorSelect => ({
  read,
  write,
  within,
  call: NONE,
  port: NONE,
  asked: [],
  deadline: NONE,
  made: 0,
  open: 0,
  lost: false,
  withdrawn: NONE,
  interrupted: false,
});

/** Finishes with the parts of the language's `ready`: how many, and which can be read, and written. */
export const emulatorSelect = routine<OsfWorld, EmulatorSelect>('emulator.select', 'waits for several descriptors', [
  step('make a port for the answers', (w, t, f) => {
    if (!chooseFiles(w, t, f)) return finish(t, failed('EBADF'));
    const task = at(w.tasks, t.task);
    const emulator = emulatorOf(task);
    const mine = threadIn(emulator, t);
    if (mine.nudged) return finish(t, failed('EINTR'));
    f.call = callNumber(task.pid, mine.number, emulator.calls++);
    if (f.within >= 0) f.deadline = w.time + f.within;
    kernelCall(w, t, TASK_SELF, 'mach_port_allocate', { body: { label: `${task.name}.select` } });
  }),
  step('let the signal thread send to it', (w, t, f) => {
    f.port = (t.body as { name: number }).name;
    const rights = [{ name: f.port, disposition: MAKE_SEND }];
    kernelCall(w, t, TASK_SELF, 'mach_port_insert_right', { body: { name: f.port }, rights });
  }),
  step('ask about the next file', (w, t, f) => {
    threadIn(emulatorOf(at(w.tasks, t.task)), t).waiting = { port: f.port, operation: INTERRUPT, call: f.call };
    const asked = f.asked[f.made];
    if (asked === undefined) return goTo(w, t, 'wait for an answer');
    const body: Poll = { want: asked.want, wait: f.within !== 0, of: f.made, call: f.call };
    send(w, t, asked.capability, 'file.poll', { body, reply: { name: f.port, disposition: MAKE_SEND_ONCE } });
  }),
  step('count it', (w, t, f) => {
    const asked = f.asked[f.made++]!;
    if (t.code === 'KERN_SUCCESS') f.open++;
    else Object.assign(asked, { ready: asked.want, heard: true } satisfies Partial<Asked>);
    goTo(w, t, 'ask about the next file');
  }),
  step('wait for an answer', (w, t, f) => {
    const isOver = f.lost || f.asked.some(({ ready }) => ready !== 0);
    if (isOver && f.withdrawn === NONE) return goTo(w, t, 'withdraw the others');
    if (f.open === 0 && (f.withdrawn !== NONE || f.within === 0)) return goTo(w, t, 'give up the port');
    const limited = f.withdrawn === NONE && f.within > 0;
    receive(w, t, f.port, limited ? { timeout: Math.max(0, f.deadline - w.time) } : {});
  }),
  step('take it', (w, t, f) => {
    if (t.code === 'MACH_RCV_TIMED_OUT') return goTo(w, t, 'withdraw the others');
    if (t.operation === INTERRUPT) {
      f.interrupted = true;
      goTo(w, t, f.withdrawn === NONE ? 'withdraw the others' : 'wait for an answer');
      return answer(w, t, t.reply);
    }
    f.open--;
    const polled = t.body as Polled | null;
    if (polled === null) f.lost = true;
    else Object.assign(f.asked[polled.of]!, { ready: polled.ready, heard: true } satisfies Partial<Asked>);
    goTo(w, t, 'wait for an answer');
  }),
  step('withdraw the others', (w, t, f) => {
    const asked = f.asked[++f.withdrawn];
    if (asked === undefined) return goTo(w, t, 'wait for an answer');
    if (!asked.heard) send(w, t, asked.capability, 'file.interrupt', { body: { call: f.call } });
  }),
  step('go on', (w, t) => goTo(w, t, 'withdraw the others')),
  step('give up the port', (w, t, f) => {
    threadIn(emulatorOf(at(w.tasks, t.task)), t).waiting = null;
    kernelCall(w, t, TASK_SELF, 'mach_port_destroy', { body: { name: f.port } });
  }),
  step('return', (w, t, f) => {
    const found = (set: string, flag: number): number[] => {
      return descriptorsIn(set).filter((descriptor) => {
        const file = fileAt(w, t, descriptor);
        const asked = f.asked.find(({ capability }) => capability === file?.capability);
        // Another thread has closed it meanwhile: the next call on it says so.
        if (asked === undefined) return true;
        return ((asked.heard ? asked.ready : asked.want) & flag) !== 0;
      });
    };
    const read = found(f.read, FILE_READ);
    const write = found(f.write, FILE_WRITE);
    const count = read.length + write.length;
    const interrupted: Failed = { ...failed('EINTR'), final: true };
    finish(t, count === 0 && f.interrupted ? interrupted : [count, setOf(read), setOf(write)]);
  }),
]);

/** The open files behind the descriptors, once each; false if a descriptor stands for none. */
function chooseFiles(w: OsfWorld, t: Thread, f: EmulatorSelect): boolean {
  for (const [set, flag] of [
    [f.read, FILE_READ],
    [f.write, FILE_WRITE],
  ] as const) {
    for (const descriptor of descriptorsIn(set)) {
      const file = fileAt(w, t, descriptor);
      if (file === null) return false;
      let asked = f.asked.find(({ capability }) => capability === file.capability);
      if (asked === undefined) f.asked.push((asked = { capability: file.capability, want: 0, ready: 0, heard: false }));
      asked.want |= flag;
    }
  }
  return true;
}
