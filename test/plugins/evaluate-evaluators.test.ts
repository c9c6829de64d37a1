import { seededStreams, slots } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import plugin, { kNearestOnBackend, LinearProbe } from '@carl-ssl/evaluate';
import {
  type Blobs,
  component,
  metric,
  defaults,
  inputs,
  run,
  value,
  unlabelled,
  hostArrays,
  rejected,
} from './evaluate-support.js';

describe('evaluators', () => {
  let tensors = 0;
  beforeEach(async () => {
    await tf.ready();
    tensors = tf.memory().numTensors;
  });
  afterEach(() => expect(tf.memory().numTensors, 'tensors left behind').to.equal(tensors));

  describe('all of them', () => {
    for (const use of Object.keys(defaults)) {
      it(`${use}: same results twice, no result for a split that does not exist`, async () => {
        const [once, again] = [await run(use, inputs(3)), await run(use, inputs(3))];
        expect(again).to.deep.equal(once);
        expect(new Set(once.map(({ split }) => split))).to.deep.equal(new Set(['validation', 'test']));
        expect(new Set((await run(use, inputs(3, { validation: undefined }))).map(({ split }) => split))).to.deep.equal(
          new Set(['test']),
        );
      });

      it(`${use}: NaN features are refused with split and row`, async () => {
        const given = inputs(3);
        given.test!.features[6 * 17 + 2] = NaN;
        await rejected(run(use, given), 'TRAIN_NOT_FINITE', /image 17 .*'test'/);
      });
    }

    it('those that need labels refuse a dataset without', async () => {
      const { train, validation, test } = inputs(3);
      const bare = inputs(3, {
        train: unlabelled(train),
        validation: unlabelled(validation!),
        test: unlabelled(test!),
      });
      for (const use of ['knn', 'linear', 'linear-svm', 'low-shot-linear', 'clustering', 'silhouette', 'retrieval']) {
        expect(component('evaluator', use).requires?.({})).to.deep.equal(['labels']);
        await rejected(run(use, bare), 'INPUT_DATA', /labels/);
      }
      for (const use of ['rankme', 'alignment-uniformity']) {
        expect(component('evaluator', use).requires).to.equal(undefined);
        expect((await run(use, bare)).length).to.equal(2);
      }
    });

    for (const use of Object.keys(defaults)) {
      it(`${use}: the numbers that stand for the classes do not matter`, async () => {
        const numbered = (label: number): number => [0, 5, 2_000_000_000][label];
        const renamed = (set?: Blobs) => set && { ...set, labels: set.labels!.map(numbered) };
        const given = inputs(3);
        const other = {
          train: renamed(given.train)!,
          validation: renamed(given.validation),
          test: renamed(given.test),
        };
        for (const classCount of [undefined, 2_000_000_001])
          expect(await run(use, { ...other, classCount })).to.deep.equal(await run(use, given));
      });
    }

    it('labels beyond the number of classes are refused by image', async () => {
      const given = inputs(3);
      given.test!.labels![4] = 7;
      await rejected(run('knn', given), 'INPUT_DATA', /image 4 .*'test' is 7.*0 to 2/);
    });

    it('with `train` alone, probes are refused and the other evaluators use it', async () => {
      const alone = inputs(3, { validation: undefined, test: undefined });
      await rejected(run('linear', alone), 'INPUT_DATA', /neither a `validation` nor a `test`/);
      expect((await run('rankme', alone)).map(({ split }) => split)).to.deep.equal(['train']);
    });
  });

  describe('knn', () => {
    it('gives exactly the predictions of the metric, also among near ties and duplicates', async () => {
      const random = seededStreams(5).at('ties');
      for (let round = 0; round < 10; round++) {
        const [n, m, dim, classes, k] = [40 + random.integer(80), 25, 1 + random.integer(8), 4, 1 + random.integer(20)];
        const centre = Array.from({ length: dim }, () => random.normal());
        // All rows within 1e-7 of one direction, some of them equal: float32 cannot tell them apart.
        const rows = (count: number) => ({
          data: Float32Array.from({ length: count * dim }, (_, i) => centre[i % dim] * (1 + 1e-7 * random.integer(3))),
          rows: count,
          columns: dim,
        });
        const labels = (count: number) => Int32Array.from({ length: count }, () => random.integer(classes));
        const [features, queries, trainLabels] = [rows(n), rows(m), labels(n)];
        const voting = { k, temperature: 0.1, classes };
        const expected = metric('knn', voting).compute({
          trainFeatures: { shape: [n, dim], data: features.data },
          trainLabels: { shape: [n], data: trainLabels },
          testFeatures: { shape: [m, dim], data: queries.data },
          testLabels: { shape: [m], data: labels(m) },
        });
        expect(await kNearestOnBackend({ train: { features, labels: trainLabels }, queries }, voting)).to.deep.equal(
          (expected.predictions as { data: Int32Array }).data,
        );
      }
    });

    it('has the accuracy of the metric on random data and carries its protocol in its name', async () => {
      const given = inputs(1);
      const { accuracy } = metric('knn', { k: 5, temperature: 0.1, classes: 3 }).compute(hostArrays(given));
      expect(accuracy).to.be.within(0.4, 0.9);
      expect(value(await run('knn', given), 'test', 'knn5@t0.1')).to.equal(accuracy);
    });

    it('gives a figure for each k of a list, the same as alone', async () => {
      const given = inputs(1);
      const both = await run('knn', given, { k: [5, 30], temperature: 0.07 });
      expect(both.map(({ metric, split }) => `${metric} ${split}`)).to.deep.equal(
        [5, 30].flatMap(k => ['validation', 'test'].map(split => `knn${k}@t0.07 ${split}`)),
      );
      expect(both.slice(2)).to.deep.equal(await run('knn', given, { k: 30, temperature: 0.07 }));
      await rejected(run('knn', given, { k: [5, 91] }), 'INPUT_ARGUMENT', /needs 91 neighbours.*only 90/);
    });

    it('survives a backend that multiplies less exactly than float32', async () => {
      const { train, test } = inputs(0);
      const queries = { data: test!.features, rows: 60, columns: 6 };
      const labelled = { features: { data: train.features, rows: 90, columns: 6 }, labels: train.labels! };
      const predict = () => kNearestOnBackend({ train: labelled, queries }, { k: 1, temperature: 0.1 });
      const exact = await predict();
      const kernel = tf.getKernel('BatchMatMul', tf.getBackend());
      tf.unregisterKernel('BatchMatMul', tf.getBackend());
      tf.registerKernel({ ...kernel, kernelFunc: args => blurred(kernel.kernelFunc(args) as tf.TensorInfo) });
      try {
        expect(await predict()).to.deep.equal(exact);
      } finally {
        tf.unregisterKernel('BatchMatMul', tf.getBackend());
        tf.registerKernel(kernel);
      }
    });

    it('refuses more neighbours than training images, before training if it can', async () => {
      await rejected(run('knn', inputs(1), { k: 91 }), 'INPUT_ARGUMENT', /91 neighbours.*only 90/);
      const check = component('evaluator', 'knn').check!;
      expect(check({ k: 91, temperature: 0.1 }, { trainImages: 90 } as never)).to.have.nested.property('[0].path', 'k');
      expect(check({ k: 90, temperature: 0.1 }, { trainImages: 90 } as never)).to.deep.equal([]);
    });
  });

  describe('linear', () => {
    it('agrees with the metric on standardised features', async () => {
      const given = inputs(1.2, { validation: undefined });
      const arrays = hostArrays(given);
      const { features, dim } = given.train;
      const mean = (i: number) => average(column(features, dim, i));
      const deviation = (i: number) =>
        Math.sqrt(average(column(features, dim, i).map(entry => (entry - mean(i)) ** 2)));
      const scaling = Array.from({ length: dim }, (_, i) => [mean(i), deviation(i)]);
      const scaled = ({ shape, data }: { shape: number[]; data: Float32Array }) => ({
        shape,
        data: data.map((entry, i) => (entry - scaling[i % dim][0]) / scaling[i % dim][1]),
      });
      const prepared = {
        ...arrays,
        trainFeatures: scaled(arrays.trainFeatures),
        testFeatures: scaled(arrays.testFeatures),
      };
      for (const C of [0.01, 1, 100]) {
        const { accuracy } = metric('logistic-regression', { C, classes: 3 }).compute(prepared);
        expect(value(await run('linear', given, { C }), 'test', `linear@C${C}`)).to.equal(accuracy);
      }
    });

    it('chooses C on validation only: the labels of test do not matter', async () => {
      const given = inputs(1);
      const chosen = await run('linear', given);
      const shuffled = inputs(1);
      shuffled.test!.labels!.reverse();
      const other = await run('linear', shuffled);
      for (const name of ['linear@C-validation', 'linear@C-validation:C'])
        expect(value(other, 'validation', name)).to.equal(value(chosen, 'validation', name));
      const best = Math.max(
        ...(await Promise.all(
          [0.01, 0.1, 1].map(async C =>
            value(await run('linear', given, { C, grid: [] }), 'validation', `linear@C${C}`),
          ),
        )),
      );
      expect(value(chosen, 'validation', 'linear@C-validation')).to.equal(best);
    });

    it('separates what can be separated, whatever the scale of features, with constant ones among them', async () => {
      const given = inputs(30);
      for (const set of [given.train, given.validation!, given.test!]) {
        set.features.forEach((entry, i) => (set.features[i] = i % 6 === 5 ? 1e4 + 0.1 : entry * 10 ** ((i % 6) - 3)));
      }
      const results = await run('linear', given);
      expect(value(results, 'test', 'linear@C-validation')).to.equal(1);
    });

    it('never predicts a class that has no training image', async () => {
      const { train, test } = inputs(2);
      const probe = new LinearProbe({
        features: { data: train.features, rows: 90, columns: 6 },
        labels: train.labels!.map(label => (label === 1 ? 2 : label)),
      });
      await probe.fit(1, () => Promise.resolve());
      const predictions = probe.predict({ data: test!.features, rows: 60, columns: 6 });
      probe.dispose();
      expect([...new Set(predictions)].sort()).to.deep.equal([0, 2]);
    });

    it('fits in small steps, with the same result, and frees everything when it is interrupted between two of them', async () => {
      for (const columns of [60, 1100]) {
        const rows = 40;
        const data = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i + columns));
        const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
        for (let row = 0; row < rows; row++) data[row * columns + labels[row]] += 2;
        const features = { data, rows, columns };
        const fitted = async (stepProducts?: number, between: (calls: number) => void = () => undefined) => {
          const probe = new LinearProbe({ features, labels }, stepProducts);
          let calls = 0;
          try {
            await probe.fit(1, async () => {
              between(++calls);
            });
            return { calls, predictions: probe.predict(features) };
          } finally {
            probe.dispose();
          }
        };
        const [atOnce, inSteps] = [await fitted(), await fitted(1)];
        expect(inSteps.predictions).to.deep.equal(atOnce.predictions);
        expect(inSteps.calls).to.be.above(atOnce.calls + rows - 2);
        // The decomposition of the preconditioner has a step for each row.
        if (columns === 60) expect(atOnce.calls).to.be.above(columns);
        const before = tf.memory().numTensors;
        for (const last of [1, 20, inSteps.calls - 1]) {
          const stop = (calls: number) => {
            if (calls === last) throw new Error('stop');
          };
          await fitted(1, stop).then(
            () => expect.fail('it went on'),
            (error: unknown) => expect((error as Error).message).to.equal('stop'),
          );
        }
        expect(tf.memory().numTensors).to.equal(before);
      }
    });
  });

  describe('low-shot-linear', () => {
    it('more labels are better, and one name carries share, number of labels, C and draws', async () => {
      const results = await run('low-shot-linear', inputs(1.5), { shares: [0.04, 1] });
      const [few, all] = ['low-shot-linear4%@n3C1x3', 'low-shot-linear100%@n90C1x3'].map(name =>
        value(results, 'test', name),
      );
      expect(all).to.be.above(few);
      expect(value(results, 'test', 'low-shot-linear100%@n90C1x3:deviation')).to.be.closeTo(0, 1e-12);
      expect(value(results, 'test', 'low-shot-linear4%@n3C1x3:deviation')).to.be.above(0);
    });

    it('takes at least one image of every class', async () => {
      const [least, one] = await Promise.all(
        [0.0001, 3 / 90].map(share => run('low-shot-linear', inputs(30), { shares: [share] })),
      );
      expect(least.map(result => result.value)).to.deep.equal(one.map(result => result.value));
      expect(value(least, 'test', 'low-shot-linear0.01%@n3C1x3')).to.be.above(0.5);
    });
  });

  describe('figures without a probe', () => {
    it('collapsed features: rank 1 and uniformity 0', async () => {
      const collapsed = inputs(0);
      collapsed.test!.features.fill(0.5);
      expect(value(await run('rankme', collapsed), 'test', 'rankme@n60')).to.be.closeTo(1, 1e-4);
      const results = await run('alignment-uniformity', collapsed);
      expect(value(results, 'test', 'uniformity@t2n60')).to.be.closeTo(0, 1e-12);
      expect(value(results, 'test', 'class-alignment@a2n60')).to.be.closeTo(0, 1e-12);
    });

    it('rankme of copies of one image returns, also where there are fewer of them than features', async () => {
      for (const length of [1, 2, 5, 25, 200]) {
        const one = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i + 1));
        const features = new Float32Array(64 * length).map((_, i) => one[i % 64]);
        const copies = { features, length, dim: 64 };
        const [{ value: rank }] = await run('rankme', { train: copies });
        expect(rank).to.be.closeTo(1, 1e-3);
      }
    });

    it('classes that are apart: a silhouette near 1, tight alignment; random ones: near 0', async () => {
      const [apart, random] = [inputs(100), inputs(0)];
      expect(value(await run('silhouette', apart), 'test', 'silhouette@n60')).to.be.above(0.9);
      expect(value(await run('silhouette', random), 'test', 'silhouette@n60')).to.be.within(-0.1, 0.1);
      expect(value(await run('alignment-uniformity', apart), 'test', 'class-alignment@a2n60')).to.be.below(0.01);
    });

    it('names carry the number of images that were used, not the one asked for', async () => {
      const names = async (use: string, samples: number) =>
        (await run(use, inputs(3), { samples })).map(({ metric, split }) => `${metric} ${split}`);
      expect(await names('rankme', 40)).to.deep.equal(['rankme@n30 validation', 'rankme@n40 test']);
      expect(await names('silhouette', 40)).to.deep.equal(['silhouette@n30 validation', 'silhouette@n40 test']);
      expect(await names('alignment-uniformity', 40)).to.include('uniformity@t2n40 test');
    });

    it('draw the same images from rows as from a whole split', async () => {
      const given = inputs(1);
      const [drawn] = await run('rankme', { ...given, validation: undefined }, { samples: 20 });
      const places = seededStreams(4).at('evaluate').permutation(60).subarray(0, 20).sort();
      const features = new Float32Array(20 * 6);
      places.forEach((place, row) => features.set(given.test!.features.subarray(place * 6, place * 6 + 6), row * 6));
      const [whole] = await run('rankme', { ...given, validation: undefined, test: { features, length: 20, dim: 6 } });
      expect(drawn).to.deep.equal(whole);
    });

    it('rank of a drawn part is at most its size', async () => {
      expect(value(await run('rankme', inputs(0), { samples: 3 }), 'test', 'rankme@n3')).to.be.within(1, 3.0001);
    });
  });

  it('every evaluator is in the evaluator slot and its defaults are complete', () => {
    const found = plugin.components.filter(({ slot }) => slot === slots.evaluator).map(({ use }) => use);
    expect(found.sort()).to.deep.equal(
      [...Object.keys(defaults), 'assignments', 'fine-tune', 'lidar', 'linear-sgd', 'multi-label-linear'].sort(),
    );
  });
});

/** Entries off by up to 0.1, a caricature of devices that multiply in half the digits. */
function blurred(info: tf.TensorInfo): tf.TensorInfo {
  return tf.tidy(() => {
    const exact = tf.engine().makeTensorFromTensorInfo(info);
    return tf.add(exact, tf.mul(tf.sin(tf.mul(exact, 1e4)), 0.1));
  });
}

function column(data: Float32Array, width: number, at: number): number[] {
  return Array.from(data).filter((_, i) => i % width === at);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, entry) => sum + entry, 0) / values.length;
}
