import { CarlError, type ImageSet, type ProtocolInputs, type SplitName } from '@carl-ssl/core';

/** Images of a split with their classes. */
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
  const splits = [train, validation, test].filter(split => split !== undefined);
  const classes = inputs.classCount ?? 1 + Math.max(...splits.map(({ labels }) => largest(labels)));
  for (const split of splits) checkLabels(split, classes);
  return { train, ...(validation && { validation }), ...(test && { test }), classes };
}

function largest(labels: Int32Array): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}

function checkLabels({ name, labels }: LabelledImages, classes: number): void {
  const bad = labels.findIndex(label => label < 0 || label >= classes);
  if (bad < 0) return;
  const found = `The label of image ${bad} (from 0) of split '${name}' is ${labels[bad]}.`;
  throw new CarlError('INPUT_DATA', `${found} With ${classes} classes, labels go from 0 to ${classes - 1}.`);
}
