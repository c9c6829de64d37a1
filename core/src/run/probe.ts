import { MismatchError } from '../config/mismatch-error.js';
import type { Services } from '../container/root.js';
import { Components } from '../contracts/components.js';
import { slots } from '../contracts/slots.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { Probe } from '../train/probe.js';
import type { OpenDataset } from './open-dataset.js';

/** The online probe of a pipeline; undefined if it has none. @throws MismatchError for training images without labels */
export function probeOf({ probe }: Pipeline, services: Services, { train, dataset }: OpenDataset): Probe | undefined {
  if (!probe) return undefined;
  const { labels } = train;
  const { classCount: classes } = dataset;
  if (!labels || classes === undefined)
    throw new MismatchError(
      ['probe'],
      train.multiLabels
        ? 'The online probe learns one label for each image, and the training images have several.'
        : 'The online probe learns from labels, and the training images have none.',
      'Remove `probe`, or take a labelled dataset.',
    );
  if (labels.every(label => label === labels[0]))
    throw new MismatchError(
      ['probe'],
      'The online probe separates at least two classes, and all training images have the same class.',
      'Remove `probe`, or take a dataset with several classes.',
    );
  return { classes, labels, optimizer: services.get(Components).create(slots.optimizer, probe.optimizer) };
}
