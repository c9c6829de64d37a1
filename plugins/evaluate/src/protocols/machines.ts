import { counted, CarlError, type EvaluationControl } from '@carl-ssl/core';
import { take, type LabelledSplit } from '../splits.js';
import { stepByStep } from '../stepwise.js';
import { averagePrecision, type Interpolation } from '../maths/average-precision.js';
import { decisions, squaredHingeSteps } from '../maths/squared-hinge.js';

/** Weights of a machine by the class that it separates from the rest. */
export type Machines = ReadonlyMap<number, Float64Array>;

export interface MachineOptions {
  /** Costs to choose from by cross-validation. */
  readonly grid: readonly number[];
  readonly folds: number;
  /** Factor of the loss of images of the class. */
  readonly positiveWeight: number;
  readonly interpolation: Interpolation;
}

/** Fits linear support vector machines and reports progress. */
export class MachineFitter {
  #done = 0;

  constructor(
    readonly options: MachineOptions,
    private readonly progress: EvaluationControl['progress'],
    private readonly total: number,
  ) {}

  async machines(train: LabelledSplit, costOf: (label: number) => number): Promise<Machines> {
    const machines = new Map<number, Float64Array>();
    for (const label of labelsOf(train)) machines.set(label, await this.machine(train, label, { C: costOf(label) }));
    return machines;
  }

  async machine(
    { features, labels }: LabelledSplit,
    label: number,
    { C, start }: { readonly C: number; readonly start?: Float64Array },
  ): Promise<Float64Array> {
    const { positiveWeight } = this.options;
    const positive = isOf(labels, label);
    const steps = squaredHingeSteps({ features, positive, C, positiveWeight }, start);
    const report = () => this.progress(Math.min(this.#done, this.total), this.total);
    await report();
    const weights = await stepByStep(steps, report);
    this.#done += 1;
    return weights;
  }
}

/**
 * For each class, the cost with the best mean average precision over the folds; of equal ones, the smallest.
 * @throws CarlError INPUT_DATA if a class has fewer images than there are folds
 */
export async function chosenCosts(fitter: MachineFitter, train: LabelledSplit): Promise<ReadonlyMap<number, number>> {
  const { grid, interpolation } = fitter.options;
  checkFolds(fitter.options, train);
  const costs = [...grid].sort((a, b) => a - b);
  const sums = new Map(labelsOf(train).map(label => [label, costs.map(() => 0)]));
  for (const { learned, held } of foldsOf(train, fitter.options.folds)) {
    for (const [label, sum] of sums) {
      let start: Float64Array | undefined;
      for (const [i, C] of costs.entries()) {
        start = await fitter.machine(learned, label, { C, start });
        sum[i] += averagePrecision(decisions(held.features, start), isOf(held.labels, label), interpolation);
      }
    }
  }
  return new Map([...sums].map(([label, sum]) => [label, costs[sum.indexOf(Math.max(...sum))]]));
}

/** Parts with the same share of each class: image k of a class is held out in fold k modulo the number of folds. */
function foldsOf(train: LabelledSplit, count: number): readonly { learned: LabelledSplit; held: LabelledSplit }[] {
  const seen = new Map<number, number>();
  const folds = train.labels.map(label => {
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    return before % count;
  });
  const places = Int32Array.from(folds.keys());
  return Array.from({ length: count }, (_, fold) => ({
    learned: take(
      train,
      places.filter(place => folds[place] !== fold),
    ),
    held: take(
      train,
      places.filter(place => folds[place] === fold),
    ),
  }));
}

function checkFolds({ folds }: MachineOptions, train: LabelledSplit): void {
  for (const label of labelsOf(train)) {
    const count = train.labels.filter(one => one === label).length;
    if (count >= folds) continue;
    const message = `Cross-validation with ${folds} folds needs ${counted(folds, 'training image')} of each class; class ${label} has ${count}.`;
    throw new CarlError('INPUT_DATA', `${message} Choose fewer \`folds\`, or an empty \`grid\` for a fixed C.`);
  }
}

function labelsOf({ labels }: LabelledSplit): readonly number[] {
  return [...new Set(labels)].sort((a, b) => a - b);
}

/** True for the samples of a class. */
export function isOf(labels: Int32Array, label: number): readonly boolean[] {
  return Array.from(labels, one => one === label);
}
