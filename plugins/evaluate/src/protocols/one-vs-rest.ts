import type { EvaluationControl, HostMatrix } from '@carl-ssl/core';
import { averagePrecision, type Interpolation } from '../maths/average-precision.js';
import { logisticSteps } from '../maths/logistic.js';
import { decisions, squaredHingeSteps } from '../maths/squared-hinge.js';
import { stepByStep } from '../stepwise.js';

/** Features [N, D] with marks [N, K]: 1 for a class of the image, 0 for another, -1 for a row to leave out of the class. */
export interface MarkedSplit {
  readonly features: HostMatrix;
  readonly marks: Int8Array;
  /** K. */
  readonly classes: number;
}

export interface OneVsRestOptions {
  readonly loss: 'squared-hinge' | 'logistic';
  readonly positiveWeight: number;
}

/** Weights [D + 1] by class; none for a class without positive images. */
export type Classifiers = readonly (Float64Array | undefined)[];

/** Fits a linear classifier for each class against the rest and reports progress. */
export class OneVsRest {
  #done = 0;

  constructor(
    private readonly options: OneVsRestOptions,
    private readonly progress: EvaluationControl['progress'],
    private readonly total: number,
  ) {}

  async all(train: MarkedSplit, costOf: (label: number) => number): Promise<Classifiers> {
    const fitted: (Float64Array | undefined)[] = [];
    for (let label = 0; label < train.classes; label++) fitted.push(await this.one(train, label, { C: costOf(label) }));
    return fitted;
  }

  async one(
    train: MarkedSplit,
    label: number,
    { C, start }: { readonly C: number; readonly start?: Float64Array },
  ): Promise<Float64Array | undefined> {
    const report = () => this.progress(Math.min(this.#done, this.total), this.total);
    await report();
    const { features, positive } = countedRows(train, label);
    this.#done += 1;
    if (!positive.includes(true)) return undefined;
    const { loss, positiveWeight } = this.options;
    const steps = loss === 'logistic' ? logisticSteps : squaredHingeSteps;
    return stepByStep(steps({ features, positive, C, positiveWeight }, start), report);
  }
}

/** Mean average precision over the classes that a split has. A class without a classifier counts as 0. */
export function meanPrecision(classifiers: Classifiers, split: MarkedSplit, interpolation: Interpolation): number {
  const precisions = classifiers.flatMap((weights, label) => {
    const { features, positive } = countedRows(split, label);
    if (!positive.includes(true)) return [];
    return [weights ? averagePrecision(decisions(features, weights), positive, interpolation) : 0];
  });
  return precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
}

/** Average precision of one classifier; 0 without positive images. */
export function precisionOf(
  weights: Float64Array | undefined,
  { split, label }: { readonly split: MarkedSplit; readonly label: number },
  interpolation: Interpolation,
): number {
  const { features, positive } = countedRows(split, label);
  return weights && positive.includes(true)
    ? averagePrecision(decisions(features, weights), positive, interpolation)
    : 0;
}

/** Rows that count for a class, and whether they have it. */
function countedRows(
  { features, marks, classes }: MarkedSplit,
  label: number,
): { readonly features: HostMatrix; readonly positive: readonly boolean[] } {
  const column = Array.from({ length: features.rows }, (_, row) => marks[row * classes + label]);
  if (!column.includes(-1)) return { features, positive: column.map(mark => mark === 1) };
  const places = Int32Array.from(column.flatMap((mark, row) => (mark === -1 ? [] : [row])));
  return { features: rowsAt(features, places), positive: Array.from(places, row => column[row] === 1) };
}

/** The rows of a split at the given places. */
export function partOf(split: MarkedSplit, places: Int32Array): MarkedSplit {
  const { marks, classes } = split;
  const taken = new Int8Array(places.length * classes);
  places.forEach((place, row) => taken.set(marks.subarray(place * classes, (place + 1) * classes), row * classes));
  return { ...split, features: rowsAt(split.features, places), marks: taken };
}

function rowsAt({ data, columns }: HostMatrix, places: Int32Array): HostMatrix {
  const taken = new Float32Array(places.length * columns);
  places.forEach((place, row) => {
    for (let i = 0; i < columns; i++) taken[row * columns + i] = data[place * columns + i];
  });
  return { data: taken, rows: places.length, columns };
}
