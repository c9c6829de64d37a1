import { counted } from '../text/counted.js';
import { diagnose, type Diagnostic } from '../config/diagnostic.js';
import { locateKey } from '../config/locate.js';
import type { Experiment } from './experiment.js';

/** Share of the images of an epoch above which a warning is given. */
const SHARE = 0.25;

/** A warning if steps of complete batches leave out many images of every epoch. */
export function checkEpoch({ pipeline, train, loaded }: Experiment): readonly Diagnostic[] {
  const { batchSize, accumulate } = pipeline.trainer;
  const perStep = batchSize * accumulate;
  const leftOut = train.length % perStep;
  if (leftOut < SHARE * train.length) return [];
  const steps = Math.floor(train.length / perStep);
  const size = accumulate > 1 ? `${perStep} images (trainer.batchSize x trainer.accumulate)` : `${perStep} images`;
  const message =
    `An epoch of ${train.length} images has ${counted(steps, 'step')} of ${size}: ` +
    `${leftOut} images (${Math.round((100 * leftOut) / train.length)}%) are left out, different ones in each epoch.`;
  const key = accumulate > 1 ? 'accumulate' : 'batchSize';
  const path = ['trainer', key];
  const remedy = `Lower \`trainer.${key}\`, so that a step takes a small part of the images.`;
  return [
    diagnose(locateKey(loaded.document, path), {
      code: 'EPOCH_LEAVES_OUT',
      severity: 'warning',
      message,
      remedy,
      path,
    }),
  ];
}
