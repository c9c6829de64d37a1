/** One of two processes that exchange messages by the addon, whose file is the argument. */
const { constants } = require('node:os');

const module_ = { exports: {} };
process.dlopen(module_, process.argv[2], constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL);
const mpi = module_.exports;
const { rank, size } = mpi.start();
mpi.watch(30);
const sums = new Float32Array(2).fill(rank + 1);
mpi.sum(sums);
const all = new Int32Array(4);
mpi.gather(Int32Array.of(rank, 7), all);
const first = Float64Array.of(rank);
mpi.broadcast(first, 1);
mpi.barrier();
process.stdout.write(`${rank} of ${size}: sum ${sums.join()} gathered ${all.join()} of worker 1: ${first.join()}\n`);
mpi.close();
