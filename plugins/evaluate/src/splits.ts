import {
  CarlError,
  type FeatureEvaluatorInputs,
  type FeatureSet,
  type HostMatrix,
  type Random,
  type SplitName,
} from '@carl-ssl/core';
import { firstNotFinite } from './arrays.js';
import { checkLabels, noMeasuredSplit, noTrainingLabels } from './labels.js';
import type { Labelled } from './maths/k-nearest.js';

/** Checked features of a split, or of some of its images. */
export interface Split {
  readonly name: SplitName;
  readonly features: HostMatrix;
  readonly labels?: Int32Array;
}

export type LabelledSplit = Split & Labelled;

/** Inputs of an evaluator that learns from labels. */
export interface Supervised {
  readonly train: LabelledSplit;
  readonly validation?: LabelledSplit;
  /** `validation` and `test`, where they exist and have labels. */
  readonly judged: readonly LabelledSplit[];
}

/** All images of `validation` and `test`, or of `train` when there is neither. @throws TRAIN_NOT_FINITE, SHAPE */
export async function judgedSplits(inputs: FeatureEvaluatorInputs): Promise<readonly Split[]> {
  const splits = [];
  for (const name of judgedNames(inputs)) splits.push(await wholeSplit(inputs, name));
  return splits;
}

/** Like {@link judgedSplits}, with at most `count` images of each split, drawn at random and read one by one. */
export async function judgedSamples(inputs: FeatureEvaluatorInputs, count: number): Promise<readonly Split[]> {
  const splits = [];
  for (const name of judgedNames(inputs)) splits.push(await sampledSplit(inputs, name, count));
  return splits;
}

/** Features of at most `count` training images, drawn at random. @throws INPUT_DATA without training images */
export async function trainingSample(inputs: FeatureEvaluatorInputs, count: number): Promise<Split> {
  if (inputs.train.length > 0) return sampledSplit(inputs, 'train', count);
  throw new CarlError('INPUT_DATA', 'The split `train` has no images. Use a dataset that has some.');
}

/** @throws INPUT_DATA for labels that are out of range, or all of one class */
export function checkClasses(split: Pick<LabelledSplit, 'name' | 'labels'>, classCount?: number): void {
  checkLabels(split, classCount);
  const { name, labels } = split;
  if (labels.some(label => label !== labels[0])) return;
  throw new CarlError(
    'INPUT_DATA',
    `All images of split '${name}' are of one class, ${labels[0]}. Scores of clusters need at least two classes. Use a dataset with several classes, or remove this evaluator.`,
  );
}

/** The splits that have labels. @throws INPUT_DATA when none has */
export function labelled(splits: readonly Split[]): readonly LabelledSplit[] {
  const found = splits.filter(isLabelled);
  if (found.length > 0) return found;
  throw noLabels();
}

function noLabels(): CarlError {
  return new CarlError(
    'INPUT_DATA',
    'No split has labels, and this evaluator needs them. Use a labelled dataset, or remove the evaluator from `evaluate`.',
  );
}

/** Labelled training features and the splits on which accuracy is measured. @throws INPUT_DATA when one of them is missing */
export async function supervised(inputs: FeatureEvaluatorInputs): Promise<Supervised> {
  const train = inputs.train.length > 0 ? await wholeSplit(inputs, 'train') : undefined;
  if (train === undefined || !isLabelled(train)) throw noTrainingLabels();
  const judged = labelled(await judgedSplits(inputs)).filter(({ name }) => name !== 'train');
  if (judged.length === 0) throw noMeasuredSplit();
  const validation = judged.find(({ name }) => name === 'validation');
  for (const split of [train, ...judged]) checkLabels(split, inputs.classCount);
  return { train, validation, judged };
}

/** The rows at these indices. */
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

/** Labels of the splits that are measured, without their features. @throws INPUT_DATA when none has any */
export function judgedLabels(
  inputs: FeatureEvaluatorInputs,
): readonly { readonly name: SplitName; readonly labels: Int32Array }[] {
  const found = judgedNames(inputs).flatMap(name => {
    const { labels } = inputs[name]!;
    return labels ? [{ name, labels }] : [];
  });
  if (found.length > 0) return found;
  throw noLabels();
}

/** At most `count` images of a split, in its order, with their places. */
export function drawnPart<T extends Split>(
  split: T,
  count: number,
  random: Random,
): { readonly part: T; readonly places: Int32Array } {
  const { rows } = split.features;
  if (rows <= count) return { part: split, places: Int32Array.from({ length: rows }, (_, row) => row) };
  const places = drawPlaces(rows, count, random);
  return { part: take(split, places), places };
}

function judgedNames(inputs: FeatureEvaluatorInputs): readonly SplitName[] {
  const has = (name: SplitName): boolean => (inputs[name]?.length ?? 0) > 0;
  const held = (['validation', 'test'] as const).filter(has);
  return held.length > 0 ? held : (['train'] as const).filter(has);
}

async function wholeSplit(inputs: FeatureEvaluatorInputs, name: SplitName): Promise<Split> {
  const set = inputs[name]!;
  const features = { data: await set.all(), rows: set.length, columns: set.dim };
  checkShape(set, features, name);
  const bad = firstNotFinite(features);
  if (bad >= 0) throw notFinite(name, bad);
  return { name, features, ...(set.labels && { labels: set.labels }) };
}

/** Up to `count` images, in the order of the split. */
async function sampledSplit(inputs: FeatureEvaluatorInputs, name: SplitName, count: number): Promise<Split> {
  const set = inputs[name]!;
  if (set.length <= count) return wholeSplit(inputs, name);
  const places = drawPlaces(set.length, count, inputs.random);
  const data = new Float32Array(count * set.dim);
  for (const [row, place] of places.entries()) data.set(await set.rows(place, place + 1), row * set.dim);
  const features = { data, rows: count, columns: set.dim };
  const bad = firstNotFinite(features);
  if (bad >= 0) throw notFinite(name, places[bad]);
  const { labels } = set;
  return { name, features, ...(labels && { labels: places.map(place => labels[place]) }) };
}

function drawPlaces(length: number, count: number, random: Random): Int32Array {
  return random.permutation(length).subarray(0, count).sort();
}

function isLabelled<T extends Split>(candidate: T): candidate is T & LabelledSplit {
  return candidate.labels !== undefined;
}

function checkShape({ length, dim, labels }: FeatureSet, { data }: HostMatrix, name: SplitName): void {
  const labelCount = labels?.length ?? length;
  if (data.length === length * dim && labelCount === length) return;
  throw new CarlError(
    'SHAPE',
    `The features of split '${name}' have ${data.length} values and ${labelCount} labels. Expected are ${length} images with features of width ${dim}.`,
  );
}

export function notFinite(name: SplitName, row: number): CarlError {
  const cause = 'The encoder has diverged: check the loss in metrics.jsonl and lower the learning rate.';
  return new CarlError(
    'TRAIN_NOT_FINITE',
    `The features of image ${row} (from 0) of split '${name}' hold NaN or infinity. ${cause}`,
  );
}
