/**
 * docs/state.schema.json says what state.ts declares, and what every example really looks like.
 *
 * After a change of state.ts the schema is written anew by `UPDATE=1 npx mocha`; look at the difference.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from 'prettier';
import { compileScript } from '../../language/compile.ts';
import { createSimulation, eventCount, inspect, runUntil, seek } from '../../simulator/engine/simulation.ts';
import { stateSchema } from './state-schema.ts';

const path = 'docs/state.schema.json';

const MOMENTS = 12;
const EVENTS_MAX = 20_000;

describe('the schema of the state', () => {
  const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(stateSchema());
  const accept = (state: unknown, when: string): void => {
    assert.ok(validate(state), `${when}: ${JSON.stringify(validate.errors?.slice(0, 3), null, 2)}`);
  };

  it('says what state.ts declares', async () => {
    const written = await format(JSON.stringify(stateSchema()), { parser: 'json', printWidth: 120 });
    if (process.env['UPDATE'] === '1') writeFileSync(path, written);
    assert.equal(readFileSync(path, 'utf8'), written, `${path} has drifted from state.ts: UPDATE=1 npx mocha`);
  });

  for (const file of readdirSync('examples').filter((name) => name.endsWith('.adw'))) {
    it(`describes every moment of ${file}`, () => {
      const { image } = compileScript(readFileSync(join('examples', file), 'utf8'), file);
      assert.ok(image);
      for (const [scenario, { name }] of image.scenarios.entries()) {
        const sim = createSimulation(image, { scenario });
        accept(inspect(sim), `${name}, before anything has happened`);
        runUntil(sim, { events: EVENTS_MAX });
        const end = eventCount(sim);
        for (let moment = MOMENTS; moment > 0; moment--) {
          seek(sim, Math.round((end * moment) / MOMENTS));
          accept(JSON.parse(JSON.stringify(inspect(sim))), `${name}, event ${eventCount(sim)}`);
        }
      }
    });
  }

  it('refuses what state.ts does not declare', () => {
    const { image } = compileScript(readFileSync('examples/01-a-compiler-moves.adw', 'utf8'), '01');
    assert.ok(image);
    const state = inspect(createSimulation(image, { scenario: 0 }));
    accept(state, 'as it is');
    assert.ok(!validate({ ...state, more: 1 }));
    assert.ok(!validate({ ...state, time: 'noon' }));
    assert.ok(!validate({ ...state, ports: [{ ...state.ports[0], copy: 'other' }] }));
    const { digest: _, ...less } = state;
    assert.ok(!validate(less));
  });
});
