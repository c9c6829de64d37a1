/** One of some processes that exchange values by the addon, whose file is the first argument: by `messages` or through shared memory. */
const { constants } = require('node:os');

const module_ = { exports: {} };
process.dlopen(module_, process.argv[2], constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL);
const mpi = module_.exports;
const { rank, size } = mpi.start(process.argv[3] !== 'messages');
mpi.watch(30);
mpi.sum(new Float32Array(0));
const sums = new Float32Array(2).fill(rank + 1);
mpi.sum(sums);
const all = new Int32Array(2 * size);
mpi.gather(Int32Array.of(rank, 7), all);
const first = Float64Array.of(rank);
mpi.broadcast(first, 1);
mpi.barrier();
// Messages of several chunks, and chunks that are used in turn by messages of different length.
const wrong = new Set();
const lengths = [700_001, 1, 0, 300_000, 262_144, 3];
for (const [round, length] of lengths.entries())
  for (const type of [Float32Array, Float64Array, Int32Array]) {
    const values = type.from({ length }, (_, i) => (i % 1000) * (rank + 1) + round);
    mpi.sum(values);
    const factor = (size * (size + 1)) / 2;
    if (values.some((value, i) => value !== (i % 1000) * factor + round * size)) wrong.add(`sum of ${length}`);
    const gathered = new type(size * length);
    mpi.gather(new type(length).fill(rank + round), gathered);
    if (gathered.some((value, i) => value !== Math.floor(i / length) + round)) wrong.add(`gather of ${length}`);
  }
// Means that are computed while this thread exchanges other values.
for (const type of [Float32Array, Float64Array])
  for (let round = 0; round < 3; round++) {
    const later = lengths.map(length => type.from({ length }, (_, i) => (i % 1000) * (rank + 1) + round));
    for (const values of later) mpi.startMean(values);
    const now = new type(5000).fill(rank);
    mpi.mean(now);
    if (now.some(value => value !== (size - 1) / 2)) wrong.add('mean');
    mpi.finishMeans();
    for (const values of later)
      if (values.some((value, i) => value !== ((i % 1000) * (size + 1)) / 2 + round))
        wrong.add(`later mean of ${values.length}`);
  }
mpi.finishMeans();
process.stdout.write(
  `${rank} of ${size}: sum ${sums.join()} gathered ${all.join()} of worker 1: ${first.join()}${[...wrong].join()}\n`,
);
mpi.close();
