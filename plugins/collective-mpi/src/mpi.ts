import { CarlError, collectiveOver, defineComponent, slots, Type, type Collective, type Static } from '@carl-ssl/core';
import { constants } from 'node:os';
import { addonFile } from './addon-file.js';
import type { Messages } from './messages.js';
import { transportOver } from './transport.js';

const MEBIBYTE = 2 ** 20;
const BYTES_PER_FLOAT = 4;

const options = Type.Object(
  {
    timeout: Type.Number({
      default: 30,
      minimum: 5,
      description: 'Seconds without a sign of life of a worker after which all workers end.',
    }),
    bucket: Type.Number({
      default: 4,
      minimum: 0.01,
      maximum: 4096,
      description: 'Gradients that are exchanged together, in MiB.',
    }),
    sharedMemory: Type.Boolean({
      default: true,
      description: 'Whether workers of one machine exchange through memory that they share, and not by messages.',
    }),
  },
  { additionalProperties: false },
);

/** The addon, `native/mpi.c`. */
interface Addon extends Omit<Messages, 'rank' | 'size' | 'overlaps'> {
  /** `threads`: whether a second thread may call MPI. */
  start(sharedMemory: boolean): Pick<Messages, 'rank' | 'size' | 'overlaps'> & { readonly threads: boolean };
  /** Ends all workers when one is silent for so many seconds. */
  watch(seconds: number): void;
}

/** A process takes part in MPI once, from its first use to its end. */
let connected: Collective | undefined;

export const mpi = defineComponent(slots.collective, {
  use: 'mpi',
  description: 'Processes on one or many machines that `mpirun` or `srun` started.',
  options,
  create: options => (connected ??= connect(options)),
});

function connect({ timeout, bucket, sharedMemory }: Readonly<Static<typeof options>>): Collective {
  const addon = load(addonFile());
  const { threads, ...workers } = addon.start(sharedMemory);
  if (threads) addon.watch(timeout);
  else if (workers.rank === 0 && workers.size > 1)
    process.stderr.write(
      'warning: this MPI library does not support several threads (MPI_THREAD_MULTIPLE): a worker that is killed is not noticed, ' +
        'unless mpirun or srun ends the others.\n',
    );
  return collectiveOver(transportOver({ ...addon, ...workers }, (bucket * MEBIBYTE) / BYTES_PER_FLOAT));
}

/** @throws CarlError COLLECTIVE if the MPI library is not found */
function load(file: string): Addon {
  const module = { exports: {} as Addon };
  try {
    // Plugins of Open MPI look up symbols of its library.
    process.dlopen(module, file, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL);
  } catch (cause) {
    throw new CarlError('COLLECTIVE', `The MPI library cannot be loaded: ${(cause as Error).message}.`, { cause });
  }
  return module.exports;
}
