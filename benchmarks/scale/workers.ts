/** What the scripts of this folder share: their images, how `mpirun` starts workers, and how a worker joins the others. */
import type { Collective } from '@carl-ssl/core';
import mpi from '@carl-ssl/collective-mpi';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const IMAGES = join(root, 'plugins/data-fashion-mnist/data/train-images.idx.gz');

/** Environment of `mpirun`, which otherwise refuses to run as root. */
export const ENVIRONMENT = { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };

/** Joins the workers that `mpirun` started together with this one. */
export function joinWorkers(): Collective {
  const options = { timeout: 120, bucket: 4, sharedMemory: true };
  return mpi.components[0].create(options as never, {} as never) as Collective;
}
