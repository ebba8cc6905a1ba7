/**
 * Stories about files: the emulator calls the file server directly, and what it holds is a capability for an open file
 * structure that can be shared and outlives nobody [paper 3.1, mechanisms 5.3].
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { NULL_IMAGE, printed, run, runUntilPrinted, start } from './lab.ts';

const data = 'file "/data" on master size 10 KB\n';

describe('an open file', () => {
  it('is read from its position to its end', () => {
    const result = run(`
      ${data}
      program reader() {
        ${NULL_IMAGE}
        let f = open("/data", read)
        print(read(f, 6 KB), " ", read(f, 6 KB), " ", read(f, 6 KB))
      }
      scenario "read" on lab { let p = spawn reader() on source wait p }
    `);
    assert.deepEqual(printed(result), ['6144 4096 0']);
  });

  it('grows when it is written, and keeps what was written', () => {
    const result = run(`
      program writer() {
        ${NULL_IMAGE}
        let f = open("/new", create | write)
        print(write(f, 5 KB), " ", close(f))
        print(read(open("/new", read), 64 KB))
      }
      scenario "write" on lab { let p = spawn writer() on source wait p }
    `);
    assert.deepEqual(printed(result), ['5120 0', '5120']);
  });

  it('that does not exist, is closed, or is open for something else gives -1', () => {
    const result = run(`
      ${data}
      program clumsy() {
        ${NULL_IMAGE}
        let f = open("/data", read)
        print(open("/none", read), " ", write(f, 1 KB), " ", close(f), " ", close(f), " ", read(f, 1 KB))
      }
      scenario "errors" on lab { let p = spawn clumsy() on source wait p expect p.status == 0 }
    `);
    assert.deepEqual(printed(result), ['-1 -1 0 -1 -1']);
  });

  it('is shared with a child, position and all [P10]', () => {
    const result = run(`
      ${data}
      program parent() {
        ${NULL_IMAGE}
        let f = open("/data", read)
        let a = read(f, 4 KB)
        let s = wait(fork { let b = read(f, 4 KB) exit(0) })
        print(read(f, 4 KB))
      }
      scenario "shared" on lab { let p = spawn parent() on source wait p }
    `);
    assert.deepEqual(printed(result), ['2048']);
  });

  it('is freed when the last right to it is gone, and not before [1.9]', () => {
    const sim = start(`
      ${data}
      program parent() {
        ${NULL_IMAGE}
        let f = open("/data", read)
        let c = fork { compute 1 s print("child") exit(0) }
        let closed = close(f)
        compute 200 ms
        print("closed")
        let s = wait(c)
        compute 200 ms
        print("gone")
      }
      scenario "freed" on lab { let p = spawn parent() on source wait p }
    `);
    const open = (): number => select(sim.world.fileHandles, () => true).length;
    runUntilPrinted(sim, 'closed');
    assert.equal(open(), 1);
    runUntilPrinted(sim, 'gone');
    assert.equal(open(), 0);
  });

  it('on another file server is opened through the root server, and used directly', () => {
    const cluster = `
      cluster lab {
        node master { pma pm_master credentials file_server "/" }
        node source { pma }
        node disks { pma file_server "/disk" }
      }
      file "/disk/data" on disks size 3 KB
    `;
    const result = run(
      `
      program reader() {
        ${NULL_IMAGE}
        let f = open("/disk/data", read)
        print(read(f, 4 KB), " ", close(f), " ", open("/disk/none", read))
      }
      scenario "mounted" on lab { let p = spawn reader() on source wait p }
    `,
      cluster,
    );
    assert.deepEqual(printed(result), ['3072 0 -1']);
  });
});
