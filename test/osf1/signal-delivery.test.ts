/**
 * Stories about a signal that finds its process somewhere: computing, in a call, frozen, on its way, just made, about to end.
 * It is handled once, wherever that is, and a call that it interrupts has happened wholly or not at all [mechanisms 5.3, 5.5,
 * P4; paper 3.1].
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run } from './lab.ts';

const CLUSTER = `cluster lab {
  machine i386_25
  network ethernet_10
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
}
`;

const phases = ['freeze', 'detach', 'install', 'attach', 'restart', 'cleanup'] as const;

const waits = {
  wait: { call: 'wait(fork { sleep(100 s) })', prints: '-1 EINTR' },
  'read of a pipe': { call: 'read(q.read, 80 B)', prints: '-1 bytes EINTR' },
  'write to a pipe': { call: 'write(q.write, 4 KB)', prints: '-1 bytes EINTR' },
  pause: { call: 'pause()', prints: '-1 EINTR' },
  sigsuspend: { call: 'sigsuspend(no_signals)', prints: '-1 EINTR' },
} as const;

const waiter = (call: string): string => `program p() {
  ${NULL_IMAGE}
  let n = 0
  let q = pipe()
  ${call.startsWith('write') ? 'write(q.write, 4 KB)' : ''}
  on SIGUSR1 { n = n + 1 print("handler ", n) }
  let got = ${call}
  print(got, " ", errno())
  exit(3)
}`;

describe('a signal that is caught', () => {
  for (const [name, { call, prints }] of Object.entries(waits)) {
    const body = waiter(call);

    it(`interrupts a ${name}, which has changed nothing`, () => {
      const result = run(
        `${body} scenario "s" on lab { let p = spawn p() on source at 2 s kill(p, SIGUSR1) wait p expect p.status == 3 }`,
        CLUSTER,
      );
      assert.deepEqual(printed(result), ['handler 1', prints]);
    });

    it(`interrupts a ${name} in a process that has moved in the middle of it`, () => {
      const result = run(
        `${body} scenario "s" on lab {
          let p = spawn p() on source
          at 2 s
          let m = migrate p to dest restarting calls
          wait m
          kill(p, SIGUSR1)
          wait p
          expect p.status == 3 and m.outcome == "done"
        }`,
        CLUSTER,
      );
      assert.deepEqual(printed(result), ['handler 1', prints]);
    });
  }

  for (const phase of phases) {
    it(`interrupts a read of a pipe when it comes at ${phase}: once, and on the other node`, () => {
      const body = waiter('read(q.read, 80 B)');
      const result = run(
        `${body} scenario "s" on lab {
          let p = spawn p() on source
          on phase ${phase} of p { kill(p, SIGUSR1) }
          at 2 s
          let m = migrate p to dest restarting calls
          wait p
          expect p.status == 3 and m.outcome == "done" and p.delivered == 1
        }`,
        CLUSTER,
      );
      assert.deepEqual(printed(result), ['handler 1', '-1 bytes EINTR']);
    });
  }

  it('has a read made again, which then gets all the bytes', () => {
    const result = run(
      `program p() {
        ${NULL_IMAGE}
        let q = pipe()
        let n = 0
        on SIGUSR1 restart { n = n + 1 }
        let c = fork { sleep(5 s) write(q.write, "all the bytes") }
        print(read(q.read, 80 B), " ", buffer(), " ", n)
        wait c
      }
      scenario "s" on lab {
        let p = spawn p() on source
        at 1 s kill(p, SIGUSR1)
        at 2 s let m = migrate p to dest
        wait m
        kill(p, SIGUSR1)
        wait p
      }`,
      CLUSTER,
    );
    assert.deepEqual(printed(result), ['13 all the bytes 2']);
  });

  it('is taken by a process that was stopped when it goes on, on the node that it was moved to', () => {
    const result = run(
      `program p() { ${NULL_IMAGE} on SIGUSR1 { print("handler") } compute 2 s print("done") }
      scenario "s" on lab {
        let p = spawn p() on source
        at 1 s
        kill(p, SIGSTOP)
        kill(p, SIGUSR1)
        let m = migrate p to dest
        wait m
        expect p.alive and p.node == dest
        kill(p, SIGCONT)
        wait p
        expect p.status == 0
      }`,
      CLUSTER,
    );
    assert.deepEqual(printed(result), ['handler', 'done']);
  });

  it('keeps its mask and what is pending when its process moves, and when that is refused [P9]', () => {
    for (const target of ['dest', 'full']) {
      const result = run(
        `program p() {
          ${NULL_IMAGE}
          on SIGUSR1 { print("one") }
          on SIGUSR2 { print("two") }
          sigprocmask(SIG_BLOCK, SIGUSR1 | SIGUSR2)
          compute 4 s
          print(sigismember(sigpending(), SIGUSR1), " ", sigismember(sigpending(), SIGUSR2))
          sigprocmask(SIG_UNBLOCK, SIGUSR2)
          sigprocmask(SIG_UNBLOCK, SIGUSR1)
        }
        scenario "s" on lab {
          let p = spawn p() on source
          at 1 s
          kill(p, SIGUSR1)
          on phase detach of p { kill(p, SIGUSR2) }
          let m = migrate p to ${target}
          wait p
        }`,
        CLUSTER.replace('node dest', 'node full { pma refuse always } node dest'),
      );
      assert.deepEqual(printed(result), ['true true', 'two', 'one'], target);
    }
  });

  it('reaches a process that has just been made, and not one that is about to end', () => {
    const result = run(
      `program child() { ${NULL_IMAGE} compute 9 s }
      program p() { ${NULL_IMAGE} on SIGUSR1 { print("never") } compute 1 s exit(4) }
      scenario "s" on lab {
        let c = spawn child() on source
        kill(c, SIGTERM)
        let p = spawn p() on source
        wait p
        kill(p, SIGUSR1)
        wait c
        expect c.signal == 15 and p.status == 4
      }`,
      CLUSTER,
    );
    assert.deepEqual(printed(result), []);
  });
});

describe('a process that is killed', () => {
  const clusters = {
    'by a PMA of its own': CLUSTER,
    'by the one PMA': CLUSTER.replace('{\n', '{\n process_management centralised\n').replaceAll('{ pma }', '{ }'),
  };
  for (const [name, { call }] of Object.entries(waits))
    for (const [where, cluster] of Object.entries(clusters))
      it(`executes nothing more in a ${name}, managed ${where} [P4]`, () => {
        const result = run(
          `${waiter(call).replace('{ n = n + 1', '{ exit(9) n = n + 1')}
          scenario "s" on lab { let p = spawn p() on source at 2 s kill(p, SIGKILL) wait p expect p.status == -1 }`,
          cluster,
        );
        assert.deepEqual(printed(result), []);
      });
});
