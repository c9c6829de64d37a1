import * as tf from '@tensorflow/tfjs';

type Execute = (name: string, ...rest: unknown[]) => unknown;
type Timed = 'executeSingleOutput' | 'executeMultipleOutputs';

/** Prints how long each of TensorFlow's operations took in one step; they run one after another, so their times add up. */
export function printProfile(step: () => void): void {
  const backend = tf.backend() as unknown as Partial<Record<Timed, Execute>>;
  const milliseconds = new Map<string, { calls: number; ms: number }>();
  const timed =
    (execute: Execute): Execute =>
    (name, ...rest) => {
      const start = performance.now();
      const result = execute.call(backend, name, ...rest);
      const { calls, ms } = milliseconds.get(name) ?? { calls: 0, ms: 0 };
      milliseconds.set(name, { calls: calls + 1, ms: ms + performance.now() - start });
      return result;
    };
  for (const method of ['executeSingleOutput', 'executeMultipleOutputs'] as const)
    backend[method] = timed(backend[method]!);
  const start = performance.now();
  step();
  const total = performance.now() - start;
  // The methods are those of the class again.
  for (const method of ['executeSingleOutput', 'executeMultipleOutputs'] as const) delete backend[method];
  const rows = [...milliseconds].sort(([, a], [, b]) => b.ms - a.ms);
  console.table(
    Object.fromEntries(
      rows.slice(0, 20).map(([name, { calls, ms }]) => [name, { calls, ms: Math.round(ms * 10) / 10 }]),
    ),
  );
  const inside = rows.reduce((sum, [, { ms }]) => sum + ms, 0);
  process.stdout.write(`${total.toFixed(0)} ms a step, ${inside.toFixed(0)} of them in operations\n`);
}
