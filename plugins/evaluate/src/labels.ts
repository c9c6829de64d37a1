import { CarlError, type SplitName } from '@carl-ssl/core';

/** The error where the training split has no labels. */
export function noTrainingLabels(): CarlError {
  return new CarlError(
    'INPUT_DATA',
    'The split `train` has no labels to learn from. Use a labelled dataset, or remove this evaluator from `evaluate`.',
  );
}

/** The error where no split can be used to measure accuracy. */
export function noMeasuredSplit(): CarlError {
  return new CarlError(
    'INPUT_DATA',
    'There is neither a `validation` nor a `test` split with labels to measure accuracy on. Give the dataset one of them.',
  );
}

/** @throws CarlError INPUT_DATA for labels that are negative, or not below the dataset's number of classes */
export function checkLabels(
  { name, labels }: { readonly name: SplitName; readonly labels: Int32Array },
  classes = Infinity,
): void {
  const bad = labels.findIndex(label => label < 0 || label >= classes);
  if (bad < 0) return;
  const found = `The label of image ${bad} (from 0) of split '${name}' is ${labels[bad]}.`;
  const allowed =
    classes < Infinity ? `With ${classes} classes, labels go from 0 to ${classes - 1}` : 'Labels start at 0';
  throw new CarlError('INPUT_DATA', `${found} ${allowed}.`);
}
