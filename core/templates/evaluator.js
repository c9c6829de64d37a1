import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object({}, { additionalProperties: false });

/** Accuracy of the nearest class mean: a test image gets the class whose training images have the nearest mean feature. */
export const templateName = defineComponent(slots.evaluator, {
  use: 'template-name',
  description: 'Accuracy of the nearest class mean.',
  options,
  requires: () => ['labels'],
  create: () => ({
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    evaluate: async ({ train, validation, test, classCount = 0, progress }) => {
      const means = await meansOf(train, classCount);
      const splits = [
        ['validation', validation],
        ['test', test],
      ];
      const results = [];
      for (const [split, set] of splits) {
        await progress(results.length, splits.length);
        if (!set) continue;
        const value = await accuracyOf(set, means);
        results.push({ metric: 'template-name', split, value, kind: 'accuracy' });
      }
      return results;
    },
  }),
});

/** Mean feature of every class that occurs; undefined for the others. */
async function meansOf(set, classCount) {
  const sums = Array.from({ length: classCount }, () => new Float64Array(set.dim));
  const counts = new Int32Array(classCount);
  for await (const { from, rows } of set.blocks())
    for (let row = 0; row * set.dim < rows.length; row++) {
      const label = set.labels[from + row];
      counts[label] += 1;
      for (let d = 0; d < set.dim; d++) sums[label][d] += rows[row * set.dim + d];
    }
  return sums.map((sum, label) => (counts[label] === 0 ? undefined : sum.map(value => value / counts[label])));
}

async function accuracyOf(set, means) {
  let correct = 0;
  for await (const { from, rows } of set.blocks())
    for (let row = 0; row * set.dim < rows.length; row++) {
      const feature = rows.subarray(row * set.dim, (row + 1) * set.dim);
      const distances = means.map(mean => (mean ? distance(feature, mean) : Infinity));
      if (distances.indexOf(Math.min(...distances)) === set.labels[from + row]) correct += 1;
    }
  return correct / set.length;
}

function distance(a, b) {
  return a.reduce((sum, value, d) => sum + (value - b[d]) ** 2, 0);
}
