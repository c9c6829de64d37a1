import {
  CarlError,
  type EvaluatorInputs,
  type FeatureSet,
  type HostMatrix,
  type Random,
  type SplitName,
} from '@carl-ssl/core';
import { firstNotFinite } from './arrays.js';
import type { Labelled } from './maths/k-nearest.js';

/** Features of a split, checked. */
export interface Split {
  readonly name: SplitName;
  readonly features: HostMatrix;
  readonly labels?: Int32Array;
}

export type LabelledSplit = Split & Labelled;

/** What an evaluator that learns from labels works on. */
export interface Supervised {
  readonly train: LabelledSplit;
  readonly validation?: LabelledSplit;
  /** `validation` and `test`, where they are there and labelled. */
  readonly judged: readonly LabelledSplit[];
  readonly classes: number;
}

/** `validation` and `test`, or `train` when there is neither. @throws TRAIN_NOT_FINITE, SHAPE */
export function judgedSplits(inputs: EvaluatorInputs): readonly Split[] {
  const held = (['validation', 'test'] as const).flatMap(name => split(inputs, name) ?? []);
  return held.length > 0 ? held : [split(inputs, 'train')].filter(train => train !== undefined);
}

/** As {@link judgedSplits}, without those that have no labels. @throws INPUT_DATA when none is left */
export function labelledSplits(inputs: EvaluatorInputs): readonly LabelledSplit[] {
  const labelled = judgedSplits(inputs).filter(isLabelled);
  if (labelled.length > 0) return labelled;
  throw new CarlError(
    'INPUT_DATA',
    'No split has labels, and this evaluator needs them. Use a labelled dataset, or take it out of `evaluate`.',
  );
}

/** Labelled training features and what is judged by them. @throws INPUT_DATA when one of them is missing */
export function supervised(inputs: EvaluatorInputs): Supervised {
  const train = split(inputs, 'train');
  if (train === undefined || !isLabelled(train)) {
    throw new CarlError(
      'INPUT_DATA',
      'The split `train` has no labels to learn from. Use a labelled dataset, or take this evaluator out of `evaluate`.',
    );
  }
  const judged = labelledSplits(inputs).filter(({ name }) => name !== 'train');
  if (judged.length === 0) {
    throw new CarlError(
      'INPUT_DATA',
      'There is neither a `validation` nor a `test` split with labels to measure accuracy on. Give the dataset one of them.',
    );
  }
  const validation = judged.find(({ name }) => name === 'validation');
  return { train, validation, judged, classes: classCount(inputs, [train, ...judged]) };
}

/** Up to `count` rows of a split, drawn at random, in their order. */
export function sample<T extends Split>(from: T, count: number, random: Random): T {
  const { rows } = from.features;
  return rows <= count ? from : take(from, random.permutation(rows).subarray(0, count).sort());
}

/** The rows at these places. */
export function take<T extends Split>(from: T, places: Int32Array): T {
  const { data, columns } = from.features;
  const taken = new Float32Array(places.length * columns);
  places.forEach((place, row) => {
    for (let i = 0; i < columns; i++) taken[row * columns + i] = data[place * columns + i];
  });
  const { labels } = from;
  const features = { data: taken, rows: places.length, columns };
  return { ...from, features, ...(labels && { labels: places.map(place => labels[place]) }) };
}

function split(inputs: EvaluatorInputs, name: SplitName): Split | undefined {
  const set = inputs[name];
  if (set === undefined || set.length === 0) return undefined;
  checkShape(set, name);
  const features = { data: set.features, rows: set.length, columns: set.dim };
  const bad = firstNotFinite(features);
  if (bad >= 0) throw notFinite(name, bad);
  return { name, features, ...(set.labels && { labels: set.labels }) };
}

function isLabelled<T extends Split>(candidate: T): candidate is T & LabelledSplit {
  return candidate.labels !== undefined;
}

function checkShape(set: FeatureSet, name: SplitName): void {
  const counts = `${set.features.length} values and ${set.labels?.length ?? set.length} labels`;
  if (set.features.length === set.length * set.dim && (set.labels?.length ?? set.length) === set.length) return;
  throw new CarlError(
    'SHAPE',
    `The features of split '${name}' have ${counts}. ${set.length} images of width ${set.dim} are needed.`,
  );
}

function notFinite(name: SplitName, row: number): CarlError {
  const cause = 'The encoder has diverged: look at the loss in metrics.jsonl and lower the learning rate.';
  return new CarlError(
    'TRAIN_NOT_FINITE',
    `The features of image ${row} (from 0) of split '${name}' hold NaN or infinity. ${cause}`,
  );
}

/** The dataset's number of classes, or as many as the labels show. */
function classCount(inputs: EvaluatorInputs, splits: readonly LabelledSplit[]): number {
  const largest = Math.max(...splits.map(({ labels }) => labels.reduce((most, label) => Math.max(most, label), 0)));
  const classes = inputs.classCount ?? largest + 1;
  for (const { name, labels } of splits) {
    const bad = labels.findIndex(label => label < 0 || label >= classes);
    if (bad < 0) continue;
    const what = `The label of image ${bad} (from 0) of split '${name}' is ${labels[bad]}.`;
    throw new CarlError('INPUT_DATA', `${what} With ${classes} classes, labels go from 0 to ${classes - 1}.`);
  }
  return classes;
}
