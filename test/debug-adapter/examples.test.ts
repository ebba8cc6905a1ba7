/**
 * Every scenario of every example runs to its end under the adapter, and all it expects holds.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, root } from './client.ts';

const folder = join(root, 'examples');

describe('the examples under the debug adapter', () => {
  let client: Client;

  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());

  for (const file of readdirSync(folder).filter((name) => name.endsWith('.adw'))) {
    const program = join(folder, file);
    for (const [, scenario] of readFileSync(program, 'utf8').matchAll(/^scenario "(.*?)"/gm)) {
      it(`${file}: ${scenario}`, async () => {
        await client.begin({ program, scenario }, () =>
          client.get('setExceptionBreakpoints', { filters: ['expectation'] }),
        );
        assert.deepEqual(await client.event('exited'), { exitCode: 0 });
        await client.event('terminated');
        assert.deepEqual(client.events('stopped'), []);
        assert.deepEqual(client.wrong, []);
      });
    }
  }
});
