/**
 * Stories about Mach tasks that a script describes: what their messages carry, what happens to the rights in them, what
 * their threads share, and how they end. Every checker runs after every event.
 */
import assert from 'node:assert/strict';
import { peek, stack, step } from '../../simulator/engine/simulation.ts';
import { printed, run, start, type Run } from '../osf1/lab.ts';

const CLUSTER = `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node left { }
  node right { }
}
`;

const story = (script: string): Run => run(script, CLUSTER);

/** What the run complained about, without the numbers of lines. */
const faults = ({ notices }: Run): string[] =>
  notices.flatMap(({ notice }) => (notice.kind === 'fault' ? [notice.text.replace(/^line \d+: /, '')] : []));

const ECHO = `
task echo {
  let service = port
  publish service as "echo"
  while true {
    let m = receive(service)
    reply(m, m.body + 1, m.bytes)
  }
}
`;

/** One task with this body, on a bare node. */
const alone = (body: string, more = ''): Run =>
  story(`${more} task t { ${body} } scenario "s" on lab { let t = start t() on left wait t expect not t.alive }`);

describe('a Mach task of a script', () => {
  it('asks a server on its own node and on another one', () => {
    const result = story(`${ECHO}
      task client(first: int) {
        let echo = lookup "echo"
        let a = rpc(echo, first, 64 bytes)
        print(a.body, " ", a.bytes, " ", a.operation, " ", code())
      }
      scenario "s" on lab {
        let e = start echo() on left
        let near = start client(1) on left
        wait near
        let far = start client(2) on right
        wait far
        expect near.replies == 1 and near.sent == 1 and e.received == 2 and e.sent == 2
        expect e.alive and e.threads == 1 and e.node == left
      }`);
    assert.deepEqual(printed(result), ['2 64 bytes reply KERN_SUCCESS', '3 64 bytes reply KERN_SUCCESS']);
    assert.deepEqual(faults(result), []);
  });

  it('is refused as a process would be when it has ended and is to be moved', () => {
    const result = story(`
      task short { compute 1 ms }
      scenario "s" on lab {
        let t = start short() on left
        wait t
        let m = migrate t to right
        wait m
        expect m.outcome == "refused" and m.reason == "ESRCH"
      }`);
    assert.deepEqual(faults(result), []);
  });

  it('looks a name up before anybody has published it; who publishes it again takes it over', () => {
    const result = story(`
      task asks(name: text) { let p = lookup "it" print(name, " ", rpc(p).body) }
      task serves(n: int) { let p = port publish p as "it" reply(receive(p), n) }
      scenario "s" on lab {
        let a = start asks("early") on left
        sleep 300 ms
        let one = start serves(1) on right
        wait a
        let two = start serves(2) on master
        sleep 100 ms
        let b = start asks("late") on left
        wait b
      }`);
    assert.deepEqual(printed(result), ['early 1', 'late 2']);
  });

  it('names the operation, and is told of it', () => {
    const result = alone(`
      let p = port make_send(p)
      send(p, "hello", 7, 2 KB)
      let m = receive(p)
      print(m.operation, " ", m.body, " ", m.bytes, " ", m.rights, " ", m.to == p)`);
    assert.deepEqual(printed(result), ['hello 7 2 KB 0 true']);
  });
});

describe('what a message says of itself', () => {
  it('its number counts from 0, and again from 0 when the receive right has moved [1.7]', () => {
    const result = story(`
      task heir { let p = port publish p as "heir" let q = receive(p).port print(receive(q).sequence) }
      task t {
        let heir = lookup "heir"
        let q = port make_send(q)
        for i in 1 .. 3 { send(q, i) }
        print(receive(q).sequence, " ", receive(q).sequence)
        send(heir, move receive q)
      }
      scenario "s" on lab { let h = start heir() on right start t() on left wait h }`);
    assert.deepEqual(printed(result), ['0 1', '0']);
  });

  it('who is given its reply right answers in the place of who received it', () => {
    const result = story(`
      task clerk { let p = port publish p as "clerk" let m = receive(p) send(m.port, m.body * 2) }
      task front { let p = port publish p as "front" let m = receive(p) send(lookup "clerk", m.body, move m.reply) }
      task asks { print(rpc(lookup "front", 21).body, " ", code()) }
      scenario "s" on lab { start clerk() on right start front() on left let a = start asks() on master wait a }`);
    assert.deepEqual(printed(result), ['42 KERN_SUCCESS']);
    assert.deepEqual(faults(result), []);
  });
});

describe('a special port', () => {
  it('is found by its node and number, without a name server [2.12]', () => {
    const result = story(`
      task server { let p = port norma_set_special_port(p, 4) print(code()) reply(receive(p), 5) }
      task client {
        let none = norma_get_special_port("right", 4) print(code(), " ", none == none)
        let p = norma_get_special_port("left", 4)
        print(rpc(p).body)
        norma_get_special_port("left", 33) print(code())
        norma_get_special_port("left", 2) print(code())
      }
      scenario "s" on lab { start server() on left sleep 200 ms let c = start client() on right wait c }`);
    assert.deepEqual(printed(result), [
      'KERN_SUCCESS',
      'KERN_SUCCESS true',
      '5',
      'KERN_INVALID_ARGUMENT',
      'KERN_SUCCESS',
    ]);
  });
});

describe('a child on another node', () => {
  it('inherits memory as one on the same node does, and begins with the ports of its parent [3.4]', () => {
    const result = story(`
      task child(s: memory, c: memory) {
        let home = lookup "home"
        dirty s[0] dirty c[0]
        rpc(home, vm_read(s, 1))
      }
      task t(where: text) {
        let home = port publish home as "home"
        let s = vm_allocate("s", 8 KB, "share") let c = vm_allocate("c", 8 KB)
        dirty s[0 .. 1] dirty c[0]
        let copied = vm_read(c, 0) let shared = vm_read(s, 0) let other = vm_read(s, 1)
        let there = start child(s, c) on where
        let m = receive(home)
        print(m.body == other, " ", vm_read(c, 0) == copied, " ", vm_read(s, 0) > shared)
        suspend(there) reply(m) sleep 50 ms resume(there)
        print(code())
      }
      scenario "s" on lab {
        let t = start t("right") on left
        wait t
        let here = start t("left") on left
        wait here
      }`);
    assert.deepEqual(printed(result), ['true true true', 'KERN_SUCCESS', 'true true true', 'KERN_SUCCESS']);
    assert.deepEqual(faults(result), []);
  });

  it('is not made on a node that is down, and the parent goes on', () => {
    const result = story(`
      task child { print("never") }
      task t { sleep 3 s start child() on "right" print(code() != "KERN_SUCCESS") }
      scenario "s" on lab { let t = start t() on left crash right wait t }`);
    assert.deepEqual(printed(result), ['true']);
  });

  it('on a node that no cluster has ends the parent', () => {
    const result = alone('let n = "right!" start child() on n print("never")', 'task child { }');
    assert.deepEqual(printed(result), []);
    assert.deepEqual(faults(result), ['there is no node "right!"']);
  });
});

describe('rights in messages', () => {
  it('copied ones stay, moved ones go', () => {
    const result = story(`${ECHO}
      task sink { let p = port publish p as "sink" while true { receive(p) } }
      task t {
        let echo = lookup "echo"
        let sink = lookup "sink"
        send(sink, copy echo)
        print(rpc(echo, 1).body)
        send(sink, move echo)
        rpc(echo, 1)
        print(code())
      }
      scenario "s" on lab { start echo() on right start sink() on left let t = start t() on left wait t }`);
    assert.deepEqual(printed(result), ['2', 'MACH_SEND_INVALID_DEST']);
    assert.deepEqual(faults(result), ['rpc: MACH_SEND_INVALID_DEST']);
  });

  it('nobody can make a send right to a port that somebody else receives on; the task goes on', () => {
    const result = story(`${ECHO}
      task t {
        let echo = lookup "echo"
        let mine = port make_send(mine)
        send(mine, make send echo)
        print(code())
        send(mine, make send mine, make send once mine)
        print(code(), " ", receive(mine).rights)
      }
      scenario "s" on lab { start echo() on right let t = start t() on left wait t }`);
    assert.deepEqual(printed(result), ['MACH_SEND_INVALID_RIGHT', 'KERN_SUCCESS 2']);
    assert.deepEqual(faults(result), ['send: MACH_SEND_INVALID_RIGHT']);
  });

  it('a receive right moves to another node with what is queued', () => {
    const result = story(`
      task heir {
        let p = port publish p as "heir"
        let estate = receive(p).port
        for i in 1 .. 3 { print(receive(estate).body) }
      }
      task t {
        let heir = lookup "heir"
        let p = port make_send(p)
        send(p, 1) send(p, 2)
        send(heir, move receive p)
        send(p, 3)
      }
      scenario "s" on lab { let h = start heir() on right start t() on left wait h }`);
    assert.deepEqual(printed(result), ['1', '2', '3']);
  });

  it('a message is answered once', () => {
    const result = alone(`
      let p = port make_send(p)
      thread { rpc(p) }
      let m = receive(p)
      reply(m) print(code())
      reply(m) print(code())
      send(p) let one_way = receive(p)
      reply(one_way) print(code())`);
    assert.deepEqual(printed(result), ['KERN_SUCCESS', 'MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_DEST']);
  });

  it('a port set receives for its members', () => {
    const result = alone(`
      let a = port make_send(a) let b = port make_send(b)
      let both = port set { a, b }
      send(b, 1) send(a, 2)
      let m = receive(both) print(m.body, " ", m.to == b)
      let n = receive(both) print(n.body, " ", n.to == a)
      let c = port make_send(c) join(c, both)
      send(c, 3) print(receive(both).body)`);
    assert.deepEqual(printed(result), ['1 true', '2 true', '3']);
  });
});

describe('what a kernel tells', () => {
  it('no senders, when the last right on another node is given up', () => {
    const result = story(`
      task owner {
        let p = port publish p as "owner" let q = port let bell = port
        request notification no_senders on q to bell
        reply(receive(p), make send q)
        let m = receive(bell)
        print(m.operation, " ", now >= 300 ms)
      }
      task user { let q = rpc(lookup "owner").port sleep 300 ms deallocate(q) }
      scenario "s" on lab { let o = start owner() on left start user() on right wait o }`);
    assert.deepEqual(printed(result), ['MACH_NOTIFY_NO_SENDERS true']);
  });

  it('a dead name, on another node, and at once if it is dead already', () => {
    const result = story(`
      task owner { let p = port publish p as "owner" sleep 300 ms destroy(p) sleep 1 s }
      task user {
        let p = lookup "owner" let bell = port
        request notification dead_name on p to bell
        let m = receive(bell)
        print(m.operation, " ", m.port == p)
        send(p) print(code())
      }
      scenario "s" on lab { start owner() on left let u = start user() on right wait u }`);
    assert.deepEqual(printed(result), ['MACH_NOTIFY_DEAD_NAME true', 'MACH_SEND_INVALID_DEST']);
  });

  it('a receive right that is given up comes back with the notice', () => {
    const result = alone(`
      let p = port make_send(p) let bell = port
      request notification port_destroyed on p to bell
      send(p, 5)
      destroy(p)
      let m = receive(bell)
      print(m.operation, " ", m.rights, " ", receive(m.port).body)`);
    assert.deepEqual(printed(result), ['MACH_NOTIFY_PORT_DESTROYED 1 5']);
  });
});

describe('threads of a task', () => {
  it('have variables of their own and the counts in common', () => {
    const result = story(`
      task t {
        count done
        let x = 1
        let bell = port make_send(bell)
        for i in 1 .. 3 { thread { x = x + i compute 1 ms done = done + x send(bell) } }
        for i in 1 .. 3 { receive(bell) }
        print(x, " ", done)
      }
      scenario "s" on lab { let t = start t() on left wait t expect t.done == 9 }`);
    assert.deepEqual(printed(result), ['1 9']);
  });

  it('end with the first one', () => {
    const result = story(`
      task t { thread { while true { sleep 1 s print("never") } } sleep 100 ms }
      scenario "s" on lab { let t = start t() on left sleep 50 ms expect t.threads == 2 wait t expect not t.alive }`);
    assert.deepEqual(printed(result), []);
  });

  it('a receive that fails ends its thread, and only in the first one the task', () => {
    const result = alone(`
      let p = port
      thread { receive(p) print("never") }
      sleep 10 ms destroy(p) sleep 10 ms print("goes on")
      receive(p) print("never")`);
    assert.deepEqual(printed(result), ['goes on']);
    assert.deepEqual(faults(result), ['receive: MACH_RCV_PORT_DIED', 'receive: MACH_RCV_INVALID_NAME']);
  });

  it('a sender waits while the queue is full', () => {
    const result = alone(`
      let p = port make_send(p) queue_limit(p, 2)
      thread { for i in 1 .. 4 { send(p, i) print("sent ", i) } }
      sleep 50 ms print("taking") print("first ", receive(p).body)
      sleep 50 ms for i in 1 .. 3 { receive(p) }`);
    assert.deepEqual(printed(result), ['sent 1', 'sent 2', 'taking', 'sent 3', 'first 1', 'sent 4']);
  });
});

describe('memory of a task', () => {
  it('is inherited as it says: shared, copied, or not at all', () => {
    const result = story(`
      task child(s: memory, c: memory, n: memory) { dirty s[0] dirty c[0] dirty n[0] }
      task t {
        let s = vm_allocate("s", 8 KB, "share") let c = vm_allocate("c", 8 KB) let n = vm_allocate("n", 8 KB, "none")
        dirty s[0 .. 1] dirty c[0] touch n[1]
        let before = vm_read(c, 0) let shared = vm_read(s, 0)
        start child(s, c, n)
        sleep 200 ms
        print(vm_read(c, 0) == before, " ", vm_read(s, 0) > shared)
      }
      scenario "s" on lab { let t = start t() on right wait t }`);
    assert.deepEqual(printed(result), ['true true']);
    assert.deepEqual(faults(result), ['pages 0 .. 0 are outside n, which has 0']);
  });

  it('that is not there is an exception, which ends the task', () => {
    const result = alone('let m = vm_allocate("m", 4 KB) dirty m[0] let n = 1 dirty m[n] print("never")');
    assert.deepEqual(printed(result), []);
    assert.deepEqual(faults(result), ['pages 1 .. 1 are outside m, which has 1']);
  });

  it('is given away by a right to it, and mapped by whoever gets that', () => {
    const result = story(`
      task owner {
        let m = vm_allocate("m", 8 KB, "share") let p = port publish p as "m"
        dirty m[0]
        reply(receive(p), share m)
        dirty m[1]
        let asked = receive(p)
        reply(asked, vm_read(m, 1))
      }
      task user {
        let p = lookup "m"
        let m = vm_map("mine", 8 KB, rpc(p).port)
        let written = rpc(p).body
        print(vm_read(m, 1) == written)
        dirty m[0]
        vm_deallocate(m)
      }
      scenario "s" on lab {
        let here = start owner() on left
        let near = start user() on left
        wait near
        wait here
        let there = start owner() on left
        let far = start user() on right
        wait far
        wait there
      }`);
    assert.deepEqual(printed(result), ['true', 'true']);
    assert.deepEqual(faults(result), []);
  });
});

describe('an operator', () => {
  it('suspends a task, resumes and terminates it', () => {
    story(`
      task t { count n while true { compute 10 ms n = n + 1 } }
      scenario "s" on lab {
        let t = start t() on left
        sleep 95 ms
        suspend(t)
        let before = t.n
        expect before > 5
        sleep 200 ms
        expect t.n in before .. before + 1
        resume(t)
        sleep 50 ms
        expect t.n > before + 2 and t.alive
        terminate(t)
        wait t
        expect not t.alive
      }`);
  });

  it('that waits for a task goes on when its node has failed', () => {
    story(`
      task t { while true { sleep 10 ms } }
      scenario "s" on lab { let t = start t() on right sleep 100 ms crash right wait t expect not t.alive }`);
  });
});

describe('break and continue', () => {
  it('leave a loop, and go around it again', () => {
    const result = alone(`
      for i in 1 .. 9 {
        if i == 2 { continue }
        let j = 0
        while true { j = j + 1 if j == i { break } }
        print(j)
        if i == 4 { break }
      }`);
    assert.deepEqual(printed(result), ['1', '3', '4']);
  });
});

describe('a task that migrates', () => {
  it('keeps its names, its counts and its sleep, and its clients do not notice', () => {
    const result = story(`${ECHO}
      task client {
        count asked
        let echo = lookup "echo"
        for i in 1 .. 40 {
          if rpc(echo, i).body == i + 1 { asked = asked + 1 }
          sleep 20 ms
        }
        print(echo == lookup "echo", " ", now)
      }
      scenario "s" on lab {
        let e = start echo() on left
        let c = start client() on left
        at 300 ms
        let m = migrate c to right by task
        wait m
        expect m.outcome == "done" and c.node == right
        let n = migrate e to right by task
        wait n
        expect n.outcome == "done" and e.node == right
        wait c
        expect c.asked == 40 and c.replies == 40
      }`);
    assert.equal(printed(result).length, 1);
    assert.deepEqual(faults(result), []);
  });

  it('in the middle of a long sleep wakes up when it would have', () => {
    const result = story(`
      task t { sleep 3 s print("awake at ", now) }
      scenario "s" on lab {
        let t = start t() on left
        at 1 s
        migrate t to right by task
        wait t
        expect now in 3 s .. 3.2 s
      }`);
    assert.equal(printed(result).length, 1);
  });

  it('with a full queue and a sender that waits loses nothing', () => {
    const result = story(`
      task server { let p = port publish p as "p" sleep 2 s for i in 1 .. 12 { print(receive(p).body) } }
      task client { let p = lookup "p" for i in 1 .. 12 { send(p, i) } }
      scenario "s" on lab {
        let s = start server() on left
        let c = start client() on right
        at 1 s
        let m = migrate s to master by task
        wait m
        expect m.outcome == "done"
        let n = migrate c to left by task
        wait n
        expect n.outcome == "done"
        wait s
      }`);
    assert.deepEqual(
      printed(result),
      Array.from({ length: 12 }, (_, index) => `${index + 1}`),
    );
  });
});

describe('the way in which a task is moved', () => {
  const ways = [
    'using sms',
    'using in_kernel agent on master',
    'using oms',
    'using oms with eager',
    'using oms with flush',
    'with pre_copy rounds 3 threshold 1',
    'using user_level with eager agent on master',
  ];
  for (const way of ways) {
    it(`migrate t to right by task ${way}`, () => {
      story(`
        task t {
          count written
          let m = vm_allocate("m", 32 KB)
          dirty m[0 .. 7]
          for i in 1 .. 200 {
            compute 10 ms
            dirty m[i % 8]
            written = written + 1
          }
          touch m[0 .. 7]
        }
        scenario "s" on lab {
          let t = start t() on left
          at 300 ms
          let m = migrate t to right by task ${way}
          wait m
          expect m.outcome == "done" and t.node == right and m.freeze_time > 0
          wait t
          expect t.written == 200 and not t.alive
        }`);
    });
  }
});

describe('a debugger', () => {
  it('stops in front of the statements of a task, and sees who works for its thread', () => {
    const sim = start(
      `${ECHO}
      task client { let echo = lookup "echo" let answer = rpc(echo, 7) print(answer.body) }
      scenario "s" on lab { start echo() on left let c = start client() on right wait c }`,
      CLUSTER,
    );
    const { programs } = sim.image;
    const isReply = (): boolean => {
      const next = peek(sim);
      if (next?.unit.kind !== 'program') return false;
      const instruction = programs[next.unit.index]?.code[next.pc];
      return instruction?.op === 'message' && instruction.call === 'reply';
    };
    while (!isReply()) assert.ok(step(sim));
    const { world } = sim;
    const client = world.threads.rows.find((t) => t.live && world.tasks.rows[t.task]!.name === 'client')!;
    const frames = stack(sim, client.identity);
    assert.deepEqual(
      frames.map(({ name }) => name),
      ['echo', 'client'],
    );
    const locals = Object.fromEntries(frames[0]!.locals.map(({ name, value }) => [name, value]));
    assert.equal(locals['m.body'], 7);
    assert.equal(locals['m.operation'], 'message');
  });
});

describe('memory in a message [1.11]', () => {
  const TAKER = `
    task taker {
      let service = port
      publish service as "taker"
      let first = receive(service)
      sleep 200 ms
      let buffer = first.memory
      touch buffer[0 .. 2]
      let before = vm_read(buffer, 0)
      dirty buffer[0]
      print("taker ", first.rights, " ", vm_read(buffer, 0) > before, " ", code())
      reply(first, copy buffer)
    }`;

  for (const [distance, node] of [
    ['on one node', 'left'],
    ['from another node', 'right'],
  ]) {
    it(`is what it was when it was sent, and the receiver's own (${distance})`, () => {
      const result = story(`${TAKER}
        task sender {
          let taker = lookup "taker"
          let done = port
          let buffer = vm_allocate("buffer", 12 KB)
          dirty buffer[0 .. 2]
          let version = vm_read(buffer, 0)
          thread {
            sleep 20 ms
            dirty buffer[0]
          }
          let answer = rpc(taker, copy buffer, make send done)
          let other = answer.memory
          print("sender ", vm_read(buffer, 0) > version, " ", vm_read(other, 0) > vm_read(buffer, 0))
        }
        scenario "s" on lab {
          let t = start taker() on left
          let s = start sender() on ${node}
          wait s
          wait t
        }`);
      assert.deepEqual(printed(result), ['taker 1 true KERN_SUCCESS', 'sender true true']);
      assert.deepEqual(faults(result), []);
    });
  }

  it('that is moved leaves the sender, which may not touch it any more', () => {
    const result = alone(`
      let p = port
      make_send(p)
      let buffer = vm_allocate("buffer", 4 KB)
      dirty buffer[0]
      send(p, move buffer)
      let m = receive(p)
      let again = m.memory
      touch again[0]
      send(p, move buffer)
      print(again == buffer, " ", code())
      let gone = vm_allocate("gone", 4 KB)
      send(p, move gone)
      print(code())
      touch gone[0]
      print("never")`);
    assert.deepEqual(printed(result), ['true KERN_SUCCESS', 'KERN_SUCCESS']);
    assert.equal(faults(result).length, 1);
  });
});
