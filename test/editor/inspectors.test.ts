// The port, memory and process inspectors in a real editor: opened by keys, from a row of a tree and from the capability
// table, walked through with the arrows, and followed to the next stop.
import assert from 'node:assert/strict';
import { inspecting } from './inspecting.ts';
import { openPane, stopShown } from './reading.ts';

const script = '01-a-compiler-moves.adw';

/** What a test reads of an element of the page, whose types are the browser's. */
interface Styled {
  computedStyleMap(): ReadonlyMap<string, unknown>;
}

describe('the inspectors', () => {
  const { editor, press, open, page, section, cells, runTo } = inspecting();

  it('open on a port by a key, while the process is frozen', async () => {
    await runTo(script, ['freeze', 'restart']);
    await open('Control+Alt+p', 'cc1.signal');
    assert.ok(
      (await cells('copies')).some((row) => row.startsWith('source principal')),
      (await cells('copies')).join('\n'),
    );
    assert.ok((await cells('rights')).some((row) => /cc1 source 0x\w+ receive/.test(row)));
    assert.equal(await section('queue').locator('.empty').innerText(), 'No message waits.');
  });

  it('follow the port to another node, and say what has changed', async () => {
    await press('F5');
    await stopShown(editor(), /restart/);
    await editor().until(
      'the principal on dest',
      async () => cells('copies'),
      (rows) => rows.some((row) => /^\+ dest principal/.test(row)) && rows.some((row) => /source forwarding/.test(row)),
    );
    assert.match(await page().locator('#title').innerText(), /received by .* on dest, came from source/);
    await editor().runCommand('View: Hide Panel');
    await editor().screenshot('port-inspector');
  });

  it('are walked through with the keyboard, across their tables', async () => {
    await section('facts').locator('td[data-cell]').first().click();
    await press('ArrowRight');
    assert.equal(await page().locator('td:focus').getAttribute('data-cell'), 'value');
    const rows = await section('facts').locator('tbody tr').count();
    for (let row = 0; row < rows; row++) await press('ArrowDown');
    assert.equal(await page().locator('section:has(td:focus)').getAttribute('data-section'), 'copies');
    await press('/');
    await editor().page.keyboard.type('forwarding');
    await editor().until(
      'one row to be left',
      async () => section('copies').locator('tbody tr').count(),
      (count) => count === 1,
    );
    assert.equal(await section('rights').locator('.empty').innerText(), 'No row matches the filter.');
  });

  it('open on the port of a row of the capability table', async () => {
    await open('Control+Alt+c', 'pid 2 cc1');
    await page().locator('#rows tr[data-port] td[data-cell="port"]').first().dblclick();
    await section('copies').waitFor();
    await editor().waitFor('.tabs-container .tab.active:has-text("Port: ")');
  });

  it('show every page of a task, with a sign and a colour', async () => {
    await open('Control+Alt+m', 'pid 2 cc1');
    await section('regions').locator('table.pages td.page').first().waitFor();
    const signs = await section('regions').locator('td.page').allInnerTexts();
    assert.ok(signs.includes('r'), signs.join(''));
    assert.match((await cells('residual')).join('\n'), /source \d+/);
    const colour = async (kind: string): Promise<string> =>
      section('regions')
        .locator(`td.page.${kind}`)
        .first()
        .evaluate((cell) => String((cell as unknown as Styled).computedStyleMap().get('background-color')));
    assert.notEqual(await colour('remote'), await colour('zero'));
    await section('regions').locator('td.page').first().click();
    await press('ArrowRight');
    assert.match((await page().locator('td:focus').getAttribute('aria-label')) ?? '', /^page \d+: /);
    await editor().openContainer('OSF/1 AD');
    await openPane(editor(), 'Ports', true);
    await editor().screenshot('memory-inspector');
  });

  it('show a process: who knows it, what its PMA keeps, and its open files', async () => {
    await open('Control+Alt+u', 'pid 2 cc1');
    const facts = await cells('facts');
    assert.ok(
      facts.some((row) => /PMA dest, migrating list; source, migrating list/.test(row)),
      facts.join('\n'),
    );
    assert.ok((await cells('files')).length > 0);
    const vprocs = (await cells('vprocs')).join('\n');
    assert.match(vprocs, /dest local dest 0 migrating, attaching/);
    assert.ok((await cells('capabilities')).some((row) => /^credentials 0x/.test(row)));
    await editor().screenshot('process-inspector');
  });
});

describe('the process inspector', () => {
  const { editor, open, cells, runTo, pictures } = inspecting();

  it('shows every thread of a program, and its signals by name', async () => {
    await runTo('16-several-threads-move.adw', ['freeze']);
    await open('Control+Alt+u', 'pid 2 server');
    const threads = await cells('threads');
    assert.ok(
      threads.some((row) =>
        /^thread 2 waiting 33 read SIGUSR1 an answer of file_server@master emulator\.read: /.test(row),
      ),
      threads.join('\n'),
    );
    assert.ok(threads.some((row) => /^main waiting 49 pthread_join SIGUSR1 end of a thread /.test(row)));
    assert.deepEqual(await cells('signals'), ['SIGUSR1 handler at line 24 main, thread 2, thread 3 ended: EINTR 0']);
    await editor().runCommand('View: Hide Panel');
    await pictures('process-threads');
  });

  it('shows the three lists of a PMA', async () => {
    await open('Control+Alt+s', 'pma @ source');
    const facts = await cells('facts');
    assert.deepEqual(facts.slice(0, 3), ['Active list 1', 'Migrating list 0', 'Free list 0'], facts.join('\n'));
    await pictures('pma-lists');
  });
});
