import { friedman } from '../../compare/statistics/friedman.js';
import { holm } from '../../compare/statistics/holm.js';
import { meanInterval } from '../../compare/statistics/mean-interval.js';
import { pairedDifference } from '../../compare/statistics/paired-difference.js';
import { signFlip } from '../../compare/statistics/sign-flip.js';
import type { HostArray } from '../../contracts/metric.js';
import type { RunKind } from '../bench.js';
import type { GoldenCase } from '../case.js';
import type { Outputs } from '../compare.js';

/** The statistics of `carl compare`, by the names of their cases. */
const STATISTICS: Readonly<Record<string, (golden: GoldenCase) => Outputs>> = {
  'mean-interval': ({ inputs, options }) => {
    const { mean, deviation, lower, upper } = meanInterval(numbers(inputs.values), Number(options.level));
    return { mean, deviation, lower, upper };
  },
  'paired-difference': ({ inputs, options }) => {
    const level = Number(options.level);
    const { mean, lower, upper, p } = pairedDifference(numbers(inputs.a), numbers(inputs.b), level);
    return { mean, lower, upper, p };
  },
  'sign-flip': ({ inputs }) => ({ p: signFlip(numbers(inputs.differences)) ?? NaN }),
  holm: ({ inputs }) => ({ adjusted: vector(holm(numbers(inputs.p))) }),
  friedman: ({ inputs }) => {
    const { meanRanks, statistic, p } = friedman(rows(inputs.scores));
    return { meanRanks: vector(meanRanks), statistic, p };
  },
};

export const statistic: RunKind = golden =>
  Promise.resolve(Object.hasOwn(STATISTICS, golden.use) ? STATISTICS[golden.use](golden) : undefined);

function numbers({ data }: HostArray): readonly number[] {
  return Array.from(data);
}

function rows({ shape: [, columns], data }: HostArray): readonly (readonly number[])[] {
  const values = Array.from(data);
  return Array.from({ length: values.length / columns }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}

function vector(values: readonly number[]): HostArray {
  return { shape: [values.length], data: Float32Array.from(values) };
}
