/**
 * Stories about the simple migration server: a Mach task moves, and nobody notices [mechanisms 4; paper 2.3].
 */
import assert from 'node:assert/strict';
import { openAccount, total } from '../../simulator/base/ledger.ts';
import { at } from '../../simulator/base/table.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import { call, routine, step } from '../../simulator/mach/routine.ts';
import { taskPort } from '../../simulator/mach/task.ts';
import { POLICY_FIXEDPRI, userSchedule } from '../../simulator/mach/schedule.ts';
import { threadCreate, threadOf, threadStart } from '../../simulator/mach/thread.ts';
import { SEND, find, lookup, names, setUrefsAt } from '../../simulator/mach/ipc/space.ts';
import { objectCreate, setPage, shadows } from '../../simulator/mach/vm/object.ts';
import { regionAdd } from '../../simulator/mach/vm/region.ts';
import { touch } from '../../simulator/mach/vm/fault.ts';
import { migrationOpen, type MigrationWorld } from '../../simulator/migration/record.ts';
import { taskMigrationRoutines } from '../../simulator/migration/task/routines.ts';
import { migratingTask, smsRoutine, type TaskMigrationResult } from '../../simulator/migration/task/sms.ts';
import { xmmServices } from '../../simulator/xmm/routines.ts';
import { COPY_SEND } from '../../simulator/mach/ipc/right.ts';
import { EXCEPTION_DEFAULT, EXC_BAD_ACCESS, EXC_MASK_ALL } from '../../simulator/mach/exception-ports.ts';
import { raise } from '../../simulator/mach/exceptions.ts';
import { BOOTSTRAP, setSpecial } from '../../simulator/mach/kept.ts';
import {
  clusterWith,
  kernel,
  millisecond,
  receive,
  reply,
  rpc,
  send,
  sleep,
  type Call,
  type Actor,
  type Cluster,
} from '../mach/cluster.ts';

const fault: Call = (w, t) => raise(w, t, EXC_BAD_ACCESS, 'KERN_INVALID_ADDRESS');

interface Agent {
  readonly task: number;
  readonly self: number;
  readonly migration: number;
  result: TaskMigrationResult | null;
}

/** What an agent's thread does: stop the task and move it, then let it run. */
const agent = routine<MigrationWorld, Agent>('agent', 'migrates a task', [
  step('freeze it', (w, t, f) => kernelCall(w, t, f.task, 'task_suspend')),
  step('migrate', (_w, t, f) => call(t, smsRoutine, migratingTask(f.migration, f.task, f.self))),
  step('resume', (w, t, f) => {
    f.result = t.result as TaskMigrationResult;
    kernelCall(w, t, f.result.task, 'task_resume');
  }),
]);

const routines = [...taskMigrationRoutines, ...xmmServices, agent];

interface Move {
  readonly frame: Agent;
  readonly account: number;
}

/** An agent on the node that pulls the task over, from now on. */
function pull(c: Cluster, node: string, moved: Actor): Move {
  const { w } = c;
  const puller = c.task(node, 'agent');
  const task = bootRight(w, taskPort(w, moved.task), puller.task);
  const self = bootRight(w, taskPort(w, puller.task), puller.task);
  const to = puller.task.node;
  const account = openAccount(w.ledger, 'migration').id;
  const from = moved.task.node;
  const m = migrationOpen(w, { pid: 7, name: 'moved', by: 'task', from, to, activity: account, thread: 0 });
  const t = threadCreate(w, puller.task, 'agent');
  t.activity = account;
  const frame: Agent = { task, self, migration: m.id, result: null };
  call(t, agent, frame);
  threadStart(w, t);
  return { frame, account };
}

function lab(): Cluster {
  const c = clusterWith({ routines }, 'source', 'destination', 'third');
  const services = c.w.setup.kernelServices as Map<string, (typeof routines)[number]>;
  for (const each of xmmServices) services.set(each.name, each);
  return c;
}

/** Thirteen regions, eight of them with one shadow. */
function mapRegions(c: Cluster, of: Actor): void {
  for (let i = 0; i < 13; i++) {
    const object = objectCreate(c.w, of.task.node, `region ${i}`, 'anonymous', 4);
    for (let page = 0; page < 4; page++) setPage(c.w, object, page, i + 1);
    let top = object;
    if (i < 8) {
      top = objectCreate(c.w, of.task.node, `region ${i} copy`, 'anonymous', 4);
      shadows(top, object);
    }
    regionAdd(c.w, of.task, top, { name: `r${i}`, pages: 4, protection: 'rw-', inheritance: 'copy' });
  }
}

describe('the simple migration server', () => {
  it('keeps every name, type and user reference of the port name space [T1]', () => {
    const c = lab();
    const moved = c.task('source', 'moved');
    const peer = c.task('third', 'peer');
    const mine = moved.port('mine');
    const set = moved.portSet(moved.port('member'));
    const to = c.right(peer, peer.port('peer'), moved);
    setUrefsAt(moved.task.space, find(moved.task.space, to), 3);
    c.right(moved, mine, moved);
    const before = names(moved.task.space).map((name) => ({ name, ...moved.entry(name)!, port: 0 }));
    const { frame } = pull(c, 'destination', moved);
    c.run();
    assert.equal(frame.result?.code, 'KERN_SUCCESS');
    const task = c.w.tasks.rows.find((each) => each.live && each.name === 'moved')!;
    assert.equal(c.w.nodes.rows[task.node]!.name, 'destination');
    const after = names(task.space).map((name) => ({ name, ...lookup(task.space, name)!, port: 0 }));
    assert.deepEqual(after, before);
    assert.ok(before.some((each) => each.name === set));
  });

  it('moves a server under load: each client is answered once, in order [T3]', () => {
    const c = lab();
    const server = c.task('source', 'server');
    const service = server.port('service');
    const client = c.task('third', 'client');
    const to = c.right(server, service, client);
    const served = Array.from({ length: 40 }, () => [receive(service), reply()]).flat();
    server.thread(...served);
    const caller = client.thread(...Array.from({ length: 40 }, (_, i) => rpc(to, `call ${i}`)));
    c.run(50 * millisecond);
    pull(c, 'destination', server);
    c.run();
    assert.equal(caller.notes.length, 40);
    assert.ok(caller.notes.every((note) => note.operation === 'reply' && note.code === 'KERN_SUCCESS'));
    assert.ok(!c.w.tasks.rows.some((each) => each.live && each.name === 'server' && each.node === 0));
  });

  it('moves no page; what is read after the move is what was written before it [T5]', () => {
    const c = lab();
    const moved = c.task('source', 'moved');
    mapRegions(c, moved);
    pull(c, 'destination', moved);
    c.run();
    const task = c.w.tasks.rows.find((each) => each.live && each.name === 'moved')!;
    assert.equal(task.regions.length, 13);
    const found: number[] = [];
    const reader = c.task('destination', 'reader');
    const looking = task.regions.map((id) => {
      return (w: MigrationWorld, t: Parameters<typeof touch>[1]) => {
        const region = at(w.regions, id);
        const touched = touch(w, t, region, 1, false);
        if (touched === 'present') found.push(versionOf(w, region.object, 1));
      };
    });
    reader.thread(...looking.flatMap((look) => [look, look, look]));
    c.run();
    assert.deepEqual(
      [...new Set(found)],
      Array.from({ length: 13 }, (_, i) => i + 1),
    );
  });

  it('moves a thread with its policy, its priority, and its suspend count [4.1]', () => {
    const c = lab();
    const moved = c.task('source', 'moved');
    const { identity, row } = moved.thread(receive(moved.port()));
    const schedule = { ...userSchedule, policy: POLICY_FIXEDPRI, base: 20, current: 20 };
    c.run();
    Object.assign(row()!, { schedule, suspendCount: 2 });
    pull(c, 'destination', moved);
    c.run();
    const t = threadOf(c.w, identity)!;
    assert.deepEqual([t.node, t.suspendCount, t.schedule], [1, 2, schedule]);
    assert.equal(at(c.w.tasks, t.task).name, 'moved');
  });

  it('moves a thread in the middle of an exception, with its own exception port: the handler settles it there', () => {
    const c = lab();
    const moved = c.task('source', 'moved');
    const handler = c.task('third', 'handler');
    const on = handler.port('exceptions');
    const begin = moved.port('begin');
    const thread = moved.thread(receive(begin), ...[1, 2].map(() => fault));
    const self = c.threadRight(thread, moved);
    const rights = [{ name: c.right(handler, on, moved), disposition: COPY_SEND }];
    const body = { exceptionMask: EXC_MASK_ALL, behavior: EXCEPTION_DEFAULT, flavor: 0 };
    moved.thread(
      kernel(self, 'thread_set_exception_ports', { body, rights }),
      send(c.right(moved, begin, moved), 'go'),
    );
    const judge = handler.thread(receive(on), sleep(2000 * millisecond), reply(), receive(on), reply());
    c.run(100 * millisecond);
    pull(c, 'destination', moved);
    c.run();
    assert.deepEqual([judge.notes[0]?.operation, judge.notes[3]?.operation], ['exception_raise', 'exception_raise']);
    const row = c.w.tasks.rows.find((each) => each.live && each.name === 'moved');
    assert.equal(row?.node, 1);
  });

  it('costs what its messages cost: about 1240 ms for the null task of section 4', () => {
    const c = lab();
    const moved = c.task('source', 'null');
    mapRegions(c, moved);
    const peer = c.task('third', 'peer');
    for (let i = 0; i < 8; i++) c.right(peer, peer.port(`peer ${i}`), moved);
    for (let i = 0; i < 2; i++) moved.port(`port ${i}`);
    for (let i = 0; i < 2; i++) moved.thread(receive(moved.port(`wait ${i}`)));
    const bootstrap = c.right(peer, peer.port('bootstrap'), moved);
    const entry = moved.entry(bootstrap)!;
    at(c.w.ports, entry.port).srights++;
    setSpecial(c.w, moved.task, BOOTSTRAP, { type: SEND, port: entry.port });
    c.run();
    const start = c.w.time;
    const { account } = pull(c, 'destination', moved);
    c.run();
    const elapsed = (c.w.time - start) / millisecond;
    const booked = total(c.w.ledger.rows[account]!) / millisecond;
    assert.ok(Math.abs(elapsed - 1240) < 62, `${elapsed} ms`);
    assert.ok(booked >= elapsed, `of ${elapsed} ms only ${booked} are accounted for`);
  });
});

function versionOf(w: MigrationWorld, object: number, page: number): number {
  for (let each = at(w.objects, object); ; each = at(w.objects, each.shadow)) {
    if (each.contents[page]! >= 0) return each.contents[page]!;
  }
}
