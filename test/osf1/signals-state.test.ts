/**
 * Stories about what a process says of its signals: caught, ignored, blocked, pending [mechanisms 5.3, POSIX].
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run } from './lab.ts';

const story = (program: string, scenario: string): string[] =>
  printed(
    run(
      `program p() { ${NULL_IMAGE} ${program} } scenario "s" on lab { let p = spawn p() on source ${scenario} wait p }`,
    ),
  );

describe('a signal that a process catches', () => {
  it('runs its handler in the middle of a computation, which goes on afterwards, with the same variables', () => {
    const lines = story(
      'let n = 0 on SIGUSR1 { n = n + 1 print("handler ", n) } compute 2 s print("done ", n)',
      'at 500 ms kill(p, SIGUSR1) at 1 s kill(p, SIGUSR1) wait p expect p.status == 0 and now in 2.2 s .. 2.6 s',
    );
    assert.deepEqual(lines, ['handler 1', 'handler 2', 'done 2']);
  });

  it('ends a call that waits with EINTR', () => {
    const lines = story(
      'on SIGUSR1 { print("handler") } let s = wait(fork { compute 2 s exit(3) }) print(s, " ", errno()) print(wait())',
      'at 1 s kill(p, SIGUSR1)',
    );
    assert.deepEqual(lines, ['handler', '-1 EINTR', '3']);
  });

  it('has the call made again if its action says so', () => {
    const lines = story(
      'on SIGUSR1 restart { print("handler") } let s = wait(fork { compute 2 s exit(3) }) print(s, " ", errno())',
      'at 1 s kill(p, SIGUSR1)',
    );
    assert.deepEqual(lines, ['handler', '3 ']);
  });
});
