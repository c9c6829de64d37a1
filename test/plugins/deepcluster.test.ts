import type { Assigner, Facts, Objective, StepContext } from '@carl-ssl/core';
import { singleProcess, WeightStore } from '@carl-ssl/core/testing';
import deepcluster from '@carl-ssl/deepcluster';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, lossAndGradients, noise, number, rows, workbench } from './objective-support.js';
import { crossEntropyOf, dot, expectNear, isZero, mean, softmaxOf, sum, unit } from './plain-maths.js';

const bench = workbench(deepcluster);
const objective = (options: object = {}): Objective => bench.make('objective', { use: 'deepcluster-v2', ...options });
const viewsOf = (name: string, count: number, width = 5): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, 4, width));
const oneHotRows = (labels: readonly number[], columns: number): Tensor2D =>
  tf.cast(tf.oneHot(tf.tensor1d([...labels], 'int32'), columns) as Tensor2D, 'float32');

describe('objective deepcluster-v2', () => {
  onCpuInScope();

  const labels = [2, 0, 4, 4];
  const lossOf = (views: readonly Tensor2D[], own: readonly number[]) =>
    mean(
      views.flatMap(view =>
        rows(view).flatMap((row, b) => (own[b] < 0 ? [] : [-Math.log(softmaxOf(row, 0.2)[own[b]])])),
      ),
    );

  it("is the cross-entropy of all views to the code of the image's first view", () => {
    const [views, codes] = [viewsOf('view', 3), [oneHotRows(labels, 5), oneHotRows([1, 1, 1, 1], 5)]];
    const { loss } = objective({ temperature: 0.2 }).compute(inputsOf(views, { codes }), contextAt());
    expect(number(loss)).to.be.closeTo(lossOf(views, labels), 1e-4);
  });

  it('leaves out images without a cluster where clusters are given as labels', () => {
    const views = viewsOf('view', 2);
    const own = [2, -7, 4, -7];
    const tensors = { assignment: tf.tensor1d(own, 'int32') };
    const given = objective({ temperature: 0.2, ignoreLabel: -7 });
    const { loss, gradients } = lossAndGradients(
      views,
      () => given.compute(inputsOf(views, { tensors }), contextAt()).loss,
    );
    expect(loss).to.be.closeTo(lossOf(views, own), 1e-4);
    for (const gradient of gradients) {
      const row = (b: number) => gradient.subarray(b * 5, (b + 1) * 5);
      expect([0, 1, 2, 3].map(b => isZero(row(b)))).to.deep.equal([false, true, false, true]);
    }
  });

  it('predicts the softmax of the first view where the assigner makes no codes, without a gradient into it', () => {
    const views = viewsOf('view', 2);
    const targets = viewsOf('teacher', 2);
    const { loss } = objective().compute(inputsOf(views, { targets }), contextAt());
    const wanted = rows(targets[0]).map(row => softmaxOf(row));
    const expected = mean(views.flatMap(view => rows(view).map((row, b) => crossEntropyOf(wanted[b], softmaxOf(row)))));
    expect(number(loss)).to.be.closeTo(expected, 1e-4);
    const inputs = inputsOf(views, { targets });
    const { gradients } = lossAndGradients([...views, ...targets], () => objective().compute(inputs, contextAt()).loss);
    expect(gradients.map(isZero)).to.deep.equal([false, false, true, true]);
  });

  it('reaches its trivial values in a collapse', () => {
    const [uniform, same] = objective().trivial({ batchSize: 4, views: 2, width: 5 }, contextAt());
    expect([uniform.loss, same.loss]).to.deep.equal([Math.log(5), 0]);
    const codes = [oneHotRows([1, 1, 1, 1], 5)];
    const loss = (view: Tensor2D) => number(objective().compute(inputsOf([view, view], { codes }), contextAt()).loss);
    expect(loss(tf.zeros([4, 5]))).to.be.closeTo(uniform.loss, 1e-5);
    expect(loss(tf.mul(codes[0], 100))).to.be.closeTo(same.loss, 1e-5);
  });
});

describe('assigner spherical-kmeans', () => {
  onCpuInScope();

  const make = (options: object): Assigner => bench.make('assigner', { use: 'spherical-kmeans', ...options });
  // The last image is in no batch of the epoch, as where the batch size does not divide the number of images.
  const [IMAGES, BATCH, DIM] = [9, 4, 3];
  const data = { images: IMAGES, batches: 2 };

  /** Embeddings near one of two directions, by whether i is even. */
  const embeddingsOf = (images: readonly number[]): Tensor2D =>
    tf.tensor2d(images.map(i => [i % 2 === 0 ? 5 : 0.1 * i, i % 2 === 0 ? 0.1 * i : 3, 0.05 * i]));
  const epoch = [
    [6, 1, 3, 4],
    [0, 7, 2, 5],
  ];
  const at = (step: number, images?: readonly number[]): StepContext => ({
    ...contextAt(step),
    stepsPerEpoch: 2,
    epoch: Math.floor(step / 2),
    ...(images && { batch: { number: step % 2, images, globalImages: images } }),
  });

  function trained(assigner: Assigner) {
    const store = new WeightStore();
    store.add('prototypes', assigner.weights([DIM]), { at: () => contextAt().random });
    const pass = store.pass('prototypes', true, singleProcess);
    let state: Record<string, Tensor> = Object.fromEntries(
      assigner
        .state(DIM, BATCH, data)
        .map(({ name, shape, initial, dtype }) => [name, tf.fill([...shape], initial as number, dtype)]),
    );
    const prepare = (step: number) => {
      state = { ...state, ...assigner.prepare!(pass, state, at(step)) };
    };
    const assign = (step: number, images: readonly number[]) => {
      const view = embeddingsOf(images);
      const { assigned, nextState } = assigner.assign([view, view], pass, state, at(step, images));
      state = { ...state, ...nextState };
      return assigned;
    };
    return { store, pass, prepare, assign, labels: () => rows(state.labels) };
  }

  it('clusters the embeddings of an epoch at the start of the next one', () => {
    const assigner = make({ clusters: 2 });
    const { store, pass, prepare, assign, labels } = trained(assigner);
    const before = rows(assigner.prototypes!(pass)!);
    epoch.forEach((images, step) => {
      if (step === 0) prepare(step);
      assign(step, images);
    });
    expect(labels()).to.deep.equal([Array.from({ length: IMAGES }, () => -1)]);
    expect(rows(assigner.prototypes!(pass)!)).to.deep.equal(before);
    prepare(2);
    const [found] = labels();
    for (const image of epoch.flat()) expect(found[image]).to.equal(found[image % 2]);
    expect(found[8]).to.equal(-1);
    expect(found[0]).to.not.equal(found[1]);
    const centroids = rows(assigner.prototypes!(pass)!);
    for (const direction of [0, 1]) {
      const members = epoch.flat().filter(image => image % 2 === direction);
      const units = rows(embeddingsOf(members)).map(unit);
      const expected = unit([0, 1, 2].map(k => mean(units.map(row => row[k]))));
      centroids[found[direction]].forEach((value, k) => expect(value).to.be.closeTo(expected[k], 1e-5));
    }
    store.dispose();
  });

  it("makes the image's cluster the code of all its views, and cosines over the temperature the logits", () => {
    const assigner = make({ clusters: 2, temperature: 0.25 });
    const { store, pass, prepare, assign, labels } = trained(assigner);
    epoch.forEach((images, step) => void assign(step, images));
    prepare(2);
    const images = [5, 0, 1, 2];
    const assigned = assign(2, images);
    const [found] = labels();
    const centroids = rows(assigner.prototypes!(pass)!);
    for (const { logits, code } of assigned) {
      expect(rows(code!).map(row => row.indexOf(1))).to.deep.equal(images.map(image => found[image]));
      const cosines = rows(embeddingsOf(images)).flatMap(row => centroids.map(one => dot(unit(row), one) / 0.25));
      expectNear(logits, cosines);
    }
    store.dispose();
  });

  it('keeps centroids and labels while a batch of the epoch is missing', () => {
    const assigner = make({ clusters: 2 });
    const { store, pass, prepare, assign, labels } = trained(assigner);
    const before = rows(assigner.prototypes!(pass)!);
    assign(0, epoch[0]);
    prepare(2);
    expect(rows(assigner.prototypes!(pass)!)).to.deep.equal(before);
    expect(labels()).to.deep.equal([Array.from({ length: IMAGES }, () => -1)]);
    store.dispose();
  });

  it('clusters each set of prototypes by itself, and gives an image of none its nearest centroid', () => {
    const assigner = make({ clusters: [2, 3] });
    expect([assigner.segments, assigner.prototypeCount(DIM, BATCH)]).to.deep.equal([[2, 3], 5]);
    const { store, pass, prepare, assign, labels } = trained(assigner);
    epoch.forEach((images, step) => void assign(step, images));
    prepare(2);
    expect(labels().map(row => row[8])).to.deep.equal([-1, -1]);
    const [{ code }] = assign(2, [8, 6, 0, 1]);
    const centroids = rows(assigner.prototypes!(pass)!);
    const [row] = rows(code!);
    const cosines = centroids.map(one => dot(rows(embeddingsOf([8]))[0], one));
    const nearest = [cosines.slice(0, 2), cosines.slice(2)].map(own => own.indexOf(Math.max(...own)));
    expect([row.slice(0, 2).indexOf(1), row.slice(2).indexOf(1)]).to.deep.equal(nearest);
    for (const one of rows(code!)) expect(sum(one)).to.equal(2);
    store.dispose();
  });
});

describe('assigner kmeans-assign', () => {
  onCpuInScope();

  it('codes each embedding by its most similar prototype', () => {
    const assigner = bench.make<Assigner>('assigner', { use: 'kmeans-assign', temperature: 0.5 });
    const [view, centroids] = [noise('view', 4, 3), noise('centroids', 5, 3)];
    const pass = new WeightStore().pass('prototypes', true, singleProcess);
    const [{ logits, code }] = assigner.assign([view], pass, { centroids }, contextAt()).assigned;
    const cosines = rows(view).map(row => rows(centroids).map(one => dot(unit(row), unit(one))));
    expectNear(
      logits,
      cosines.flat().map(cosine => cosine / 0.5),
    );
    expect(rows(code!).map(row => row.indexOf(1))).to.deep.equal(cosines.map(row => row.indexOf(Math.max(...row))));
  });
});

describe('advice on DeepCluster', () => {
  type Slot = 'objective' | 'assigner';
  const advice = (slot: Slot, options: { use: string; [option: string]: unknown }, facts: Partial<Facts> = {}) =>
    bench.advice(slot, options, facts).map(({ severity, code, path }) => `${severity} ${code} ${path}`.trim());
  const kmeans = (options: object, facts: Partial<Facts> = {}) =>
    advice('assigner', { use: 'spherical-kmeans', clusters: 20, ...options }, facts);
  const epoch = { trainImages: 100, stepsPerEpoch: 10, batchSize: 10 };

  it('gives no warning for a good pipeline', () => {
    expect(kmeans({}, epoch)).to.deep.equal([]);
    expect(advice('objective', { use: 'deepcluster-v2' })).to.deep.equal([]);
  });

  it('refuses to keep more views than there are global ones', () => {
    expect(kmeans({ assignedViews: 3 })).to.deep.equal(['error KMEANS_ASSIGNED_VIEWS assignedViews']);
    expect(kmeans({ assignedViews: 2 })).to.deep.equal([]);
  });

  it('refuses more clusters than images of an epoch, and speaks of small ones', () => {
    const refused = ['error KMEANS_MORE_CLUSTERS_THAN_IMAGES clusters'];
    expect(kmeans({ clusters: [2, 101] }, epoch)).to.deep.equal(refused);
    expect(kmeans({ clusters: 51 }, { ...epoch, stepsPerEpoch: 5 })).to.deep.equal(refused);
    expect(kmeans({ clusters: 100 }, epoch)).to.deep.equal(['warning KMEANS_SMALL_CLUSTERS clusters']);
    expect(kmeans({ clusters: 21 }, epoch)).to.deep.equal(['warning KMEANS_SMALL_CLUSTERS clusters']);
    expect(kmeans({ clusters: 1000 })).to.deep.equal([]);
  });

  it('warns about a memory that is larger than a gibibyte', () => {
    const large = { embeddingDim: 128, trainImages: 2 ** 20 };
    expect(kmeans({}, large)).to.deep.equal(['warning KMEANS_MEMORY']);
    expect(kmeans({ assignedViews: 1 }, { ...large, trainImages: 2 ** 20 })).to.deep.equal([]);
  });

  it('warns about few epochs', () => {
    expect(kmeans({}, { epochs: 4 })).to.deep.equal(['warning KMEANS_FEW_EPOCHS']);
    expect(kmeans({}, { epochs: 5 })).to.deep.equal([]);
  });

  it('warns about hard codes that nothing balances', () => {
    const hard = (objective: string) => advice('assigner', { use: 'kmeans-assign' }, { uses: { objective } });
    for (const use of ['deepcluster-v2', 'swav', 'dino'])
      expect(hard(use)).to.deep.equal(['warning KMEANS_ASSIGN_UNBALANCED']);
    for (const use of ['carl', 'carp']) expect(hard(use)).to.deep.equal([]);
  });

  it('refuses a single view', () => {
    const views = [{ kind: 'global', height: 8, width: 8 }] as const;
    expect(advice('objective', { use: 'deepcluster-v2' }, { views })).to.deep.equal(['error OBJECTIVE_NEEDS_VIEWS']);
  });
});
