/**
 * Mocha's dots, then two lists that the summary of `npm run verify` shows last: the failed tests with the first line
 * of their errors, and the files that took longest.
 */
const { reporters, Runner } = require('mocha');

const { EVENT_HOOK_END, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_RUN_END } = Runner.constants;
const SLOWEST = 20;

class TestReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const failed = [];
    const seconds = new Map();
    const took = ({ file = '', duration = 0 }) => {
      const name = file.slice(file.indexOf('/test/') + 1);
      seconds.set(name, (seconds.get(name) ?? 0) + duration / 1000);
    };
    runner.on(EVENT_HOOK_END, took);
    runner.on(EVENT_TEST_PASS, took);
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      took(test);
      failed.push(`FAILED TEST ${test.fullTitle()}: ${String(error?.message ?? error).split('\n', 1)[0]}`);
    });
    runner.once(EVENT_RUN_END, () => {
      const slowest = [...seconds].sort((a, b) => b[1] - a[1]).slice(0, SLOWEST);
      const lines = slowest.map(([name, time]) => `SLOW TEST ${time.toFixed(0).padStart(4)} s  ${name}`);
      process.stdout.write([...lines, ...failed, ''].join('\n'));
    });
  }
}

module.exports = TestReporter;
