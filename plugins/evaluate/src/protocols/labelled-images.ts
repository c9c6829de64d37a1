import type { ImageSet, ProtocolInputs, SplitName } from '@carl-ssl/core';
import { checkLabels, noMeasuredSplit, noTrainingLabels } from '../labels.js';

/** Images of a split with their classes: places among the labels that occur in `train`, in ascending order; -1 for others. */
export interface LabelledImages {
  readonly name: SplitName;
  readonly images: ImageSet;
  readonly labels: Int32Array;
}

/** Inputs of a protocol that learns from labels. */
export interface SupervisedImages {
  readonly train: LabelledImages;
  readonly validation?: LabelledImages;
  readonly test?: LabelledImages;
  /** Number of different labels in `train`. */
  readonly classes: number;
}

/** Labelled training images, and the labelled splits to measure accuracy on. @throws CarlError INPUT_DATA when one of them is missing */
export function supervisedImages(inputs: ProtocolInputs): SupervisedImages {
  const labelled = (name: SplitName): LabelledImages | undefined => {
    const images = inputs[name];
    return images?.labels && images.length > 0 ? { name, images, labels: images.labels } : undefined;
  };
  const [train, validation, test] = [labelled('train'), labelled('validation'), labelled('test')];
  if (!train) throw noTrainingLabels();
  if (!validation && !test) throw noMeasuredSplit();
  for (const split of [train, validation, test]) if (split) checkLabels(split, inputs.classCount);
  const present = [...new Set(train.labels)].sort((a, b) => a - b);
  const placeOf = new Map(present.map((label, place) => [label, place]));
  const placed = (split: LabelledImages): LabelledImages => ({
    ...split,
    labels: split.labels.map(label => placeOf.get(label) ?? -1),
  });
  return {
    train: placed(train),
    ...(validation && { validation: placed(validation) }),
    ...(test && { test: placed(test) }),
    classes: present.length,
  };
}
