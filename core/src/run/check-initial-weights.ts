import { diagnose, type Diagnostic } from '../config/diagnostic.js';
import { locateKey } from '../config/locate.js';
import { Augmenter } from '../contracts/augmenter.js';
import type { Experiment } from './experiment.js';

/**
 * A warning for weights of torchvision behind an augmenter that leaves colours in [0, 1]: torchvision's networks were
 * trained on normalised images, and their batch statistics are those of such images.
 */
export function checkInitialWeights({ initial, services, train, loaded }: Experiment): readonly Diagnostic[] {
  if (!initial || initial.fromCheckpoint || train.channels !== 3) return [];
  if (!leavesRange(services.get(Augmenter))) return [];
  const message =
    `The weights of ${initial.path} have the names of torchvision, whose networks take normalised images, and the augmenter ` +
    'has mean 0 and standard deviation 1: the features are those of other images than the weights were trained on.';
  const values =
    loaded.files.length === 0
      ? 'Give `--mean 0.485,0.456,0.406` and `--std 0.229,0.224,0.225`'
      : 'Set `mean: [0.485, 0.456, 0.406]` and `std: [0.229, 0.224, 0.225]` in `augmenter`';
  const remedy = `${values}, or the values the weights were trained with.`;
  const path = ['initialWeights'];
  const place = locateKey(loaded.document, path);
  return [diagnose(place, { code: 'INITIAL_WEIGHTS_RANGE', severity: 'warning', message, remedy, path })];
}

/** True if black and white stay 0 and 1 in all channels. */
function leavesRange(augmenter: Augmenter): boolean {
  const [{ height, width }] = augmenter.views;
  return [0, 1].every(level => {
    const data = new Uint8Array(height * width * 3).fill(255 * level);
    return augmenter.plain({ data, height, width, channels: 3 }).data.every(value => Math.abs(value - level) < 1e-3);
  });
}
