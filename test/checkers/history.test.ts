/** The monitors are good for something: each of them notices when its rule is broken between two moments. */
import assert from 'node:assert/strict';
import { BrokenRule } from '../../simulator/base/assert.ts';
import { NONE, at } from '../../simulator/base/table.ts';
import type { Phase } from '../../simulator/base/notice.ts';
import type { KernelEvent } from '../../simulator/base/kernel-events.ts';
import { monitors, observe, pastOf } from '../../simulator/checkers/history/index.ts';
import { copyWorld, type World } from '../../simulator/engine/world.ts';
import { messageFree, type Message } from '../../simulator/mach/ipc/message.ts';
import { useDestination } from '../../simulator/mach/ipc/port-death.ts';
import type { Port } from '../../simulator/mach/ipc/port.ts';
import { messagesIn } from '../../simulator/mach/ipc/queue.ts';
import { MAKE_SEND } from '../../simulator/mach/ipc/right.ts';
import { SEND } from '../../simulator/mach/ipc/space.ts';
import { NULL_IMAGE, run, runUntilPrinted, start } from '../osf1/lab.ts';
import { step } from '../../simulator/engine/simulation.ts';
import { pushFrames } from '../../simulator/mach/routine.ts';
import { READY, threadCreate, type Thread } from '../../simulator/mach/thread.ts';
import { pmaCall } from '../../simulator/osf1/emulator/pma-call.ts';
import { admission, type Admission } from '../../simulator/osf1/pma/admission.ts';
import { serveSaved } from '../../simulator/osf1/pma/pending.ts';
import { pmaAt } from '../../simulator/osf1/pma/pma.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { procOf, type Proc } from '../../simulator/osf1/proc.ts';
import { vprocAllocate } from '../../simulator/osf1/vproc.ts';
import { DEST, MASTER, PID, SOURCE, moving, untilPhase } from '../migration/story.ts';
import { cluster, millisecond, receive, send, sleep, type Cluster, type Scripted } from '../mach/cluster.ts';

interface Scene {
  readonly c: Cluster;
  readonly w: World;
  /** The port that three messages wait at; the second one carries a send right to `gift`, and `other` is another port. */
  readonly port: Port;
  readonly gift: Port;
  readonly other: Port;
  readonly receiver: Scripted;
}

/** Three messages of one thread wait at a port, and will be received at 50 ms. */
function threeMessages(): Scene {
  const c = cluster('here');
  const server = c.task('here');
  const service = server.port('service');
  const client = c.task('here');
  const to = c.right(server, service, client);
  const gift = client.port('gift');
  const other = client.port('other');
  const rights = [{ name: gift, disposition: MAKE_SEND }];
  client.thread(send(to, 'one'), send(to, 'two', { rights }), send(to, 'three'));
  const receiver = server.thread(sleep(50 * millisecond), receive(service), receive(service), receive(service));
  c.run(40 * millisecond);
  const port = server.portOf(service);
  assert.equal(port.msgcount, 3);
  return { c, w: c.w, port, gift: client.portOf(gift), other: client.portOf(other), receiver };
}

function messagesOf({ w, port }: Scene): Message[] {
  return messagesIn(w, port);
}

const breaks: Readonly<Record<string, (scene: Scene) => void>> = {
  'I16 a right becomes a right to another port': (scene) => {
    const [, second] = messagesOf(scene);
    second!.rights = [second!.rights[0]!, scene.other.id];
    scene.gift.srights--;
    scene.other.srights++;
  },
  'I16 a right is lost on the way': (scene) => {
    messagesOf(scene)[1]!.rights = [];
    scene.gift.srights--;
  },
  'I18 a number is left out': ({ port }) => {
    port.seqno++;
  },
  'I19 a message overtakes another one': (scene) => {
    const [first, second, third] = messagesOf(scene);
    third!.next = second!.id;
    second!.next = first!.id;
    first!.next = third!.id;
  },
  'D10 a message is lost': (scene) => {
    const { w, port } = scene;
    const [first] = messagesOf(scene);
    at(w.messages, port.lastMessage).next = first!.next;
    port.msgcount--;
    messageFree(w, first!);
    useDestination(w, port, SEND);
  },
};

/** A PMA has executed getppid, and is about to answer. */
function isExecuted(_w: World, t: Thread): boolean {
  const { top } = t;
  return top?.routine === admission.index && top.step === 1 && (top.data as Admission).operation === 'pma.getppid';
}

function serveAgain(w: World, t: Thread): boolean {
  if (!isExecuted(w, t)) return false;
  const { operation, body, names, arrivedOn, client } = t.top!.data as Admission;
  const again = { operation, body, names, arrivedOn, client, reply: NONE, activity: t.activity };
  serveSaved(w, pmaAt(w, t.node)!, PID, again);
  return true;
}

/** An emulator is about to look at the answer to getppid. */
function hasAnswer(_w: World, t: Thread): boolean {
  const { top } = t;
  return top?.routine === pmaCall.index && top.step === 1 && t.state === READY && t.operation === 'reply';
}

function callAgain(w: World, t: Thread): boolean {
  if (!hasAnswer(w, t)) return false;
  t.code = 'absent process';
  return true;
}

/** The process that moves, where it is about to be active. */
const arriving = (w: World): Proc => procOf(w, DEST, PID)!;

const stranger = { parent: 1, group: 99, session: PID };

const asked = {
  operation: 'pma.getppid',
  body: null,
  reply: NONE,
  names: [],
  arrivedOn: NONE,
  client: NONE,
  activity: 0,
};

/** Counted, as admission would have it. */
function begin(proc: Proc): void {
  const waits = { modifiesState: false, channel: '', cancelled: false, dropped: false };
  proc.callsInProgress.push({ thread: 77, request: asked, ...waits });
}

/** A thread of its PMA executes a request for it. */
function executes(w: World, operation: string): void {
  const t = threadCreate(w, at(w.tasks, pmaAt(w, SOURCE)!.task), 'executes');
  pushFrames(t, [{ routine: admission.index, step: 1, current: 0, data: { ...asked, pid: PID, operation } }]);
}

describe('a monitor', () => {
  it('says nothing while all is well', () => {
    const { c, receiver } = threeMessages();
    c.run();
    assert.deepEqual(
      receiver.notes.map(({ operation }) => operation).filter((operation) => operation !== ''),
      ['one', 'two', 'three'],
    );
  });

  for (const [what, act] of Object.entries(breaks)) {
    it(`notices that its rule is broken: ${what}`, () => {
      const scene = threeMessages();
      act(scene);
      const [rule] = what.split(' ');
      assert.throws(
        () => scene.c.run(),
        (error) => error instanceof BrokenRule && error.rule === rule,
      );
    });
  }

  it('notices that its rule is broken: D10 a message is received a second time', () => {
    const scene = threeMessages();
    const { w, port } = scene;
    const past = pastOf(w);
    const { serial, sender } = messagesOf(scene)[0]!;
    const received = {
      kind: 'received',
      node: 0,
      port: port.id,
      dipc: -1,
      seqno: 0,
      sender,
      serial,
      thread: 0,
    } as const;
    const third = monitors.find(({ rule }) => rule === 'D10')!;
    const observer = third.begin(w);
    w.notices.push(received);
    observer(w);
    assert.throws(() => observer(w), /received a second time/);
    assert.equal(past.event, w.events);
  });

  for (const [what, reached, message] of [
    ['a member is left out', [2], /has not reached process 3/],
    ['a member is reached twice', [2, 3, 2], /reaches process 2 a second time/],
  ] as const) {
    it(`notices that its rule is broken: P8 ${what}`, () => {
      const sim = start(`
        program p() { ${NULL_IMAGE} let c = fork { compute 5 s } compute 1 s print("both") compute 5 s }
        scenario "s" on lab { let p = spawn p() on source wait p }
      `);
      runUntilPrinted(sim, 'both');
      const { world } = sim;
      const observer = monitors.find(({ rule }) => rule === 'P8')!.begin(world);
      const tells = (event: KernelEvent, text: string): void => {
        world.notices.splice(0, Infinity, { kind: 'protocol', event, node: 'source', thread: 77, port: '', text });
        observer(world);
      };
      assert.throws(() => {
        tells('killpg', 'to group 2');
        for (const pid of reached) tells('signal', `10 for ${pid} of killpg 77`);
        tells('killpg done', 'KERN_SUCCESS');
      }, message);
    });
  }

  it('says nothing of a member that has joined, or left, meanwhile [P8]', () => {
    const { notices } = run(`
      program p() {
        ${NULL_IMAGE}
        let a = fork { on SIGUSR1 { } sleep(20 s) }
        setpgid(a)
        let b = fork { setpgid(getpid(), a) on SIGUSR1 { fork { compute 1 s } } compute 20 s }
        let c = fork { setpgid(getpid(), a) on SIGUSR1 { } migrate(getpid(), "dest") compute 20 s }
        compute 2 s
        for i in 1 .. 5 { killpg(a, SIGUSR1) compute 400 ms }
        killpg(a, SIGKILL)
      }
      scenario "s" on lab {
        let p = spawn p() on source
        at 3 s
        wait p
      }
    `);
    const told = notices.filter(({ notice }) => notice.kind === 'protocol' && notice.event === 'killpg done');
    assert.equal(told.length, 6);
  });

  for (const [what, repeat] of [
    ['what was kept is executed here, and was sent on', serveAgain],
    ['a system call is made again that was executed', callAgain],
  ] as const) {
    it(`notices that its rule is broken: P4 ${what}`, () => {
      const asks = (act: (w: World, t: Thread) => boolean): void => {
        const sim = start(`
          program p() { ${NULL_IMAGE} compute 1 s print("now") let a = getppid() compute 1 s }
          scenario "s" on lab { let p = spawn p() on source wait p }
        `);
        runUntilPrinted(sim, 'now');
        let done = false;
        while (step(sim)) done ||= sim.world.threads.rows.some((t) => t.live && act(sim.world, t));
        assert.ok(done);
      };
      asks((w, t) => isExecuted(w, t) || hasAnswer(w, t));
      assert.throws(
        () => asks(repeat),
        (error) => error instanceof BrokenRule && error.rule === 'P4',
      );
    });
  }

  it('notices that its rule is broken: P9 a process is put back with another state', () => {
    const cluster = `cluster lab {
      node master { pma pm_master credentials file_server "/" }
      node source { pma }
      node closed { pma refuse always }
    }`;
    const asked = `
      program worker() { compute 2 s }
      scenario "asked" on lab { let p = spawn worker() on source at 500 ms migrate p to closed wait p }`;
    const refused = (forget: boolean): void => {
      const sim = start(asked, cluster);
      while (!sim.notices.some((each) => each.kind === 'phase' && each.phase === 'refused')) assert.ok(step(sim));
      if (forget) procOf(sim.world, SOURCE, PID)!.migratable = false;
      while (step(sim));
    };
    refused(false);
    assert.throws(
      () => refused(true),
      (error) => error instanceof BrokenRule && error.rule === 'P9',
    );
  });

  /** The process that moves has been frozen, is detached, or is about to be active again: then something is done to it. */
  const onItsWay: readonly [rule: string, what: string, phase: Phase, act: (w: World) => void][] = [
    ['P2', 'a process comes to belong to another group', 'restart', (w) => void (arriving(w).relations = stranger)],
    ['P2', 'a process forgets its child', 'restart', (w) => void (arriving(w).children = [])],
    ['P5', 'a call is begun for a frozen process', 'freeze', (w) => begin(procOf(w, SOURCE, PID)!)],
    ['P5', 'a detached process changes', 'detach', (w) => void (procOf(w, SOURCE, PID)!.nice = 7)],
    ['P5', 'a process arrives with another state', 'restart', (w) => void (arriving(w).signals.mask = 1)],
  ];

  for (const [rule, what, phase, act] of onItsWay) {
    it(`notices that its rule is broken: ${rule} ${what}`, () => {
      const sim = start(moving('wait p', { body: 'let c = fork { compute 9 s } compute 3 s' }));
      untilPhase(sim, phase);
      step(sim);
      act(sim.world);
      assert.throws(
        () => {
          while (step(sim));
        },
        (error) => error instanceof BrokenRule && error.rule === rule,
      );
    });
  }

  it('notices that its rule is broken: P2 the PM Master moves a process into another session', () => {
    const sim = start(moving('wait p'));
    untilPhase(sim, 'restart');
    const { world } = sim;
    const observer = monitors.find(({ rule }) => rule === 'P2')!.begin(world);
    const entry = masterEntryOf(world, PID)!;
    observer(world);
    Object.assign(entry, { node: DEST, migrations: entry.migrations + 1, session: 99 });
    assert.throws(() => observer(world), /is of others since it has moved/);
  });

  it('notices that its rule is broken: P5 a handler is begun that is not counted', () => {
    const sim = start(moving('wait p'));
    untilPhase(sim, 'freeze');
    const observer = monitors.find(({ rule }) => rule === 'P5')!.begin(sim.world);
    observer(sim.world);
    executes(sim.world, 'pma.getppid');
    assert.throws(
      () => observer(sim.world),
      /pma.getppid is executed for process 2, which is frozen, and is not counted/,
    );
  });

  it('notices that its rule is broken: P2 a stub leads where the process never was', () => {
    const sim = start(moving('wait p'));
    untilPhase(sim, 'detach');
    const { world } = sim;
    const observer = monitors.find(({ rule }) => rule === 'P2')!.begin(world);
    const stub = vprocAllocate(world, MASTER, PID);
    Object.assign(stub, { at: SOURCE, references: 1 });
    observer(world);
    stub.at = DEST;
    assert.throws(() => observer(world), /is looked for at node 2, where it never was/);
  });

  it('knows nothing of a past that it has not seen: a run may go on from another moment', () => {
    const { c, w, port } = threeMessages();
    const past = pastOf(w);
    const earlier = copyWorld(w);
    c.run();
    port.seqno += 5;
    assert.doesNotThrow(() => observe(w, past));
    earlier.ports.rows[port.id]!.seqno += 5;
    assert.doesNotThrow(() => observe(earlier, past));
  });
});
