import type { Facts, Objective, Random } from '@carl-ssl/core';
import carpPlugin from '@carl-ssl/carp';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, lossAndGradients, noise, number, rows, workbench } from './objective-support.js';
import { dot, entropyOf, isZero, mean, meanRow, softmaxOf } from './plain-maths.js';

const bench = workbench(carpPlugin);
const carp = (options: object = {}): Objective =>
  bench.make('objective', { use: 'carp', partitionSize: 3, ...options });
const viewsOf = (name: string, count: number): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, 4, 8));

/** K = 8 in groups of 3: prototypes 0 and 7 are left out. */
const ORDER = [5, 2, 1, 4, 6, 3, 0, 7];
const GROUPS = [
  [5, 2, 1],
  [4, 6, 3],
];

/** A context that draws the given permutation of prototypes. */
const context = (order: readonly number[] = ORDER) => {
  const plain = contextAt();
  const random: Random = { ...plain.random, permutation: () => Int32Array.from(order) };
  return { ...plain, random };
};

/** [G][B][s]: the softmax of each group. */
const groupsOf = (logits: Tensor2D, temperature = 1): number[][][] =>
  GROUPS.map(group =>
    rows(logits).map(row =>
      softmaxOf(
        group.map(k => row[k]),
        temperature,
      ),
    ),
  );

function parts(views: readonly number[][][][], targets: readonly number[][][][]) {
  const agreement = GROUPS.map((_, g) =>
    mean(
      targets.flatMap((q, j) =>
        views.flatMap((p, i) => (i === j ? [] : p[g].map((row, b) => -Math.log(dot(row, q[g][b]))))),
      ),
    ),
  );
  const divergence = GROUPS.map(
    (_, g) => Math.log(3) - entropyOf(meanRow([...views, ...targets].flatMap(one => one[g]))),
  );
  return { consistency: mean(agreement), regulariser: mean(divergence) };
}

describe('objective carp', () => {
  onCpuInScope();

  it("is CARL's loss within groups of prototypes, averaged over them", () => {
    const [views, targets] = [viewsOf('view', 3), viewsOf('teacher', 2)];
    const objective = carp({ temperature: 0.5, entropyWeight: 2 });
    const { loss, parts: found } = objective.compute(inputsOf(views, { targets }), context());
    const expected = parts(
      views.map(view => groupsOf(view, 0.5)),
      targets.map(target => groupsOf(target, 0.5)),
    );
    expect(number(found.consistency)).to.be.closeTo(expected.consistency, 1e-5);
    expect(number(found.regulariser)).to.be.closeTo(expected.regulariser, 1e-5);
    expect(number(loss)).to.be.closeTo(expected.consistency + 2 * expected.regulariser, 1e-5);
  });

  it('renormalises codes within each group', () => {
    const views = viewsOf('view', 2);
    const codes = viewsOf('code', 2).map(code => tf.softmax(code));
    const { parts: found } = carp().compute(inputsOf(views, { codes }), context());
    const share = (row: readonly number[], group: readonly number[]) => {
      const own = group.map(k => row[k]);
      return own.map(value => value / own.reduce((a, b) => a + b, 0));
    };
    const expected = parts(
      views.map(view => groupsOf(view)),
      codes.map(code => GROUPS.map(group => rows(code).map(row => share(row, group)))),
    );
    expect(number(found.consistency)).to.be.closeTo(expected.consistency, 1e-5);
    expect(number(found.regulariser)).to.be.closeTo(expected.regulariser, 1e-5);
  });

  it('gives a gradient to prototypes of a group alone, and none to the teacher', () => {
    const [views, targets] = [viewsOf('view', 2), viewsOf('teacher', 2)];
    const { gradients } = lossAndGradients(
      [...views, ...targets],
      () => carp().compute(inputsOf(views, { targets }), context()).loss,
    );
    expect(gradients.map(isZero)).to.deep.equal([false, false, true, true]);
    for (const gradient of gradients.slice(0, 2)) {
      const column = (k: number) => [0, 1, 2, 3].map(b => gradient[b * 8 + k]);
      for (const k of [0, 7]) expect(column(k)).to.deep.equal([0, 0, 0, 0]);
      for (const k of GROUPS.flat()) expect(column(k).every(value => value !== 0)).to.equal(true);
    }
  });

  it('draws its groups from the stream of the step', () => {
    const inputs = inputsOf(viewsOf('view', 2), { targets: viewsOf('teacher', 2) });
    const loss = (step: number) => number(carp().compute(inputs, contextAt(step)).loss);
    expect(loss(1)).to.equal(loss(1));
    expect(loss(1)).to.not.equal(loss(2));
  });

  it('takes all prototypes as one group if there are fewer than a group has', () => {
    const inputs = inputsOf(viewsOf('view', 2), { targets: viewsOf('teacher', 2) });
    const loss = (partitionSize: number) => number(carp({ partitionSize }).compute(inputs, contextAt()).loss);
    expect(loss(512)).to.be.closeTo(loss(8), 1e-6);
  });

  it('reaches its trivial values in a collapse', () => {
    const objective = carp({ entropyWeight: 2 });
    const [uniform, same] = objective.trivial({ batchSize: 4, views: 2, width: 8 }, contextAt());
    expect([uniform.loss, same.loss]).to.deep.equal([Math.log(3), 2 * Math.log(3)]);
    const loss = (view: Tensor2D) => {
      const branch = [view, view];
      return number(objective.compute(inputsOf(branch, { targets: branch }), context()).loss);
    };
    expect(loss(tf.zeros([4, 8]))).to.be.closeTo(uniform.loss, 1e-5);
    const certain = tf.tile(tf.tensor2d([ORDER.map((_, k) => ([5, 4].includes(k) ? 100 : 0))]), [4, 1]);
    expect(loss(certain)).to.be.closeTo(same.loss, 1e-4);
    const [small] = objective.trivial({ batchSize: 4, views: 2, width: 2 }, contextAt());
    expect(small.loss).to.equal(Math.log(2));
  });
});

describe('advice on CARP', () => {
  const codes = (options: object, facts: Partial<Facts> = {}) =>
    bench
      .advice('objective', { use: 'carp', partitionSize: 64, ...options }, facts)
      .map(({ severity, code, path }) => `${severity} ${code} ${path}`.trim());

  it('gives no warning for a good pipeline', () => {
    expect(codes({}, { prototypeCount: 64 })).to.deep.equal([]);
  });

  it('refuses groups that are larger than the prototypes are many', () => {
    expect(codes({}, { prototypeCount: 63 })).to.deep.equal(['error CARP_PARTITION_TOO_LARGE partitionSize']);
  });

  it('warns about groups that are larger than the rows of a step', () => {
    expect(codes({ partitionSize: 41 }, { batchSize: 10 })).to.deep.equal([
      'warning CARP_PARTITION_EXCEEDS_BATCH partitionSize',
    ]);
    expect(codes({ partitionSize: 40 }, { batchSize: 10 })).to.deep.equal([]);
  });

  it('warns about low temperatures of scores that are no cosines', () => {
    const uses = { head: 'carp-head' };
    const low = ['warning CARP_TEMPERATURE_LOW temperature'];
    expect(codes({ temperature: 0.5 }, { uses, assignerTemperature: 0.9 })).to.deep.equal(low);
    expect(codes({}, { uses, assignerTemperature: 0.1 })).to.deep.equal(low);
    expect(codes({}, { uses, assignerTemperature: 0.5 })).to.deep.equal([]);
    expect(codes({}, { uses: { head: 'mlp-head' }, assignerTemperature: 0.1 })).to.deep.equal([]);
    expect(codes({}, { uses })).to.deep.equal([]);
  });

  it('refuses a single view', () => {
    const views = [{ kind: 'global', height: 8, width: 8 }] as const;
    expect(codes({}, { views })).to.deep.equal(['error OBJECTIVE_NEEDS_VIEWS']);
  });
});
