/** Variables in which launchers give each process the number of processes: Open MPI, MPICH and Slurm's PMI, srun. */
const COUNTS = ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE', 'SLURM_STEP_NUM_TASKS'] as const;
/** Variables in which they give each process its number. */
const RANKS = ['OMPI_COMM_WORLD_RANK', 'PMI_RANK', 'SLURM_PROCID'] as const;

/** Number of processes that `mpirun` or `srun` started together with this one; 1 without a launcher. */
export function launchedProcesses(): number {
  return Math.max(1, ...numbersIn(COUNTS));
}

/** Number of this process among them, from 0. */
export function launchedRank(): number {
  return Math.max(0, ...numbersIn(RANKS));
}

function numbersIn(variables: readonly string[]): readonly number[] {
  return variables.map(name => Number(process.env[name])).filter(value => Number.isSafeInteger(value));
}
