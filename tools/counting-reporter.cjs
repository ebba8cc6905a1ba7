// The reporter of `npm test`: one of mocha's own, which then writes its counts, and what failed, where tools/test.ts reads them.
//
// Options: `style` is the name of mocha's reporter (dot, spec), `counts` the file to write. Mocha loads reporters with
// require, hence the older kind of module.
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

module.exports = function countingReporter(runner, options) {
  const { style, counts } = options.reporterOptions;
  const shown = new reporters[style](runner, options);
  const failed = [];
  runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => {
    failed.push({ test: test.fullTitle(), error: String(error?.stack ?? error) });
  });
  runner.once(Runner.constants.EVENT_RUN_END, () => {
    const { passes, failures, pending } = runner.stats;
    writeFileSync(counts, JSON.stringify({ passes, failures, pending, failed }));
  });
  return shown;
};
