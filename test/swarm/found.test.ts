/**
 * What the swarm has found: each script in found/ broke the rule that it names, or left somebody waiting for ever. It is
 * kept as it was made small, and must run well from now on.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runAny } from './seed.ts';

const folder = join(import.meta.dirname, 'found');

describe('what the swarm has found stays found', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name.replace('.adw', ''), () => {
      assert.equal(runAny(readFileSync(join(folder, name), 'utf8')).failure, null);
    });
  }
});
