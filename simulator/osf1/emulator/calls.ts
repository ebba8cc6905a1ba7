/**
 * The system calls that the PMA executes and that only have to be asked for, and init.
 *
 * exit is a message and not an RPC: nobody comes back from it.
 */
import { NONE, at } from '../../base/table.ts';
import { send, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import { blockOn } from '../../mach/thread.ts';
import type { Times, Usage } from '../pma/identity.ts';
import type { PcntlMigrate } from '../pma/pcntl.ts';
import type { ProcessInfo } from '../pma/pcntl-control.ts';
import type { Wait, Waited } from '../pma/wait.ts';
import { exitedWith, lostWithNode, numberOfEnd } from '../ended.ts';
import type { OsfWorld } from '../world.ts';
import { failed, type CallResult } from './errno.ts';
import { pmaCall, type PmaCall } from './pma-call.ts';
import { PROCESS_PORT, emulatorOf, threadIn } from './state.ts';

/** A call with plain operands. */
function simple<D extends object>(
  name: string,
  story: string,
  operation: string,
  operands: (f: D) => object,
  value: (body: unknown) => CallResult,
): Routine {
  return routine<OsfWorld, D>(name, story, [
    step('ask the PMA', (_w, t, f) => {
      call(t, pmaCall, { operation, payload: { body: operands(f) }, tries: 0 } satisfies PmaCall);
    }),
    step('return', (_w, t) => {
      const { code, body } = t.result as Payload;
      finish(t, code === 'KERN_SUCCESS' ? value(body) : failed(code));
    }),
  ]);
}

const zero = (): number => 0;
const pidIn = (body: unknown): number => (body as { pid: number }).pid;

export const emulatorGetpid = simple('emulator.getpid', 'who am I', 'pma.getpid', () => ({}), pidIn);
export const emulatorGetppid = simple('emulator.getppid', 'who is my parent', 'pma.getppid', () => ({}), pidIn);

export const emulatorWait = simple<Wait>(
  'emulator.wait',
  'waits for a child',
  'pma.wait',
  ({ pid, options }) => ({ pid, options }),
  (body) => numberOfEnd(body as Waited),
);

/** What became of a child: the parts of the language's `ended`. */
export const emulatorWaitpid = simple<Wait>(
  'emulator.waitpid',
  'waits for a child',
  'pma.wait',
  ({ pid, options }) => ({ pid, options }),
  (body) => {
    const { pid, status, signal, lost, stopped, continued } = body as Waited;
    return [pid, status, signal, lost, stopped, continued];
  },
);

export const emulatorErrno = routine<OsfWorld, object>('emulator.errno', 'says why the last call failed', [
  step('look it up', (w, t) => finish(t, threadIn(emulatorOf(at(w.tasks, t.task)), t).errno)),
]);

/** A call on the group of a process, which finishes with its group, its session, or 0. */
const ofGroup = (call: string, story: string, what: 'group' | 'session' | null): Routine =>
  simple<{ readonly pid: number; readonly group?: number }>(
    `emulator.${call}`,
    story,
    call === 'getsid' ? 'pma.getpgid' : `pma.${call}`,
    ({ pid, group }) => (group === undefined ? { pid } : { pid, group }),
    (body) => (what === null ? 0 : (body as { group: number; session: number })[what]),
  );

export const emulatorGetpgid = ofGroup('getpgid', 'to which group a process belongs', 'group');
export const emulatorGetsid = ofGroup('getsid', 'to which session a process belongs', 'session');
export const emulatorSetsid = ofGroup('setsid', 'leads a session of its own', 'session');
export const emulatorSetpgid = ofGroup('setpgid', 'moves a process into a group', null);

/** The parts of the language's `usage`. */
export const emulatorGetrusage = simple(
  'emulator.getrusage',
  'what have I used',
  'pma.getrusage',
  () => ({}),
  (body) => {
    const { time, children, here } = body as Usage;
    return [time, children, here];
  },
);

/** The parts of the language's `tms`. */
export const emulatorTimes = simple(
  'emulator.times',
  'how have I used it',
  'pma.times',
  () => ({}),
  (body) => {
    const { user, system, childrenUser, childrenSystem } = body as Times;
    return [user, system, childrenUser, childrenSystem];
  },
);

export const emulatorMigrate = simple<PcntlMigrate>(
  'emulator.pcntl migrate',
  'asks for a process to be moved',
  'pma.pcntl_migrate',
  ({ pid, node, calls }) => ({ pid, node, calls }),
  zero,
);

/** pcntl(PCNTL_ALLOW) and pcntl(PCNTL_DISALLOW). */
export const emulatorAllow = simple<{ readonly pid: number; readonly migratable: boolean }>(
  'emulator.pcntl allow',
  'lets a process be moved, or keeps it where it is',
  'pma.pcntl_allow',
  ({ pid, migratable }) => ({ pid, migratable }),
  zero,
);

export const emulatorJoinGroup = simple<{ readonly pid: number; readonly group: number }>(
  'emulator.pcntl join group',
  'has a process move with others',
  'pma.pcntl_join_group',
  ({ pid, group }) => ({ pid, group }),
  zero,
);

/** The parts of the language's `process_info`. */
export const emulatorProcessInfo = simple<{ readonly pid: number }>(
  'emulator.pcntl info',
  'asks what is known of a process',
  'pma.pcntl_info',
  ({ pid }) => ({ pid }),
  (body) => {
    const { elapsed, sinceMigration, migrations, time, children, here, created, average, group } = body as ProcessInfo;
    return [elapsed, sinceMigration, migrations, time, children, here, created, average, group];
  },
);

/** `lost`: a page of its memory is gone with the node that had it, so that it cannot go on. */
export interface EmulatorExit {
  readonly status: number;
  readonly lost?: boolean;
}

/** What threads wait for that begin nothing any more. */
export const END = 'end of the process';

export const emulatorExit = routine<OsfWorld, EmulatorExit>('emulator.exit', 'ends the process', [
  step('tell the PMA', (w, t, f) => {
    const emulator = emulatorOf(at(w.tasks, t.task));
    emulator.alone = threadIn(emulator, t).number;
    send(w, t, PROCESS_PORT, 'pma.exit', { body: f.lost === true ? lostWithNode() : exitedWith(f.status) });
  }),
  step('wait for the end', (w, t) => blockOn(w, t, END)),
]);

/** init: the process that waits for all children that nobody else waits for. */
export const initProgram = routine<OsfWorld, object>('init', 'waits for orphans', [
  step('wait for a child', (_w, t) => call(t, emulatorWait, { pid: NONE, options: 0 } satisfies Wait)),
  step('wait for the next one', (w, t) => goTo(w, t, 'wait for a child')),
]);

export const callRoutines: readonly Routine[] = [
  emulatorGetpid,
  emulatorGetppid,
  emulatorWait,
  emulatorWaitpid,
  emulatorErrno,
  emulatorGetpgid,
  emulatorGetsid,
  emulatorSetsid,
  emulatorSetpgid,
  emulatorGetrusage,
  emulatorTimes,
  emulatorMigrate,
  emulatorAllow,
  emulatorJoinGroup,
  emulatorProcessInfo,
  emulatorExit,
  initProgram,
];
