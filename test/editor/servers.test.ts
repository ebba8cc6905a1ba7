// The inspectors of servers, pipes and sockets in a real editor: opened by keys and from rows, and followed to the next stop.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/processes.ts';
import { inspecting } from './inspecting.ts';
import { openPane, treeRows } from './reading.ts';

describe('the inspectors of servers', () => {
  const { editor, press, open, cells, runTo } = inspecting(({ folder }) =>
    cpSync(join(root, 'test/editor/servers.adw'), join(folder, 'servers.adw')),
  );

  it('open on a pipe by a key, and show the bytes in it and who holds its ends', async () => {
    await runTo('servers.adw', ['freeze']);
    const pipe = editor().page.locator('.quick-input-list .monaco-list-row:has-text("34 bytes")').first();
    // The editor takes the focus when it shows where the run has stopped, and a list that is open then closes.
    await editor().until(
      'the pipe to be chosen',
      async () => {
        await editor().page.locator('.editor-instance .view-lines').first().click();
        await press('Control+Alt+b');
        return pipe.click({ timeout: 5000 }).then(
          () => true,
          () => false,
        );
      },
      (chosen) => chosen,
    );
    assert.match((await cells('buffer')).join('\n'), /61 20 6c 69 6e 65.*a line that the/);
    assert.match((await cells('ends')).join('\n'), /write 34 pid \d+ on source as 1/);
  });

  it('show at the next stop what has been read, and what has come', async () => {
    await press('F5');
    await editor().until(
      'the bytes that were read to be gone',
      async () => cells('buffer'),
      (rows) => rows.some((row) => row.startsWith('−')) && rows.some((row) => /one mo/.test(row)),
    );
    await editor().runCommand('View: Hide Panel');
    await editor().screenshot('pipe-inspector');
  });

  it('show the table of one PM Master among several, and its blocks of pids', async () => {
    await open('Control+Alt+s', 'pm_master @ source');
    assert.ok((await cells('entries')).some((row) => /family/.test(row)));
    assert.ok((await cells('blocks')).some((row) => /source$/.test(row)));
    await editor().screenshot('master-inspector');
  });

  it('show the lists of a PMA, and what the monitor was told', async () => {
    await open('Control+Alt+s', 'pma @ source');
    assert.ok((await cells('procs')).some((row) => /frozen/.test(row)));
    assert.match((await cells('line')).join('\n'), /of pid \d+ goes source/);
    await editor().screenshot('pma-inspector');
    await open('Control+Alt+s', 'monitor @ master');
    assert.match((await cells('migrations')).join('\n'), /source → dest, by process done/);
  });

  it('open from the rows of the Files view', async () => {
    await editor().openContainer('OSF/1 AD');
    await openPane(editor(), 'Nodes', false);
    await openPane(editor(), 'Tasks', false);
    await openPane(editor(), 'Vprocs', false);
    await openPane(editor(), 'Files', true);
    const rows = await editor().until(
      'the pipes',
      async () => treeRows(editor(), 'Files'),
      (all) => all.some((row) => /pipe \d+/.test(row)),
    );
    assert.ok(
      rows.some((row) => /\/data\/log.*Token was position/.test(row)),
      rows.join('\n'),
    );
    const row = await editor().waitFor('.sidebar .monaco-list-row[aria-label^="file_server @ master"]');
    await row.hover();
    await row.locator('a.action-label[aria-label^="Inspect Server"]').click();
    await editor().waitFor('.tabs-container .tab.active:has-text("file_server @ master")');
    assert.match((await cells('streams')).join('\n'), /socket \d+ listening \/tmp\/door/);
    await editor().screenshot('file-server-inspector');
  });
});
