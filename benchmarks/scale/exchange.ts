/**
 * Times exchanges of the workers that MPI started: the mean of a few values and of all gradients of a ResNet-18 of width 16 and
 * of width 64. Worker 0 prints the mean times in milliseconds.
 *
 *     mpirun -n 2 --bind-to none node --import tsx benchmarks/scale/exchange.ts
 */
import { joinWorkers } from './workers.js';

const LENGTHS = [256, 700_000, 11_200_000];

const collective = joinWorkers();
for (const length of LENGTHS) {
  const values = new Float32Array(length);
  const repeats = Math.max(5, Math.min(200, Math.round(1e7 / length)));
  await collective.barrier();
  const start = performance.now();
  for (let i = 0; i < repeats; i++) collective.host.mean(values);
  const each = (performance.now() - start) / repeats;
  if (collective.rank === 0)
    process.stdout.write(`${collective.size} workers, ${length} values: ${each.toFixed(3)} ms\n`);
}
await collective.close?.();
