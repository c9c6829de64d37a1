import {
  CarlError,
  type HostArray,
  type Metric,
  type Random,
  rankMe,
  seededStreams,
  singularValues,
} from '@carl-ssl/core';
import { expect } from 'chai';
import plugin from '@carl-ssl/evaluate';

function metric(use: string, options: object = {}): Metric {
  return plugin.components
    .find(({ slot, use: name }) => slot.name === 'metric' && name === use)!
    .create(options, {}) as Metric;
}

const streams = seededStreams(7);
const floats = (shape: readonly number[], data: ArrayLike<number>): HostArray => ({
  shape,
  data: Float32Array.from(data),
});
const ints = (data: ArrayLike<number>): HostArray => ({ shape: [data.length], data: Int32Array.from(data) });
const normals = (random: Random, rows: number, columns: number): HostArray =>
  floats(
    [rows, columns],
    Float32Array.from({ length: rows * columns }, () => random.normal()),
  );
const draws = (random: Random, count: number, n: number): HostArray =>
  ints(Array.from({ length: count }, () => random.integer(n)));
const figure = (result: number | HostArray): number => result as number;
const values = (result: number | HostArray): number[] => Array.from((result as HostArray).data);

function rejects(run: () => unknown, code: string, words: RegExp): void {
  expect(run).to.throw(CarlError, words).with.property('code', code);
}

/** Rows in the order of the permutation. */
function reordered(array: HostArray, order: Int32Array): HostArray {
  const width = array.data.length / array.shape[0];
  const data = Array.from(order).flatMap(row => Array.from(array.data.slice(row * width, (row + 1) * width)));
  return array.data instanceof Int32Array ? ints(data) : floats(array.shape, data);
}

describe('metric knn', () => {
  const train = { trainFeatures: floats([4, 2], [1, 0, 2, 0.1, 0, 3, 0.1, 1]), trainLabels: ints([2, 2, 0, 0]) };

  it('classifies by direction, whatever the lengths', () => {
    const test = { testFeatures: floats([2, 2], [0.001, 0, 0, 900]), testLabels: ints([2, 1]) };
    const result = metric('knn', { k: 2, temperature: 0.1, classes: 3 }).compute({ ...train, ...test });
    expect(values(result.predictions)).to.deep.equal([2, 0]);
    expect(result.accuracy).to.equal(0.5);
  });

  it('weighs votes: one very near neighbour beats two far ones at a low temperature only', () => {
    const near = { trainFeatures: floats([3, 2], [1, 0, 0, 1, 0.1, 1]), trainLabels: ints([0, 1, 1]) };
    const test = { testFeatures: floats([1, 2], [1, 0.1]), testLabels: ints([0]) };
    const accuracy = (temperature: number) =>
      metric('knn', { k: 3, temperature, classes: 2 }).compute({ ...near, ...test }).accuracy;
    expect(accuracy(0.1)).to.equal(1);
    expect(accuracy(0.0005)).to.equal(1);
    expect(accuracy(100)).to.equal(0);
  });

  it('gives equal votes to the first class and equal similarities to the first row', () => {
    const same = { trainFeatures: floats([2, 1], [1, 1]), testFeatures: floats([1, 1], [3]), testLabels: ints([0]) };
    const predict = (k: number, labels: number[]) =>
      values(
        metric('knn', { k, temperature: 0.1, classes: 3 }).compute({ ...same, trainLabels: ints(labels) }).predictions,
      );
    expect(predict(2, [2, 1])).to.deep.equal([1]);
    expect(predict(1, [2, 1])).to.deep.equal([2]);
  });

  it('refuses more neighbours than rows, labels out of range, NaN and wrong shapes', () => {
    const test = { testFeatures: floats([1, 2], [1, 0]), testLabels: ints([0]) };
    const run =
      (change: object, k = 1) =>
      () =>
        metric('knn', { k, temperature: 0.1, classes: 3 }).compute({ ...train, ...test, ...change });
    rejects(run({}, 5), 'INPUT_ARGUMENT', /5 neighbours.*4 training rows/);
    rejects(run({ trainLabels: ints([0, 1, 3, 0]) }), 'INPUT_DATA', /Entry 2 of 'trainLabels' is 3.*0 to 2/);
    rejects(run({ testFeatures: floats([1, 2], [NaN, 0]) }), 'INPUT_DATA', /Row 0 of 'testFeatures'/);
    rejects(run({ trainLabels: ints([0, 1]) }), 'SHAPE', /'trainLabels' has shape \[2\].*\[4\]/);
    rejects(run({ testFeatures: floats([1, 3], [1, 0, 0]) }), 'SHAPE', /2 and 3 columns/);
    rejects(
      () => metric('knn', { k: 1, temperature: 0.1, classes: 3 }).compute(test),
      'SHAPE',
      /'trainFeatures' is missing. Given: testFeatures, testLabels/,
    );
  });
});

describe('metric clustering', () => {
  const names = ['nmi', 'ami', 'ari', 'homogeneity', 'completeness', 'vMeasure', 'fowlkesMallows', 'accuracy'];

  it('does not depend on the numbers or the order of samples', () => {
    const random = streams.at('clustering');
    const [labels, clusters, order] = [draws(random, 90, 4), draws(random, 90, 7), random.permutation(90)];
    const compute = metric('clustering').compute;
    const before = compute({ labels, clusters });
    const renamed = ints(Array.from(clusters.data, value => [90, -3, 5, 0, 77, 12, 1][value]));
    const after = compute({ labels: reordered(labels, order), clusters: reordered(renamed, order) });
    for (const name of names) expect(after[name], name).to.be.closeTo(figure(before[name]), 1e-12);
  });

  it('swaps homogeneity and completeness when labels and clusters are swapped', () => {
    const random = streams.at('swap');
    const [labels, clusters] = [draws(random, 60, 3), draws(random, 60, 5)];
    const [one, other] = [
      metric('clustering').compute({ labels, clusters }),
      metric('clustering').compute({ labels: clusters, clusters: labels }),
    ];
    expect(one.homogeneity).to.be.closeTo(figure(other.completeness), 1e-12);
    for (const name of ['nmi', 'ami', 'ari', 'vMeasure', 'fowlkesMallows', 'accuracy'])
      expect(one[name]).to.be.closeTo(figure(other[name]), 1e-12);
  });

  it('finds the best matching, not the greedy one', () => {
    // Counts [[5, 4], [4, 0]]: greedy takes 5 + 0, the best is 4 + 4.
    const labels = ints([...Array(9).fill(0), ...Array(4).fill(1)]);
    const clusters = ints([...Array(5).fill(0), ...Array(4).fill(1), ...Array(4).fill(0)]);
    expect(metric('clustering').compute({ labels, clusters }).accuracy).to.be.closeTo(8 / 13, 1e-12);
  });

  it('agrees with trying all matchings', () => {
    const random = streams.at('matchings');
    for (let round = 0; round < 30; round++) {
      const sizes = [1 + random.integer(5), 1 + random.integer(5)];
      const [labels, clusters] = [draws(random, 40, sizes[0]), draws(random, 40, sizes[1])];
      const best = mostMatched(Array.from(labels.data), Array.from(clusters.data));
      expect(metric('clustering').compute({ labels, clusters }).accuracy).to.be.closeTo(best / 40, 1e-12);
    }
  });

  it('one cluster: complete, not homogeneous, no information', () => {
    const result = metric('clustering').compute({ labels: ints([0, 0, 1, 1]), clusters: ints([4, 4, 4, 4]) });
    const { fowlkesMallows, ...others } = result;
    expect(others).to.deep.equal({
      nmi: 0,
      ami: 0,
      ari: 0,
      homogeneity: 0,
      completeness: 1,
      vMeasure: 0,
      accuracy: 0.5,
    });
    expect(fowlkesMallows).to.be.closeTo(2 / Math.sqrt(12), 1e-12);
  });
});

/** Most samples right under any one-to-one matching, by trying them all. */
function mostMatched(labels: readonly number[], clusters: readonly number[]): number {
  const classes = [...new Set(labels)];
  const count = (label: number, cluster: number) =>
    labels.filter((value, i) => value === label && clusters[i] === cluster).length;
  const best = (at: number, left: readonly number[]): number => {
    if (at === classes.length) return 0;
    const single = best(at + 1, left);
    return Math.max(
      single,
      ...left.map(
        cluster =>
          count(classes[at], cluster) +
          best(
            at + 1,
            left.filter(other => other !== cluster),
          ),
      ),
    );
  };
  return best(0, [...new Set(clusters)]);
}

describe('metric logistic-regression', () => {
  const random = streams.at('logistic');
  const problem = (classes: number) => ({
    trainFeatures: normals(random, 50, 4),
    trainLabels: ints(Array.from({ length: 50 }, (_, i) => i % classes)),
    testFeatures: normals(random, 20, 4),
    testLabels: draws(random, 20, classes),
  });

  it('does not depend on the order of the samples', () => {
    const inputs = problem(3);
    const order = random.permutation(50);
    const moved = {
      trainFeatures: reordered(inputs.trainFeatures, order),
      trainLabels: reordered(inputs.trainLabels, order),
    };
    const compute = metric('logistic-regression', { C: 1, classes: 3 }).compute;
    expect(compute({ ...inputs, ...moved }).loss).to.be.closeTo(figure(compute(inputs).loss), 1e-12);
  });

  it('is at a stationary point: the bias makes mean probabilities equal class shares', () => {
    const inputs = problem(4);
    const result = metric('logistic-regression', { C: 0.3, classes: 4 }).compute({
      ...inputs,
      testFeatures: inputs.trainFeatures,
      testLabels: inputs.trainLabels,
    });
    const shares = values(result.probabilities);
    for (let k = 0; k < 4; k++) {
      const mean = shares.filter((_, i) => i % 4 === k).reduce((a, b) => a + b, 0) / 50;
      expect(mean).to.be.closeTo(values(inputs.trainLabels).filter(label => label === k).length / 50, 1e-6);
    }
  });

  it('never predicts a class without training samples', () => {
    const inputs = problem(3);
    const labels = ints(Array.from(inputs.trainLabels.data, label => (label === 1 ? 2 : label)));
    const result = metric('logistic-regression', { C: 1, classes: 3 }).compute({ ...inputs, trainLabels: labels });
    expect(values(result.predictions)).not.to.include(1);
    expect(values(result.probabilities).filter((_, i) => i % 3 === 1)).to.deep.equal(Array(20).fill(0));
  });

  it('separates what can be separated, also with a nearly free fit', () => {
    const trainFeatures = floats([6, 1], [-3, -2, -1, 1, 2, 3]);
    const trainLabels = ints([0, 0, 0, 1, 1, 1]);
    const inputs = { trainFeatures, trainLabels, testFeatures: trainFeatures, testLabels: trainLabels };
    const result = metric('logistic-regression', { C: 1e6, classes: 2 }).compute(inputs);
    expect(result.accuracy).to.equal(1);
    expect(result.trainLogLoss).to.be.within(0, 1e-4);
  });

  it('has the same optimum with and without a preconditioner, which wide features are fitted without', () => {
    const inputs = problem(3);
    const padded = ({ shape: [rows, width], data }: HostArray): HostArray => {
      const columns = 1100;
      const wide = new Float32Array(rows * columns);
      for (let row = 0; row < rows; row++)
        for (let i = 0; i < width; i++) wide[row * columns + 5 * i] = data[row * width + i];
      return { shape: [rows, columns], data: wide };
    };
    const { compute } = metric('logistic-regression', { C: 1, classes: 3 });
    const wide = {
      ...inputs,
      trainFeatures: padded(inputs.trainFeatures),
      testFeatures: padded(inputs.testFeatures),
    };
    expect(compute(wide).loss).to.be.closeTo(figure(compute(inputs).loss), 1e-9);
    expect(values(compute(wide).predictions)).to.deep.equal(values(compute(inputs).predictions));
  });

  it('refuses a single class', () => {
    const one = { ...problem(2), trainLabels: ints(Array(50).fill(1)) };
    rejects(
      () => metric('logistic-regression', { C: 1, classes: 2 }).compute(one),
      'INPUT_DATA',
      /All 50 training labels are 1/,
    );
  });
});

describe('metric linear-svm', () => {
  it('has its optimum where one point of each class says it is', () => {
    const features = floats([2, 1], [1, -1]);
    const labels: HostArray = { shape: [2, 1], data: Int32Array.of(1, 0) };
    const compute = metric('linear-svm', { C: 0.5, positiveWeight: 1 }).compute;
    const inputs = { trainFeatures: features, trainLabels: labels, testFeatures: features, testLabels: labels };
    // The minimum of w^2 / 2 + 2 C (1 - w)^2, with a bias of 0.
    const [first, second] = values(compute(inputs).decisions);
    expect(first).to.be.closeTo(2 / 3, 1e-6);
    expect(second).to.be.closeTo(-2 / 3, 1e-6);
    expect(compute(inputs).mean).to.equal(1);
    rejects(
      () => compute({ ...inputs, trainFeatures: floats([1, 1], [1]) }),
      'SHAPE',
      /has 1 rows and 'trainLabels' has 2/,
    );
  });
});

describe('singular values and RankMe', () => {
  const matrix = (rows: number, columns: number, data: ArrayLike<number>) => ({ rows, columns, data });

  it('known values: a diagonal, a rank of one, an isometry', () => {
    expect(Array.from(singularValues(matrix(3, 2, [3, 0, 0, -4, 0, 0])))).to.deep.equal([4, 3]);
    const [largest, rest] = singularValues(matrix(4, 2, [1, 2, 2, 4, 3, 6, 4, 8]));
    expect(largest).to.be.closeTo(Math.sqrt(150), 1e-12);
    expect(rest).to.be.below(1e-14);
    expect(
      rankMe(
        matrix(
          40,
          4,
          Array.from({ length: 160 }, (_, i) => (i % 4 === (i >> 2) % 4 ? 7 : 0)),
        ),
        1e-12,
      ),
    ).to.be.closeTo(4, 1e-8);
  });

  it('the same for the transposed matrix and any order of rows, blocks of rows or not', () => {
    const random = streams.at('svd');
    for (const [rows, columns] of [
      [23, 5],
      [5, 5],
      [6, 5],
      [50, 8],
    ]) {
      const data = Array.from({ length: rows * columns }, () => random.normal());
      const turned = Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
      const [one, other] = [singularValues(matrix(rows, columns, data)), singularValues(matrix(columns, rows, turned))];
      one.forEach((value, i) => expect(value).to.be.closeTo(other[i], 1e-12));
      const squares = data.reduce((sum, value) => sum + value * value, 0);
      expect(one.reduce((sum, value) => sum + value * value, 0)).to.be.closeTo(squares, 1e-10 * squares);
    }
  });

  it('zeros have rank 0, NaN gives NaN, and the metric refuses it', () => {
    expect(rankMe(matrix(3, 2, new Float32Array(6)), 1e-7)).to.equal(0);
    expect(rankMe(matrix(3, 2, [1, 2, 3, NaN, 5, 6]), 1e-7)).to.be.NaN;
    rejects(
      () => metric('rankme', { epsilon: 1e-7 }).compute({ features: floats([3, 2], [1, 2, 3, NaN, 5, 6]) }),
      'INPUT_DATA',
      /Row 1 of 'features'/,
    );
  });
});

describe('metrics top-k, mean-average-precision, alignment-uniformity, silhouette', () => {
  it('top-k counts equal scores for the lower class first, and refuses k above the classes', () => {
    const inputs = { scores: floats([2, 3], [0.5, 0.5, 0.1, 0.2, 0.2, 0.2]), labels: ints([1, 2]) };
    expect(metric('top-k', { k: [1, 2, 3] }).compute(inputs)).to.deep.equal({ top1: 0, top2: 0.5, top3: 1 });
    rejects(() => metric('top-k', { k: [1, 4] }).compute(inputs), 'INPUT_ARGUMENT', /k is 4, but there are only 3/);
  });

  it('average precision by each interpolation, with rows of label -1 left out', () => {
    const scores = floats([4, 1], [9, 8, 7, 6]);
    const labels = (data: readonly number[]): HostArray => ({ shape: [4, 1], data: Int32Array.from(data) });
    const mean = (interpolation: string, data: readonly number[]) =>
      figure(metric('mean-average-precision', { interpolation }).compute({ scores, labels: labels(data) }).mean);
    // Precision 1/2 at recall 1/2, and 2/3 at recall 1.
    expect(mean('none', [0, 1, -1, 1])).to.be.closeTo((1 / 2 + 2 / 3) / 2, 1e-12);
    expect(mean('area', [0, 1, -1, 1])).to.be.closeTo(2 / 3, 1e-12);
    // Precision 1 at recall 1/2 (recalls 0 to 0.5), and 1/2 at recall 1.
    expect(mean('eleven-point', [1, 0, 0, 1])).to.be.closeTo((6 * 1 + 5 * (1 / 2)) / 11, 1e-12);
    expect(mean('area', [0, 0, 0, -1])).to.equal(0);
    rejects(() => mean('none', [0, 1, 2, 1]), 'INPUT_DATA', /Row 2, column 0 of 'labels' is 2/);
  });

  it('average precision does not depend on the order of equal scores', () => {
    const scores = floats([4, 1], [0.9, 0.5, 0.5, 0.1]);
    const of = (labels: number[]) =>
      metric('mean-average-precision').compute({ scores, labels: { shape: [4, 1], data: Int32Array.from(labels) } });
    // Steps: {0.9}: precision 0, then {0.5, 0.5}: recall 0 to 1 at precision 1/3.
    expect(of([0, 1, 0, 0]).mean).to.be.closeTo(1 / 3, 1e-12);
    expect(of([0, 0, 1, 0]).mean).to.be.closeTo(1 / 3, 1e-12);
    expect(of([1, 0, 0, 1]).mean).to.be.closeTo(0.5 * 1 + 0.5 * 0.5, 1e-12);
    expect(of([0, 0, 0, 0]).mean).to.equal(0);
    rejects(() => of([0, 2, 0, 0]), 'INPUT_DATA', /Row 1, column 0 of 'labels' is 2/);
  });

  it('alignment and uniformity of known points', () => {
    // Two opposite directions: distance 2; x and y a right angle apart: squared distance 2.
    const inputs = { view0: floats([2, 2], [5, 0, -1, 0]), view1: floats([2, 2], [0, 1, 0, 3]) };
    const result = metric('alignment-uniformity', { t: 3, alpha: 4 }).compute(inputs);
    expect(result.alignment).to.be.closeTo(4, 1e-12);
    expect(result.uniformity).to.be.closeTo(-12, 1e-12);
    rejects(
      () =>
        metric('alignment-uniformity', { t: 2, alpha: 2 }).compute({
          view0: floats([1, 2], [1, 0]),
          view1: floats([1, 2], [1, 0]),
        }),
      'SHAPE',
      /at least two rows/,
    );
  });

  it('silhouette: known groups, a group of one counts 0, and one group is refused', () => {
    const inputs = { features: floats([3, 1], [0, 1, 10]), labels: ints([5, 5, -2]) };
    // a = 1, b = 10 and 9; the third is alone.
    expect(metric('silhouette', { metric: 'euclidean' }).compute(inputs).silhouette).to.be.closeTo(
      (9 / 10 + 8 / 9) / 3,
      1e-12,
    );
    rejects(
      () => metric('silhouette').compute({ ...inputs, labels: ints([1, 1, 1]) }),
      'INPUT_DATA',
      /1 group of 3 rows/,
    );
    rejects(
      () => metric('silhouette').compute({ ...inputs, labels: ints([1, 2, 3]) }),
      'INPUT_DATA',
      /3 groups of 3 rows/,
    );
  });
});
