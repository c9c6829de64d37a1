import { seededStreams } from '@carl-ssl/core';
import { kMeans } from '@carl-ssl/evaluate';
import { expect } from 'chai';
import { inputs, onSplit, rejected, run, unlabelled, value } from './evaluate-support.js';

describe('clustering', () => {
  it('finds separate groups, and has an ARI near 0 for random features', async () => {
    for (const [options, name] of [
      [{}, 'spherical3x5n90-std'],
      [onSplit, 'kmeans3x5'],
    ] as const) {
      const apart = await run('clustering', inputs(30), options);
      for (const score of ['nmi', 'ami', 'ari', 'fmi', 'homogeneity', 'completeness', 'v-measure', 'clustering'])
        expect(value(apart, 'test', `${score}@${name}`), score).to.be.closeTo(1, 1e-9);
      expect(value(await run('clustering', inputs(0), options), 'test', `ari@${name}`)).to.be.below(0.15);
    }
  });

  it('makes as many clusters as there are different labels', async () => {
    const given = inputs(30, { classCount: 91 });
    const names = async (options: object) =>
      new Set((await run('clustering', given, options)).map(({ metric }) => metric.split('@')[1]));
    expect(await names({})).to.deep.equal(new Set(['spherical3x5n90-std']));
    expect(await names(onSplit)).to.deep.equal(new Set(['kmeans3x5']));
  });

  it('its name carries every setting', async () => {
    const name = async (options: object) => (await run('clustering', inputs(3), options))[0].metric;
    expect(await name({ normalize: true })).to.equal('nmi@spherical3x5n90-std-unit');
    expect(await name({ standardize: false })).to.equal('nmi@spherical3x5n90-raw');
    expect(await name({ samples: 40, clusters: 7 })).to.equal('nmi@spherical7x5n40-std');
    expect(await name({ ...onSplit, normalize: false })).to.equal('nmi@kmeans3x5-raw');
  });

  it('fits on train alone: measured images change neither centroids nor scaling', async () => {
    const given = inputs(2);
    const all = await run('clustering', given);
    const double = { ...given.validation!, features: given.validation!.features.map(x => 50 * x) };
    const other = await run('clustering', { ...given, validation: double });
    const onTest = (results: typeof all) => results.filter(({ split }) => split === 'test');
    expect(onTest(other)).to.deep.equal(onTest(all));
    const shifted = { ...given.train, features: given.train.features.map((x, i) => (i % 6 === 0 ? -x : x)) };
    expect(onTest(await run('clustering', { ...given, train: shifted }))).not.to.deep.equal(onTest(all));
  });

  it('spherical k-means finds the partition with the largest loss, by trying all', () => {
    for (let round = 0; round < 10; round++) {
      const random = seededStreams(round).at('points');
      const rows = { data: Float32Array.from({ length: 24 }, () => random.normal()), rows: 8, columns: 3 };
      const options = { clusters: 2, starts: 60, maxIterations: 50, spherical: true };
      const clusters = kMeans(rows, options, seededStreams(9).at('starts'));
      const all = Array.from({ length: 256 }, (_, bits) => Array.from({ length: 8 }, (_, row) => (bits >> row) & 1));
      expect(lengths(rows.data, clusters)).to.be.closeTo(Math.max(...all.map(one => lengths(rows.data, one))), 1e-5);
    }
  });

  it('more starts never have more inertia', () => {
    const random = seededStreams(8).at('points');
    const rows = { data: Float32Array.from({ length: 400 }, () => random.normal()), rows: 200, columns: 2 };
    const spread = (starts: number) =>
      inertia(rows.data, kMeans(rows, { clusters: 12, starts, maxIterations: 100 }, seededStreams(9).at('starts')));
    expect(spread(10)).to.be.below(spread(1));
  });

  it('copes with fewer different rows than clusters, and refuses more clusters than rows', async () => {
    const same = inputs(0);
    for (const { features } of [same.train, same.validation!, same.test!]) features.fill(1);
    const third = value(await run('clustering', same), 'test', 'clustering@spherical3x5n90-std');
    expect(third).to.be.closeTo(1 / 3, 1e-9);
    const split = value(await run('clustering', same, onSplit), 'test', 'clustering@kmeans3x5');
    expect(split).to.be.closeTo(1 / 3, 1e-9);
    await rejected(
      run('clustering', inputs(0), { ...onSplit, clusters: 31 }),
      'INPUT_ARGUMENT',
      /31 clusters.* 30 images of split 'validation'/,
    );
    await rejected(run('clustering', inputs(0), { clusters: 91 }), 'INPUT_ARGUMENT', /91 clusters.* 90 images of/);
  });

  it('refuses labels out of range, and features whose squares overflow', async () => {
    for (const use of ['clustering', 'retrieval']) {
      const options = use === 'retrieval' ? { gallery: 'split' } : {};
      for (const label of [-1, 3]) {
        const wrong = inputs(3);
        wrong.test!.labels![4] = label;
        await rejected(run(use, wrong, options), 'INPUT_DATA', new RegExp(`image 4 .*'test' is ${label}\\.`));
      }
    }
    const huge = inputs(3);
    for (const { features } of [huge.train, huge.validation!, huge.test!])
      features.forEach((x, i, all) => (all[i] = 1e30 * x));
    const plain = { ...onSplit, normalize: false };
    await rejected(run('clustering', huge, plain), 'INPUT_DATA', /exceed the range of float32.*standardize/);
    const scaled = await run('clustering', huge);
    expect(scaled.map(one => one.value)).to.deep.equal((await run('clustering', inputs(3))).map(one => one.value));
  });

  it('classes may be missing in a split, and labels in train', async () => {
    const given = inputs(30);
    const two = given.train.labels!.map(label => label % 2);
    const names = async (train: typeof given.train) =>
      new Set((await run('clustering', { ...given, train })).map(({ metric }) => metric.split('@')[1]));
    expect(await names({ ...given.train, labels: two })).to.deep.equal(new Set(['spherical2x5n90-std']));
    expect(await names(unlabelled(given.train))).to.deep.equal(new Set(['spherical3x5n90-std']));
  });

  it('refuses a split of one class', async () => {
    const given = inputs(3);
    given.test!.labels!.fill(2);
    await rejected(
      run('clustering', given),
      'INPUT_DATA',
      /All images of split 'test' are of one class, 2.*two classes/,
    );
  });
});

function average(values: readonly number[]): number {
  return values.reduce((sum, entry) => sum + entry, 0) / values.length;
}

/** Sum of squared distances of points in the plane to the means of their clusters. */
function inertia(points: Float32Array, clusters: Int32Array): number {
  const members = (cluster: number) => [...clusters.keys()].filter(row => clusters[row] === cluster);
  return [...new Set(clusters)].reduce((sum, cluster) => {
    const axes = [0, 1].map(axis => members(cluster).map(row => points[2 * row + axis]));
    return (
      sum +
      axes.reduce(
        (squares, entries) => squares + entries.reduce((s, entry) => s + (entry - average(entries)) ** 2, 0),
        0,
      )
    );
  }, 0);
}

/** Sum of the lengths of the sums of the rows [N, 3] of each cluster, which spherical k-means maximises. */
function lengths(rows: Float32Array, clusters: ArrayLike<number>): number {
  return [0, 1].reduce((sum, cluster) => {
    const total = [0, 0, 0];
    rows.forEach((entry, i) => (total[i % 3] += clusters[Math.floor(i / 3)] === cluster ? entry : 0));
    return sum + Math.hypot(...total);
  }, 0);
}
