/** One of two processes with the addon, whose file is the first argument. Worker 1 suspends itself, which worker 0 notices. */
const { constants } = require('node:os');

const module_ = { exports: {} };
process.dlopen(module_, process.argv[2], constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL);
const mpi = module_.exports;
const { rank } = mpi.start(true);
mpi.watch(3);
for (const text of ['x'.repeat(10_000), 'an earlier text', ...process.argv.slice(3)]) mpi.advise(text);
mpi.barrier();
if (rank === 1) process.kill(process.pid, 'SIGSTOP');
mpi.barrier();
