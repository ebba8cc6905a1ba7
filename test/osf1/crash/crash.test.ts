/**
 * A node fails at an event of a migration, the source, the destination or the node of the PM Master: what becomes of the
 * process is in table 5.6, nothing hangs, and nothing is executed twice [mechanisms 5.6, P4].
 *
 * Here some of the events are struck, and whatever has been wrong once; `npm test -- crashes` strikes all of them.
 */
import assert from 'node:assert/strict';
import { inWords, strikeAll } from './strike-all.ts';
import { rows } from './table.ts';

describe('a node that fails at an event of a migration', function () {
  this.timeout(900_000);

  it('leaves what the table says, for every variant of the workload', async () => {
    const found = await strikeAll({ step: 31, checked: 30, jobs: 2 });
    assert.deepEqual(
      found.flatMap(({ variant, wrong }) => wrong.map((each) => `${variant}: ${each}`)),
      [],
    );
    const struck = new Set(found.flatMap((each) => Object.keys(each.rows)));
    assert.deepEqual(
      rows.filter(({ row }) => !struck.has(row)),
      [],
      inWords(found),
    );
  });
});
