/**
 * A new process: its pid, and the relations that it is born into.
 *
 * The pid comes out of a block of the PM Master that was asked; only when that is used up the broker is asked for another.
 * Group and session are its parent's. If the parent is another PM Master's (it was created on another node and has moved
 * since), that one says which they are, and notes that the parent has a child here.
 */
import { NONE } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { again, call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';
import { grantBlock, nextPid, takeBlock } from './blocks.ts';
import { INIT, masterEntryAllocate, masterOf, ownEntryOf } from './entry.ts';
import { operation } from './operation.ts';
import { brokerOf, findOwner, isBroker, type Owner } from './owner.ts';

/** Body of `pmm.alloc_pid`. */
export interface NewProcess {
  readonly parent: number;
  readonly name: string;
  /** Where it is being made: whom the PM Master knows to be there dies with the node, also if it has not been registered. */
  readonly node: number;
}

/** A pid and the relations of the process: what the PMA keeps of them is what it reports if the PM Master has to ask. */
export interface Born {
  readonly pid: number;
  readonly group: number;
  readonly session: number;
}

interface AllocPid extends Request {
  pid?: number;
}

const tryAgain: Payload = { code: 'EAGAIN' };

const allocPid = routine<OsfWorld, AllocPid>('pmm.alloc_pid', 'gives out a pid', [
  step('take one out of a block', (w, t, f) => {
    const master = masterOf(w, t);
    f.pid = nextPid(master);
    if (f.pid !== NONE) return goTo(w, t, 'find its family');
    if (isBroker(w, master)) {
      takeBlock(master, grantBlock(master, master.node));
      return again(t);
    }
    const broker = brokerOf(w, master);
    if (broker === NONE) return finish(t, tryAgain);
    rpc(w, t, broker, 'pmm.alloc_block', { body: { node: master.node } });
  }),
  step('take the block that the broker gives', (w, t) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, tryAgain);
    takeBlock(masterOf(w, t), (t.body as { block: number }).block);
    goTo(w, t, 'take one out of a block');
  }),
  step('find its family', (w, t, f) => {
    const { parent } = f.body as NewProcess;
    const own = ownEntryOf(w, t, parent);
    if (parent === INIT) return finish(t, enter(w, t, f, f.pid!, f.pid!));
    if (own !== null) return finish(t, enter(w, t, f, own.group, own.session));
    call(t, findOwner, { pid: parent });
  }),
  step('tell the PM Master of its parent', (w, t, f) => {
    const owner = t.result as Owner;
    if (owner.own || owner.name === NONE) return finish(t, tryAgain);
    rpc(w, t, owner.name, 'pmm.new_child', { body: { pid: (f.body as NewProcess).parent, born: f.pid! } });
  }),
  step('enter it', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, tryAgain);
    const { group, session } = t.body as Born;
    const born = enter(w, t, f, group, session);
    Object.assign(ownEntryOf(w, t, f.pid!)!, { parentGroup: group, parentSession: session });
    finish(t, born);
  }),
]);

function enter(w: OsfWorld, t: Thread, { pid, body }: AllocPid, group: number, session: number): Payload {
  masterEntryAllocate(w, masterOf(w, t), { ...(body as NewProcess), pid: pid!, group, session });
  return { body: { pid: pid!, group, session } satisfies Born };
}

interface NewChild {
  readonly pid: number;
  readonly born: number;
}

const newChild = operation<NewChild>(
  'pmm.new_child',
  'notes a child that was made elsewhere',
  (w, { pid, born }, t) => {
    const entry = ownEntryOf(w, t, pid);
    if (entry?.state !== 'alive') return { code: 'ESRCH' };
    entry.elsewhere.push(born);
    return { body: { pid: born, group: entry.group, session: entry.session } satisfies Born };
  },
);

/** There is no process after all: its pid is nobody's, and is not given out again. */
const freePid = operation<{ readonly pid: number }>('pmm.free_pid', 'takes a pid back', (w, { pid }, t) => {
  const entry = ownEntryOf(w, t, pid);
  if (entry?.state === 'alive' && entry.capability === NONE) entry.state = 'reaped';
  return {};
});

export const pidRoutines: readonly Routine[] = [allocPid, newChild, freePid];
