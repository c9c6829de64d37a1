import { watchOperations } from '@carl-ssl/core/testing';

/** Prints how long each of TensorFlow's operations took in one step; they run one after another, so their times add up. */
export function printProfile(step: () => void): void {
  const rows: Record<string, { calls: number; ms: number }> = {};
  const unwatch = watchOperations((name, _start, milliseconds) => {
    const { calls, ms } = rows[name] ?? { calls: 0, ms: 0 };
    rows[name] = { calls: calls + 1, ms: ms + milliseconds };
  });
  const start = performance.now();
  step();
  const total = performance.now() - start;
  unwatch();
  const slowest = Object.entries(rows).sort(([, a], [, b]) => b.ms - a.ms);
  const shown = slowest.slice(0, 20).map(([name, { calls, ms }]) => [name, { calls, ms: Math.round(ms * 10) / 10 }]);
  console.table(Object.fromEntries(shown));
  const inside = slowest.reduce((sum, [, { ms }]) => sum + ms, 0);
  process.stdout.write(`${total.toFixed(0)} ms a step, ${inside.toFixed(0)} of them in operations\n`);
}
