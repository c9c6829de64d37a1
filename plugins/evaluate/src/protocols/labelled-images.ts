import { CarlError, type ImageSet, type ProtocolInputs, type SplitName } from '@carl-ssl/core';

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
  if (!train)
    throw new CarlError(
      'INPUT_DATA',
      'The split `train` has no labels to learn from. Use a labelled dataset, or remove this evaluator from `evaluate`.',
    );
  if (!validation && !test)
    throw new CarlError(
      'INPUT_DATA',
      'There is neither a `validation` nor a `test` split with labels to measure accuracy on. Give the dataset one of them.',
    );
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

function checkLabels({ name, labels }: LabelledImages, classes = Infinity): void {
  const bad = labels.findIndex(label => label < 0 || label >= classes);
  if (bad < 0) return;
  const found = `The label of image ${bad} (from 0) of split '${name}' is ${labels[bad]}.`;
  const allowed =
    classes < Infinity ? `With ${classes} classes, labels go from 0 to ${classes - 1}` : 'Labels start at 0';
  throw new CarlError('INPUT_DATA', `${found} ${allowed}.`);
}
