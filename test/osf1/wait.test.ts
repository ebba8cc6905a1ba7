/**
 * Stories about wait and waitpid: how a child ended is a status, a signal, or that it was lost [mechanisms 5.3, 5.6], and who
 * waits for whom.
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run } from './lab.ts';

function program(body: string, scenario = ''): string[] {
  return printed(
    run(`
      program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 }
    `),
  );
}

describe('how a child ended', () => {
  it('is a status from 0 to 255, never a signal [decision 0046]', () => {
    const lines = program(`
      for status in 126 .. 129 { print(wait(fork { exit(status) })) }
      let c = fork { exit(255) }
      let e = waitpid(c)
      print(e.status, " ", e.signal, " ", e.lost)
      print(wait(fork { exit(-1) }), " ", wait(fork { exit(256) }))
    `);
    assert.deepEqual(lines, ['126', '127', '128', '129', '255 0 false', '255 0']);
  });

  it('is a signal, which wait() says as 256 and its number', () => {
    const lines = program(`
      let a = fork { compute 20 s }
      let b = fork { compute 20 s }
      kill(a, SIGTERM)
      kill(b, SIGKILL)
      let e = waitpid(a)
      print(e.status, " ", e.signal, " ", e.lost, " ", wait(b))
    `);
    assert.deepEqual(lines, ['-1 15 false 265']);
  });

  it('is neither when its node was lost, wherever the parent is [mechanisms 5.6]', () => {
    const lines = program(
      `
      let a = fork { migrate(getpid(), "dest") compute 20 s }
      let b = fork { migrate(getpid(), "dest") compute 20 s }
      let e = waitpid(a)
      print(e.pid == a, " ", e.status, " ", e.signal, " ", e.lost, " ", wait(b), " ", wait(), " ", errno())
    `,
      'at 8 s crash dest',
    );
    assert.deepEqual(lines, ['true -1 0 true 256 -1 ECHILD']);
  });

  it('is known to a scenario by the same three', () => {
    run(`
      program p(status: int) { ${NULL_IMAGE} compute 1 s exit(status) }
      scenario "s" on lab {
        let a = spawn p(255) on source
        let b = spawn p(0) on source
        let c = spawn p(0) on dest
        expect a.status == -1 and a.signal == 0 and not a.lost
        at 700 ms kill(b, SIGKILL) crash dest
        wait a wait b wait c
        expect a.status == 255 and a.signal == 0 and not a.lost
        expect b.status == -1 and b.signal == 9 and not b.lost
        expect c.status == -1 and c.signal == 0 and c.lost
      }
    `);
  });
});
