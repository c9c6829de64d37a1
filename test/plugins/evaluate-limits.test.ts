import { seededStreams } from '@carl-ssl/core';
import { expect } from 'chai';
import {
  component,
  evaluator,
  metric,
  defaults,
  onSplit,
  blobs,
  inputs,
  evaluatorInputs,
  run,
  value,
  hostArrays,
  type Blobs,
} from './evaluate-support.js';

/** Standardises features by the means and deviations of some. */
function standardized({ features, length, dim }: Blobs): (set: Blobs) => Blobs {
  const mean = new Float64Array(dim);
  const square = new Float64Array(dim);
  features.forEach((x, i) => (mean[i % dim] += x / length));
  features.forEach((x, i) => (square[i % dim] += (x - mean[i % dim]) ** 2 / length));
  return set => ({
    ...set,
    features: set.features.map((x, i) => (x - mean[i % dim]) / Math.sqrt(square[i % dim])),
  });
}

describe('limits of evaluators', () => {
  describe('find before the training what they lack', () => {
    const codes = (use: string, splits: object, options: object = {}) =>
      component('evaluator', use).check!({ ...defaults[use], ...options }, { splits } as never).map(
        ({ severity, code }) => `${severity} ${code}`,
      );
    const train = { images: 90, classes: 3 };

    it('labels, and a labelled split beside `train`', () => {
      for (const use of ['knn', 'linear', 'low-shot-linear', 'linear-svm']) {
        expect(codes(use, { train, test: { images: 9, classes: 3 } }), use).to.deep.equal([]);
        expect(codes(use, { train }), use).to.deep.equal(['error EVALUATOR_NO_SPLIT']);
        expect(codes(use, { train, test: { images: 9 } }), use).to.deep.equal(['error EVALUATOR_NO_SPLIT']);
        expect(codes(use, { train: { images: 90 }, test: train }), use).to.deep.equal(['error EVALUATOR_NO_LABELS']);
      }
    });

    it('two classes, for linear classifiers', () => {
      const one = { images: 90, classes: 1 };
      for (const use of ['linear', 'low-shot-linear', 'linear-sgd'])
        expect(codes(use, { train: one, test: one }), use).to.deep.equal(['error EVALUATOR_ONE_CLASS']);
      const fineTune = codes(
        'fine-tune',
        { train: one, test: one },
        { subsets: [{ share: 1, encoderRate: 0.01, classifierRate: 0.1 }] },
      );
      expect(fineTune).to.include('error EVALUATOR_ONE_CLASS');
      expect(codes('knn', { train: one, test: one })).to.deep.equal([]);
    });

    it('images for all clusters, and classes to separate', () => {
      const test = { images: 4, classes: 3 };
      const tooFew = ['error CLUSTERING_TOO_FEW_IMAGES'];
      expect(codes('clustering', { train, test })).to.deep.equal([]);
      expect(codes('clustering', { train, test }, { clusters: 90 })).to.deep.equal([]);
      expect(codes('clustering', { train, test }, { clusters: 91 })).to.deep.equal(tooFew);
      expect(codes('clustering', { train, test }, { clusters: 5, samples: 4 })).to.deep.equal(tooFew);
      expect(codes('clustering', { train, test }, { ...onSplit, clusters: 5 })).to.deep.equal(tooFew);
      expect(codes('clustering', { train, test }, { ...onSplit, clusters: 4 })).to.deep.equal([]);
      expect(codes('clustering', { train: { images: 90 }, test: { images: 9, classes: 1 } })).to.deep.equal([
        'error EVALUATOR_ONE_CLASS',
      ]);
      expect(codes('silhouette', { train, test })).to.deep.equal([]);
      expect(codes('silhouette', { train, test: { images: 4, classes: 1 } })).to.deep.equal([
        'error SILHOUETTE_CLASSES',
      ]);
      expect(codes('silhouette', { train, test: { images: 3, classes: 3 } })).to.deep.equal([
        'error SILHOUETTE_CLASSES',
      ]);
    });
  });

  it('images for all ranks of a retrieval, and at least two for LiDAR', () => {
    const check = (use: string, options: object, facts: object) =>
      component('evaluator', use).check!(options, facts as never).map(({ code }) => code);
    const splits = { train: { images: 9, classes: 3 }, test: { images: 5, classes: 3 } };
    const codes = (gallery: string, k: number) => check('retrieval', { gallery, k: [1, k] }, { splits });
    expect([codes('train', 9), codes('split', 4)]).to.deep.equal([[], []]);
    expect(codes('train', 10)).to.deep.equal(['RETRIEVAL_TOO_FEW_IMAGES']);
    expect(codes('split', 5)).to.deep.equal(['RETRIEVAL_TOO_FEW_IMAGES']);
    expect(check('retrieval', { gallery: 'train', k: [1] }, { splits: { train: splits.train } })).to.deep.equal([
      'EVALUATOR_NO_SPLIT',
    ]);
    expect(check('lidar', {}, { trainImages: 1 })).to.deep.equal(['LIDAR_TOO_FEW_IMAGES']);
    expect(check('lidar', {}, { trainImages: 2 })).to.deep.equal([]);
  });

  it('stop at the next report of progress after an interruption', async () => {
    for (const use of Object.keys(defaults)) {
      let reports = 0;
      const progress = () => (++reports < 2 ? Promise.resolve() : Promise.reject(new Error('interrupted')));
      const work = evaluator(use, defaults[use]).evaluate({ ...evaluatorInputs(inputs(3)), progress });
      const error: unknown = await work.catch((reason: unknown) => reason);
      expect((error as Error).message, use).to.equal('interrupted');
      expect(reports, use).to.equal(2);
    }
  });

  it('fits wide features of few images, in seconds and memory that do not grow with the square of their width', async () => {
    const random = seededStreams(8).at('wide');
    const images = blobs(random, { length: 60, dim: 6000, classes: 3, apart: 1 });
    const before = process.memoryUsage.rss();
    const results = await run('linear', { train: images, test: images, classCount: 3 }, { grid: [] });
    expect(value(results, 'test', 'linear@C1')).to.equal(1);
    // A matrix of 6001 x 6001 numbers has 275 MiB.
    expect((process.memoryUsage.rss() - before) / 2 ** 20).to.be.below(200);
  });

  it('finds the optimum of wide features by the products of the images', async () => {
    const random = seededStreams(9).at('wide');
    const split = (length: number) => blobs(random, { length, dim: 1100, classes: 4, apart: 4 });
    const [train, test] = [split(120), split(400)];
    // Unit deviation, as the evaluator standardises with the training images.
    const scale = standardized(train);
    const [scaledTrain, scaledTest] = [scale(train), scale(test)];
    const exact = (C: number) =>
      metric('logistic-regression', { C, classes: 4 }).compute(hostArrays({ train: scaledTrain, test: scaledTest }))
        .accuracy as number;
    for (const C of [0.001, 0.1, 10]) {
      const results = await run('linear', { train, test, classCount: 4 }, { grid: [], C });
      expect(exact(C)).to.be.within(0.4, 0.95);
      expect(value(results, 'test', `linear@C${C}`)).to.be.closeTo(exact(C), 0.0051);
    }
  });

  it('rank of few images needs little memory, however wide their features are', () => {
    const work = evaluator('rankme', defaults.rankme).work!;
    const sizes = { images: { train: 1795, validation: 205, test: 0 }, classes: 1 };
    expect(work({ ...sizes, dim: 12_288 }).bytes).to.be.below(30e6);
    expect(work({ ...sizes, images: { ...sizes.images, validation: 20_000 }, dim: 2048 }).bytes).to.be.above(150e6);
  });

  it('rank of many wide features is computed beside the event loop, and ends with an interruption', async () => {
    const random = seededStreams(5).at('wide');
    const large = blobs(random, { length: 700, dim: 400, classes: 3, apart: 1 });
    const given = evaluatorInputs(inputs(3, { validation: undefined, test: large }));
    const rank = await evaluator('rankme', defaults.rankme).evaluate(given);
    const { rankme } = metric('rankme', { epsilon: 1e-7 }).compute({
      features: { shape: [large.length, large.dim], data: large.features },
    });
    expect(rank[0].value).to.equal(rankme);
    let reports = 0;
    const progress = () => (++reports < 2 ? Promise.resolve() : Promise.reject(new Error('interrupted')));
    const error: unknown = await evaluator('rankme', defaults.rankme)
      .evaluate({ ...given, progress })
      .catch((reason: unknown) => reason);
    expect((error as Error).message).to.equal('interrupted');
  });
});
