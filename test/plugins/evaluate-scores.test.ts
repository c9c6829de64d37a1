import { type FeatureEvaluator, memoryFeatures } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { component, evaluator, evaluatorInputs, inputs, metric, rejected, run, value } from './evaluate-support.js';

/** Entry (i, j) is sin(phase + 1.7 i + 0.9 j^2 + 0.3 i j), as in benchmarks/evaluation/scores.py. */
const rows = (count: number, width: number, phase: number): Float32Array =>
  Float32Array.from({ length: count * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    return Math.sin(phase + 1.7 * i + 0.9 * j * j + 0.3 * i * j);
  });
const classes = (count: number, of: number) => Int32Array.from({ length: count }, (_, i) => i % of);
const ints = (data: Int32Array) => ({ shape: [data.length], data });
const floats = (shape: readonly number[], data: Float32Array) => ({ shape, data });

function near(result: unknown, expected: readonly number[]): void {
  const { data } = result as { data: Float32Array };
  expect(data.length).to.equal(expected.length);
  data.forEach((entry, i) => expect(entry).to.be.closeTo(expected[i], 1e-6));
}

describe('scores without a classifier', () => {
  before(() => tf.setBackend('cpu'));

  describe('retrieval', () => {
    const gallery = { gallery: floats([40, 5], rows(40, 5, 0)), galleryLabels: ints(classes(40, 3)) };
    const queries = { queries: floats([12, 5], rows(12, 5, 0.4)), queryLabels: ints(classes(12, 4)) };
    const retrieved = (given: object, k = [1, 5, 10]) => metric('retrieval', { k }).compute(given as never);

    it('has the values of scikit-learn; queries of a class that the gallery lacks do not count', () => {
      const scores = retrieved({ ...queries, ...gallery });
      expect(scores.meanAveragePrecision).to.be.closeTo(0.382992150175537, 1e-6);
      near(scores.precision, [5 / 9, 16 / 45, 13 / 45]);
      near(scores.recall, [5 / 9, 1, 1]);
    });

    it('leaves each query out of its own gallery', () => {
      const scores = retrieved({ queries: gallery.gallery, queryLabels: gallery.galleryLabels });
      expect(scores.meanAveragePrecision).to.be.closeTo(0.3597905289944796, 1e-6);
      near(scores.precision, [0.075, 0.29, 0.3275]);
      near(scores.recall, [0.075, 0.9, 1]);
    });

    it('among equal features: precision is the share of the class, recall the chance to meet it', () => {
      const same = { queries: floats([5, 2], new Float32Array(10).fill(3)), queryLabels: ints(classes(5, 2)) };
      const scores = retrieved(same, [1, 2, 4]);
      // Three of class 0 have 2 of 4 others, two of class 1 have 1 of 4 others.
      near(scores.precision, [0.4, 0.4, 0.4]);
      near(scores.recall, [0.4, (3 * (5 / 6) + 2 * 0.5) / 5, 1]);
      expect(scores.meanAveragePrecision).to.be.closeTo(0.4, 1e-9);
    });

    it('the evaluator has the scores of the metric, for all queries or for a part', async () => {
      const given = inputs(1);
      const results = await run('retrieval', given);
      const scores = retrieved(
        {
          ...{ queries: floats([60, 6], given.test!.features), queryLabels: ints(given.test!.labels!) },
          ...{ gallery: floats([90, 6], given.train.features), galleryLabels: ints(given.train.labels!) },
        },
        [1, 5],
      );
      expect(value(results, 'test', 'retrieval-map@n60-train')).to.equal(scores.meanAveragePrecision);
      near(
        scores.precision,
        [1, 5].map(k => value(results, 'test', `retrieval-p${k}@n60-train`)),
      );
      const part = await run('retrieval', given, { samples: 20, gallery: 'split' });
      expect(value(part, 'test', 'retrieval-map@n20-leave-one-out')).to.be.within(0.3, 0.9);
    });

    it('with clearly separate classes all scores are 1; without images to find it is refused', async () => {
      for (const gallery of ['train', 'split'])
        for (const { value: score } of await run('retrieval', inputs(50), { gallery })) expect(score).to.equal(1);
      const single = inputs(1);
      single.test!.labels!.forEach((_, i, all) => (all[i] = i));
      const { train: _, validation: __, ...rest } = single;
      const alone = { ...rest, train: single.train, classCount: undefined };
      await rejected(run('retrieval', alone, { gallery: 'split' }), 'INPUT_DATA', /For no image of split 'test'/);
      await rejected(run('retrieval', inputs(1), { k: [91] }), 'INPUT_ARGUMENT', /k is 91, but only 90/);
      await rejected(run('retrieval', inputs(1), { gallery: 'split', k: [30] }), 'INPUT_ARGUMENT', /only 29 images/);
    });
  });

  describe('LiDAR', () => {
    const views = (n: number, q: number, dim: number) => {
      const [images, noise] = [rows(n, dim, 0), rows(n * q, dim, 2)];
      const row = (i: number) => Math.floor(i / dim / q);
      const features = noise.map((entry, i) => images[row(i) * dim + (i % dim)] + 0.25 * entry);
      return { features: floats([n * q, dim], features), images: ofImages(n, q) };
    };
    const ofImages = (n: number, q: number) => ints(Int32Array.from({ length: n * q }, (_, i) => Math.floor(i / q)));
    const lidar = (given: object, delta = 1e-4) =>
      metric('lidar', { delta, epsilon: 1e-7 }).compute(given as never).lidar as number;

    it('has the values of numpy, with fewer images than features too', () => {
      expect(lidar(views(12, 6, 5))).to.be.closeTo(4.346476209431341, 1e-4);
      expect(lidar(views(12, 6, 5), 0.1)).to.be.closeTo(4.282012911506495, 1e-4);
      expect(lidar(views(4, 3, 7))).to.be.closeTo(1.0573697364396037, 1e-3);
      expect(lidar(views(4, 3, 7), 0.1)).to.be.closeTo(2.0937674619479227, 1e-4);
    });

    it('equal images have rank 0, images along one direction rank 1; a single image is refused', () => {
      const equal = floats([6, 2], new Float32Array(12).fill(2));
      expect(lidar({ features: equal, images: ofImages(2, 3) })).to.equal(0);
      const line = Float32Array.from({ length: 24 }, (_, i) => (1 + Math.floor(i / 6)) * [1, 2][i % 2]);
      expect(lidar({ features: floats([12, 2], line), images: ofImages(4, 3) })).to.be.closeTo(1, 1e-4);
      expect(() => lidar({ features: equal, images: ofImages(1, 6) })).to.throw(/at least two images/);
    });
  });

  describe('assignments', () => {
    /** p of six images, in two sets of two and three prototypes. */
    const p = [
      [0.9, 0.1, 0.2, 0.7, 0.1],
      [0.8, 0.2, 0.1, 0.8, 0.1],
      [0.6, 0.4, 0.3, 0.3, 0.4],
      [0.5, 0.5, 1, 0, 0],
      [0.2, 0.8, 0.1, 0.1, 0.8],
      [0.1, 0.9, 0.2, 0.3, 0.5],
    ];
    const labels = Int32Array.of(0, 0, 1, 1, 1, 1);
    const judged = (prototypeSets?: readonly number[], given = p, own: Int32Array | undefined = labels) => {
      const set = memoryFeatures(Float32Array.from(given.flat()), given[0].length, own);
      const base = evaluatorInputs(inputs(1));
      const all = { ...base, train: set, validation: undefined, test: set, ...(prototypeSets && { prototypeSets }) };
      return evaluator('assignments', {}).evaluate(all);
    };

    it('are arg max, scored against the labels, with purity, used prototypes and entropies, for each set', async () => {
      const results = await judged([2, 3]);
      const of = (name: string) => value(results, 'test', name);
      // Clusters of set 1 are 0 0 0 0 1 1, of set 2 are 1 1 2 0 2 2.
      expect(of('purity@assignments2-set1')).to.be.closeTo(4 / 6, 1e-12);
      expect(of('clustering@assignments2-set1')).to.be.closeTo(4 / 6, 1e-12);
      expect(of('purity@assignments3-set2')).to.equal(1);
      expect(of('clustering@assignments3-set2')).to.be.closeTo(5 / 6, 1e-12);
      expect([of('used@assignments2-set1'), of('used@assignments3-set2')]).to.deep.equal([2, 3]);
      const entropy = (row: readonly number[]) => row.reduce((sum, x) => (x > 0 ? sum - x * Math.log(x) : sum), 0);
      const mean = p.reduce((sum, row) => sum + entropy(row.slice(0, 2)), 0) / 6;
      expect(of('entropy@assignments2-set1')).to.be.closeTo(mean, 1e-6);
      expect(of('mean-entropy@assignments2-set1')).to.be.closeTo(entropy([3.1 / 6, 2.9 / 6]), 1e-6);
    });

    it('one set needs no number in its names; NaN, one class and no labels are refused', async () => {
      expect((await judged())[0].metric).to.equal('nmi@assignments5');
      await rejected(judged([5], [...p.slice(0, 5), [0, 0, NaN, 0, 1]]), 'TRAIN_NOT_FINITE', /image 5 .*'test'/);
      await rejected(judged([5], p, new Int32Array(6)), 'INPUT_DATA', /All images of split 'test' are of one class, 0/);
      const bare = memoryFeatures(Float32Array.from(p.flat()), 5);
      const none = { ...evaluatorInputs(inputs(1)), train: bare, validation: undefined, test: bare };
      await rejected(evaluator('assignments', {}).evaluate(none), 'INPUT_DATA', /No split has labels/);
    });

    it('are refused before training for assigners whose prototypes do not last', () => {
      const found = (provided: readonly string[]) =>
        component('evaluator', 'assignments').check!({}, {
          ...{ uses: { assigner: 'instances' }, provided: new Set(provided) },
          splits: { train: { images: 9, classes: 3 } },
        } as never).map(({ code }) => code);
      expect(found(['assignments', 'codes'])).to.deep.equal(['ASSIGNMENTS_NO_PROTOTYPES']);
      expect(found(['assignments', 'prototypes'])).to.deep.equal([]);
      expect(found(['assignments', 'prototype-scores'])).to.deep.equal([]);
      expect((evaluator('assignments', {}) as FeatureEvaluator).baselines).to.deep.equal(['untrained']);
    });
  });
});
