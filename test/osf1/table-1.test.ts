/**
 * Table 1 of the paper: null process creation (fork; exec; exit) costs 131 ms on the master node and 218 ms elsewhere.
 * Neither number is in the simulator: both come out of messages, kernel calls and three processor prices.
 */
import assert from 'node:assert/strict';
import {
  KERNEL_CALLS,
  LOCAL_MESSAGES,
  REMOTE_BYTES,
  REMOTE_MESSAGES,
  REMOTE_RIGHTS,
} from '../../simulator/base/ledger.ts';
import { NULL_IMAGE, run, runUntilPrinted, start, timeOf } from './lab.ts';

const creation = (node: string): string => `
program null() { ${NULL_IMAGE} exit(0) }
program shell() {
  ${NULL_IMAGE}
  let first = wait(fork { exec null() })
  print("begin")
  let status = wait(fork { exec null() })
  print("end")
}
scenario "null process creation" on lab {
  let shell = spawn shell() on ${node}
  wait shell
}
`;

const TOLERANCE = 0.05;
const MASTER_MS = 131;
const ELSEWHERE_MS = 218;

function creationTime(node: string): number {
  const result = run(creation(node));
  return (timeOf(result, 'end') - timeOf(result, 'begin')) / 1e6;
}

function near(actual: number, paper: number): void {
  assert.ok(Math.abs(actual - paper) <= paper * TOLERANCE, `${actual} ms, and the paper has ${paper} ms`);
}

/** What one creation adds to all accounts but those of the system and of init. */
function creationCounts(node: string): (column: number) => number {
  const sim = start(creation(node));
  const sums = (): number[] => {
    const { rows } = sim.world.ledger;
    return rows[0]!.counts.map((_, column) => rows.slice(2).reduce((sum, account) => sum + account.counts[column]!, 0));
  };
  runUntilPrinted(sim, 'begin');
  const before = sums();
  runUntilPrinted(sim, 'end');
  const after = sums();
  return (column) => after[column]! - before[column]!;
}

describe('null process creation (Table 1)', () => {
  it('takes 131 ms on the master node', () => near(creationTime('master'), MASTER_MS));

  it('takes 218 ms on another node', () => near(creationTime('source'), ELSEWHERE_MS));

  it('costs 87 ms more away from the master, for the messages to the services alone [7.3]', () => {
    near(creationTime('source') - creationTime('master'), ELSEWHERE_MS - MASTER_MS);
  });

  it('calls the services on the master node 12 times, with 1 KB and 3 rights in all [7.3]', () => {
    const counts = creationCounts('source');
    // Each call is a message there and one back.
    assert.equal(counts(REMOTE_MESSAGES), 24);
    assert.equal(counts(REMOTE_RIGHTS), 3);
    assert.equal(counts(REMOTE_BYTES), 1024);
  });

  it('takes 5 calls from emulator to PMA, exit being one message [5.3]', () => {
    const counts = creationCounts('source');
    assert.equal(counts(LOCAL_MESSAGES), 4 * 2 + 1);
  });

  it('takes some 45 kernel calls [7.3]', () => {
    const calls = creationCounts('source')(KERNEL_CALLS);
    assert.ok(calls >= 38 && calls <= 50, `${calls} kernel calls`);
  });
});
