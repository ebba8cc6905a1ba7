// The calls on a task's port names, each with what it answers and with every code that it fails with [mechanisms 1.13].
import assert from 'node:assert/strict';
import { NONE } from '../../simulator/base/table.ts';
import type { Carried } from '../../simulator/mach/ipc/mach-msg.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND } from '../../simulator/mach/ipc/right.ts';
import {
  DEAD,
  DEAD_NAME,
  MAXIMUM_USER_REFERENCES,
  PORT_SET,
  RECEIVE,
  SEND,
  SEND_ONCE,
  SEND_RECEIVE,
  find,
  setUrefsAt,
} from '../../simulator/mach/ipc/space.ts';
import { cluster, kernel, receive, send, type Actor, type Note } from './cluster.ts';

const stale = 77 * 256;

/** A task that calls its own kernel, a peer with a port, and send rights of one to the other's. */
function lab() {
  const c = cluster('here');
  const task = c.task('here', 'task');
  const peer = c.task('here', 'peer');
  const theirs = peer.port('theirs');
  const to = c.right(peer, theirs, task);
  const self = c.kernelRight(task, task);
  const ask = (operation: string, body: object, ...rights: Carried[]): Note => {
    const thread = task.thread(kernel(self, operation, { body, rights }));
    c.run();
    return thread.notes[0]!;
  };
  const codes = (operation: string, ...bodies: object[]): string[] => bodies.map((body) => ask(operation, body).code);
  return { c, task, peer, theirs, to, self, ask, codes };
}

function seen(actor: Actor, name: number): [number, number] | null {
  const entry = actor.entry(name);
  return entry === null ? null : [entry.type, entry.urefs];
}

function pegged(actor: Actor, name: number): void {
  setUrefsAt(actor.task.space, find(actor.task.space, name), MAXIMUM_USER_REFERENCES - 1);
}

describe('mach_port_names and mach_port_type', () => {
  it('say what each name denotes, dead names included, and whether a notice is asked for', () => {
    const { c, task, peer, theirs, to, self, ask } = lab();
    const [p, notices] = [task.port('p'), task.port('notices')];
    ask('mach_port_request_notification', { name: p, variant: 'dead-name' }, once(notices));
    const names = ask('mach_port_names', {}).body;
    assert.deepEqual(names, [
      { name: to, type: SEND, dnrequest: false },
      { name: self, type: SEND, dnrequest: false },
      { name: p, type: RECEIVE, dnrequest: true },
      { name: notices, type: RECEIVE, dnrequest: false },
    ]);
    destroyName(c.w, peer.task, theirs);
    assert.deepEqual(ask('mach_port_type', { name: to }).body, { name: to, type: DEAD_NAME, dnrequest: false });
  });

  it('fail on a name that means nothing', () => {
    assert.deepEqual(lab().codes('mach_port_type', { name: stale }, { name: 0 }, { name: DEAD }), [
      'KERN_INVALID_NAME',
      'KERN_INVALID_NAME',
      'KERN_INVALID_NAME',
    ]);
  });
});

describe('mach_port_allocate and mach_port_allocate_name', () => {
  it('make ports, sets and dead names', () => {
    const { task, ask } = lab();
    for (const [right, urefs] of [
      [RECEIVE, 0],
      [PORT_SET, 0],
      [DEAD_NAME, 1],
    ] as const) {
      const { name } = ask('mach_port_allocate', { right }).body as { name: number };
      assert.deepEqual(seen(task, name), [right, urefs]);
      assert.equal(ask('mach_port_allocate_name', { name: stale + 256 * right, right }).code, 'KERN_SUCCESS');
      assert.deepEqual(seen(task, stale + 256 * right), [right, urefs]);
    }
  });

  it('refuse what is no right, what is no name, and a name that is in use', () => {
    const { ask, codes, to } = lab();
    assert.equal(ask('mach_port_allocate', { right: SEND }).code, 'KERN_INVALID_VALUE');
    assert.deepEqual(
      codes(
        'mach_port_allocate_name',
        { name: to, right: RECEIVE },
        { name: 0, right: RECEIVE },
        { name: DEAD, right: PORT_SET },
        { name: stale, right: SEND_ONCE },
      ),
      ['KERN_NAME_EXISTS', 'KERN_INVALID_VALUE', 'KERN_INVALID_VALUE', 'KERN_INVALID_VALUE'],
    );
  });
});

describe('mach_port_rename', () => {
  it('gives a right, its port and its request another name', () => {
    const { c, task, ask } = lab();
    const [p, notices] = [task.port('p'), task.port('notices')];
    c.right(task, p, task);
    ask('mach_port_request_notification', { name: p, variant: 'dead-name' }, once(notices));
    assert.equal(ask('mach_port_rename', { oldName: p, newName: stale }).code, 'KERN_SUCCESS');
    assert.deepEqual([seen(task, p), seen(task, stale)], [null, [SEND_RECEIVE, 1]]);
    assert.equal(task.portOf(stale).receiverName, stale);
    const watcher = task.thread(receive(notices));
    ask('mach_port_mod_refs', { name: stale, right: RECEIVE, delta: -1 });
    assert.deepEqual(watcher.notes[0]!.body, { name: stale });
  });

  it('refuses a name in use, no name, and a name that means nothing', () => {
    const { codes, to, self } = lab();
    assert.deepEqual(
      codes(
        'mach_port_rename',
        { oldName: to, newName: self },
        { oldName: to, newName: 0 },
        { oldName: stale, newName: stale + 256 },
      ),
      ['KERN_NAME_EXISTS', 'KERN_INVALID_VALUE', 'KERN_INVALID_NAME'],
    );
  });
});

describe('mach_port_get_refs and mach_port_mod_refs [1.3]', () => {
  it('count and change the user references of one of the rights under the name', () => {
    const { c, task, ask } = lab();
    const p = task.port('p');
    c.right(task, p, task);
    ask('mach_port_mod_refs', { name: p, right: SEND, delta: 4 });
    const refs = [SEND, RECEIVE, SEND_ONCE].map((right) => ask('mach_port_get_refs', { name: p, right }).body);
    assert.deepEqual(refs, [{ urefs: 5 }, { urefs: 1 }, { urefs: 0 }]);
    ask('mach_port_mod_refs', { name: p, right: SEND, delta: -5 });
    assert.deepEqual(seen(task, p), [RECEIVE, 0]);
    assert.equal(task.portOf(p).srights, 0);
  });

  it('take one too many for an overflow, and one too few for a wrong value; nothing changes [I6]', () => {
    const { task, to, ask } = lab();
    pegged(task, to);
    assert.equal(ask('mach_port_mod_refs', { name: to, right: SEND, delta: 1 }).code, 'KERN_UREFS_OVERFLOW');
    const less = { name: to, right: SEND, delta: -MAXIMUM_USER_REFERENCES };
    assert.equal(ask('mach_port_mod_refs', less).code, 'KERN_INVALID_VALUE');
    assert.deepEqual(seen(task, to), [SEND, MAXIMUM_USER_REFERENCES - 1]);
  });

  it('let a dead name have one reference more than a send right', () => {
    const { ask } = lab();
    const { name } = ask('mach_port_allocate', { right: DEAD_NAME }).body as { name: number };
    const change = (delta: number): string => ask('mach_port_mod_refs', { name, right: DEAD_NAME, delta }).code;
    assert.deepEqual([change(MAXIMUM_USER_REFERENCES - 1), change(1)], ['KERN_SUCCESS', 'KERN_UREFS_OVERFLOW']);
  });

  it('take only -1 for a receive right or a set, which destroys it; the holder keeps a dead name', () => {
    const { c, task, ask } = lab();
    const [p, set] = [task.port('p'), task.portSet()];
    c.right(task, p, task);
    assert.equal(ask('mach_port_mod_refs', { name: p, right: RECEIVE, delta: 1 }).code, 'KERN_INVALID_VALUE');
    assert.equal(ask('mach_port_mod_refs', { name: set, right: PORT_SET, delta: -2 }).code, 'KERN_INVALID_VALUE');
    ask('mach_port_mod_refs', { name: p, right: RECEIVE, delta: -1 });
    ask('mach_port_mod_refs', { name: set, right: PORT_SET, delta: -1 });
    assert.deepEqual([seen(task, p), seen(task, set)], [[DEAD_NAME, 1], null]);
  });

  it('fail on a name that means nothing, and on a right that it does not denote', () => {
    const { codes, to } = lab();
    const bodies = [
      { name: stale, right: SEND, delta: 1 },
      { name: to, right: RECEIVE, delta: -1 },
    ];
    assert.deepEqual(codes('mach_port_mod_refs', ...bodies), ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT']);
    assert.deepEqual(codes('mach_port_get_refs', { name: stale }), ['KERN_INVALID_NAME']);
  });
});

describe('mach_port_deallocate and mach_port_destroy', () => {
  it('give up one reference, and everything', () => {
    const { task, to, peer, theirs, ask } = lab();
    ask('mach_port_mod_refs', { name: to, right: SEND, delta: 2 });
    ask('mach_port_deallocate', { name: to });
    assert.deepEqual(seen(task, to), [SEND, 2]);
    ask('mach_port_destroy', { name: to });
    assert.deepEqual([seen(task, to), peer.portOf(theirs).srights], [null, 0]);
  });

  it('fail on a name that means nothing; a receive right is not given up by the reference', () => {
    const { task, codes } = lab();
    const deallocated = codes('mach_port_deallocate', { name: stale }, { name: task.port() });
    assert.deepEqual(deallocated, ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT']);
    assert.deepEqual(codes('mach_port_destroy', { name: stale }), ['KERN_INVALID_NAME']);
  });
});

describe('mach_port_extract_right', () => {
  it('takes a right as a message would', () => {
    const { task, ask } = lab();
    const p = task.port('p');
    const { names } = ask('mach_port_extract_right', { name: p, disposition: MAKE_SEND_ONCE });
    assert.deepEqual(seen(task, names[0]!), [SEND_ONCE, 1]);
  });

  it('fails on what is no disposition, no name, and no such right', () => {
    const { codes, to } = lab();
    assert.deepEqual(
      codes(
        'mach_port_extract_right',
        { name: to, disposition: 3 },
        { name: stale, disposition: MOVE_SEND },
        { name: to, disposition: MAKE_SEND },
      ),
      ['KERN_INVALID_VALUE', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'],
    );
  });
});

describe('mach_port_insert_right [1.2]', () => {
  it('puts a right under the chosen name, or joins the entry of that name', () => {
    const { task, to, ask } = lab();
    const right = { name: to, disposition: COPY_SEND };
    assert.equal(ask('mach_port_insert_right', { name: to }, right).code, 'KERN_SUCCESS');
    assert.deepEqual(seen(task, to), [SEND, 2]);
    const p = task.port('p');
    ask('mach_port_insert_right', { name: stale }, once(p));
    assert.deepEqual(seen(task, stale), [SEND_ONCE, 1]);
  });

  it('refuses, and gives the right up: the port has another name, the name another port, the count is full', () => {
    const { c, task, peer, theirs, to, ask } = lab();
    const right = { name: to, disposition: COPY_SEND };
    const code = (name: number, carried: Carried): string => ask('mach_port_insert_right', { name }, carried).code;
    assert.equal(code(stale, right), 'KERN_RIGHT_EXISTS');
    const other = c.right(peer, peer.port('other'), task);
    assert.equal(code(to, once(task.port())), 'KERN_NAME_EXISTS');
    assert.equal(code(other, right), 'KERN_RIGHT_EXISTS');
    pegged(task, to);
    assert.equal(code(to, right), 'KERN_UREFS_OVERFLOW');
    assert.equal(code(0, right), 'KERN_INVALID_VALUE');
    assert.equal(peer.portOf(theirs).srights, 1);
  });

  it('takes no right, and no dead right', () => {
    const { ask, task } = lab();
    const { name } = ask('mach_port_allocate', { right: DEAD_NAME }).body as { name: number };
    assert.equal(ask('mach_port_insert_right', { name: stale }).code, 'KERN_INVALID_VALUE');
    const dead = ask('mach_port_insert_right', { name: stale }, { name, disposition: COPY_SEND });
    assert.equal(dead.code, 'KERN_INVALID_CAPABILITY');
    assert.equal(seen(task, stale), null);
  });
});

describe('the status of a receive right', () => {
  it('tells set, limit, counts and requests, and can be set', () => {
    const { c, task, ask } = lab();
    const [p, notices] = [task.port('p'), task.port('notices')];
    const set = task.portSet(p);
    c.right(task, p, task);
    ask('mach_port_request_notification', { name: p, variant: 'port-destroyed' }, once(notices));
    ask('mach_port_request_notification', { name: p, sync: 5 }, once(notices));
    ask('mach_port_set_qlimit', { name: p, qlimit: 7 });
    ask('mach_port_set_mscount', { name: p, mscount: 3 });
    ask('mach_port_set_seqno', { name: p, seqno: 9 });
    const status = {
      qlimit: 7,
      mscount: 3,
      seqno: 9,
      msgcount: 0,
      pset: set,
      sorights: 0,
      srights: true,
      pdrequest: true,
      nsrequest: true,
      sync: 5,
    };
    assert.deepEqual(ask('mach_port_get_receive_status', { name: p }).body, status);
    assert.deepEqual(ask('mach_port_get_attributes', { name: p, flavor: 'RECEIVE_STATUS' }).body, status);
    assert.deepEqual(ask('mach_port_get_attributes', { name: p, flavor: 'LIMITS' }).body, { qlimit: 7 });
    ask('mach_port_set_attributes', { name: p, qlimit: 2 });
    assert.deepEqual(ask('mach_port_get_attributes', { name: p, flavor: 'LIMITS' }).body, { qlimit: 2 });
  });

  for (const operation of ['get_receive_status', 'get_attributes', 'set_attributes', 'set_mscount', 'set_seqno']) {
    it(`mach_port_${operation} is about receive rights only`, () => {
      const { codes, to } = lab();
      const failures = codes(`mach_port_${operation}`, { name: stale }, { name: to });
      assert.deepEqual(failures, ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT']);
    });
  }

  it('has no other flavour, and no queue limit beyond the maximum', () => {
    const { task, codes } = lab();
    const name = task.port();
    assert.deepEqual(codes('mach_port_get_attributes', { name, flavor: 'TEMPERATURE' }), ['KERN_INVALID_VALUE']);
    assert.deepEqual(codes('mach_port_set_qlimit', { name, qlimit: 17 }, { name, qlimit: -1 }), [
      'KERN_INVALID_VALUE',
      'KERN_INVALID_VALUE',
    ]);
    assert.deepEqual(codes('mach_port_set_attributes', { name, qlimit: 17 }), ['KERN_INVALID_VALUE']);
  });
});

describe('mach_port_get_set_status and mach_port_move_member [1.8]', () => {
  it('list the members, take a port in, and take it out', () => {
    const { task, ask } = lab();
    const [p, q] = [task.port('p'), task.port('q')];
    const set = task.portSet(p);
    ask('mach_port_move_member', { member: q, set });
    assert.deepEqual(ask('mach_port_get_set_status', { name: set }).body, { members: [p, q] });
    ask('mach_port_move_member', { member: p, set: NONE });
    assert.deepEqual(ask('mach_port_get_set_status', { name: set }).body, { members: [q] });
  });

  it('fail on what is no member, no set, and in no set', () => {
    const { task, to, codes } = lab();
    const [p, set] = [task.port('p'), task.portSet()];
    assert.deepEqual(
      codes(
        'mach_port_move_member',
        { member: stale, set },
        { member: p, set: stale },
        { member: to, set },
        { member: p, set: p },
        { member: p, set: NONE },
      ),
      ['KERN_INVALID_NAME', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT', 'KERN_INVALID_RIGHT', 'KERN_NOT_IN_SET'],
    );
    const statuses = codes('mach_port_get_set_status', { name: stale }, { name: p });
    assert.deepEqual(statuses, ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT']);
  });
});

describe('a call on the name space of a task that has ended', () => {
  it('finds no task', () => {
    const { c, task, peer } = lab();
    const mine = task.port('mine');
    const other = c.kernelRight(peer, task);
    const thread = task.thread(
      kernel(other, 'task_terminate'),
      kernel(mine, 'mach_port_names'),
      send(other, 'anybody there?'),
    );
    c.run();
    assert.deepEqual(
      thread.notes.map(({ code }) => code),
      ['KERN_SUCCESS', 'MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_DEST'],
    );
  });
});

function once(name: number): Carried {
  return { name, disposition: MAKE_SEND_ONCE };
}

describe('a receive right that was extracted', () => {
  it('is gone from its space', () => {
    const { task, ask } = lab();
    const p = task.port('p');
    const { names } = ask('mach_port_extract_right', { name: p, disposition: MOVE_RECEIVE });
    assert.deepEqual(seen(task, names[0]!), [RECEIVE, 0]);
    assert.equal(seen(task, p), null);
  });
});

describe('a kernel call that carries an array of ports [1.11]', () => {
  it('takes all of them, or gives up those that it has taken', () => {
    const { c, task, self } = lab();
    const [p, q] = [task.port('p'), task.port('q')];
    const request = { body: { name: stale }, arrays: [{ names: [p, q], disposition: MAKE_SEND }] };
    const wrong = { body: { name: stale }, arrays: [{ names: [p, stale], disposition: MAKE_SEND }] };
    const thread = task.thread(
      kernel(self, 'mach_port_insert_right', wrong),
      kernel(self, 'mach_port_insert_right', request),
    );
    c.run();
    const codes = thread.notes.map(({ code }) => code);
    assert.deepEqual(codes, ['MACH_SEND_INVALID_RIGHT', 'KERN_RIGHT_EXISTS'], 'it has a name: its own');
    assert.deepEqual([task.portOf(p).srights, task.portOf(q).srights], [0, 0]);
  });
});
