// The names of scenarios, found in a script that may be in any state.
import assert from 'node:assert/strict';
import { scenariosOf } from '../../extension/views/scenarios.ts';

describe('the scenarios of a script', () => {
  it('are found with their lines, also between errors', () => {
    const text = 'cluster lab {\n\nscenario "one" on lab {\n  expect\n}\nscenario   "the \\"other\\"" {\n';
    assert.deepEqual(scenariosOf(text), [
      { name: 'one', line: 2 },
      { name: 'the "other"', line: 5 },
    ]);
  });

  it('are not those in comments or texts', () => {
    const text =
      '// scenario "no"\n/* scenario "nor\n this" */\nlet a = "scenario \\"x\\""\nlet b = "scenario" scenario "yes" {';
    assert.deepEqual(scenariosOf(text), [{ name: 'yes', line: 4 }]);
  });
});
