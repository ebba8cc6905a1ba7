// What the debugger shows of open file structures: who shares one, wherever he is, and who has the token of its position.
import assert from 'node:assert/strict';
import { inspect } from '../../simulator/engine/simulation.ts';
import type { OpenFileState } from '../../simulator/inspect/state-streams.ts';
import { NULL_IMAGE, runUntilPrinted, start } from '../osf1/lab.ts';

const script = (cluster: string): string => `
  ${cluster}
  file "/data/log" on master size 16 KB
  program p() {
    ${NULL_IMAGE}
    let f = open("/data/log", read)
    read(f, 1 KB)
    print("alone")
    let c = fork { read(f, 2 KB) compute 1 s migrate(getpid(), "dest") compute 4 s }
    compute 1 s
    print("shared")
    wait(c)
  }
  scenario "s" on lab { let p = spawn p() on source wait p }
`;

const log = (files: readonly OpenFileState[]): OpenFileState => {
  const found = files.find(({ name }) => name === '/data/log');
  assert.ok(found);
  return found;
};
const lab = `cluster lab {
  file_caching on
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
}`;

describe('an open file in the inspected state', () => {
  it('says who has the token of its position, and where that began [5.1]', () => {
    const sim = start(script(lab), '');
    runUntilPrinted(sim, 'alone');
    const { server, size, flags, position, token, holders } = log(inspect(sim).openFiles);
    assert.deepEqual([server, size, flags, position], ['master', 16384, ['read'], 1024]);
    assert.equal(token?.pid, 2);
    assert.deepEqual(holders, [{ pid: 2, node: 'source', descriptor: 0 }]);
  });

  it('is one for a parent and its child, and the token is with whoever has read last [P10]', () => {
    const sim = start(script(lab), '');
    runUntilPrinted(sim, 'shared');
    const { position, token, holders } = log(inspect(sim).openFiles);
    assert.deepEqual([position, token?.pid], [3072, 3]);
    assert.deepEqual(
      holders.map(({ pid }) => pid),
      [2, 3],
    );
  });
});
