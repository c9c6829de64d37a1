import { Augmenter } from '../contracts/augmenter.js';
import { toTensor } from '../data/host-images.js';
import { plainBlock } from '../evaluate/plain-block.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import type { Model } from '../train/model.js';
import { probeLogits } from '../train/probe.js';
import type { Training } from '../train/training.js';
import type { Experiment } from './experiment.js';

/**
 * Measures the probe on `validation`, with the encoder in evaluation mode on images that are not augmented; nothing
 * without a probe or without labelled validation images.
 */
export function probeValidation(
  { network: { probe, encoder, collective }, held: { validation: images }, services }: Experiment,
  model: Model,
): Pick<Training, 'probeValidation'> {
  const labels = images?.labels;
  if (!probe || !model.probe || !images || !labels || images.length === 0) return {};
  const weights = model.probe;
  const augmenter = services.get(Augmenter);
  const probeValidation = async (): Promise<number> => {
    let right = 0;
    for (let from = 0; from < images.length;) {
      const block = await plainBlock({ images, augmenter }, from);
      const predicted = scope(() => {
        const features = encoder.forward(toTensor(block), model.student.pass('encoder', false, collective));
        return tf.argMax(probeLogits(probe, weights, { features, collective }), 1);
      });
      const classes = await predicted.data();
      predicted.dispose();
      right += classes.filter((label, i) => label === labels[from + i]).length;
      from += block.shape[0];
    }
    return right / images.length;
  };
  return { probeValidation };
}
