import { independentName } from '../catalogue/find.js';
import { BACKEND_PACKAGES } from '../catalogue/first-party.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import type { BackendFingerprint } from '../contracts/backend.js';
import { dataFingerprints, type DataFingerprints } from './data-fingerprints.js';
import type { Experiment } from './experiment.js';
import { hashOf, lockOf, type Lock, type LockedPlugin } from './lock.js';
import { imageSetsOf } from './open-dataset.js';

/** The lock of a run that starts, continues or is evaluated now. `before` has the fingerprints of a run that exists. */
export async function currentLock(
  experiment: Experiment,
  backend: BackendFingerprint,
  before?: DataFingerprints,
): Promise<Lock> {
  const { pipeline, initial, loaded, network } = experiment;
  return lockOf({
    pipeline: hashOf(pipeline),
    seed: pipeline.seed,
    data: await dataFingerprints(imageSetsOf(experiment), before),
    initialWeights: initial?.sha256,
    backend,
    plugins: await lockedPlugins(loaded),
    workers: network.collective.size,
  });
}

/**
 * Plugins to record. Backends that the pipeline does not list are not part of the experiment; the active one is in the
 * backend's fingerprint.
 */
async function lockedPlugins({ plugins, pipeline }: LoadedPipeline): Promise<readonly LockedPlugin[]> {
  const counted = plugins.filter(({ name }) => !BACKEND_PACKAGES.includes(name) || pipeline.plugins.includes(name));
  return Promise.all(
    counted.map(async plugin => {
      const { version, path, integrity } = plugin;
      return { name: independentName(plugin), version, integrity: await integrity(), path };
    }),
  );
}
