const number = (text, pattern) => Number(pattern.exec(text)?.[1] ?? 0);

/** Results in the output of mocha. */
export const mochaCounts = text => ({
  passed: number(text, /^ +(\d+) passing/m),
  failed: number(text, /^ +(\d+) failing/m),
  skipped: number(text, /^ +(\d+) pending/m),
});

/** What scripts/test-reporter.cjs prints for the summary: the slowest files and the failed tests. */
export const testLines = text => text.match(/^(?:SLOW|FAILED) TEST .*$/gm) ?? [];

/** Results in the output of `carl golden`. */
export const goldenCounts = text => ({
  passed: number(text, /^(\d+) passed, \d+ failed/m),
  failed: number(text, /^\d+ passed, (\d+) failed/m),
  skipped: number(text, /^\d+ passed, \d+ failed, (\d+) skipped/m),
});

/** Result of a step: its counts, and one failure if it failed without a failed test. */
export function resultOf(name, { status, output, seconds }, counts) {
  const counted = counts?.(output) ?? { passed: 0, failed: 0, skipped: 0 };
  const broken = status !== 0 && counted.failed === 0 ? 1 : 0;
  return { name, seconds, ok: status === 0, ...counted, failed: counted.failed + broken, lines: testLines(output) };
}

/** Summary of all steps as lines; the last one is `N passed, N failed`. */
export function summaryLines(results) {
  const sum = key => results.reduce((total, one) => total + one[key], 0);
  const width = Math.max(0, ...results.map(({ name }) => name.length));
  const lines = results.map(({ name, ok, seconds, passed, failed, skipped }) => {
    const counts = passed + failed + skipped > 0 ? `${passed} passed, ${failed} failed, ${skipped} skipped` : '';
    return `${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(0).padStart(5)} s  ${name.padEnd(width)}  ${counts}`.trimEnd();
  });
  return [
    ...results.flatMap(one => one.lines),
    ...lines,
    `${sum('skipped')} skipped`,
    `${sum('passed')} passed, ${sum('failed')} failed`,
  ];
}
