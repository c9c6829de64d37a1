import { type Facts, type Objective, sinkhorn } from '@carl-ssl/core';
import { singleProcess } from '@carl-ssl/core/testing';
import msnPlugin from '@carl-ssl/msn';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, lossAndGradients, noise, number, rows, workbench } from './objective-support.js';
import { crossEntropyOf, dot, entropyOf, isZero, mean, meanRow, softmaxOf, sum, unit } from './plain-maths.js';

const bench = workbench(msnPlugin);
const options = { temperature: 0.2, sharpenTemperature: 0.5, iterations: 0, regularisationWeight: 0.7 };
const make = (use: 'msn' | 'pmsn', changes: object = {}): Objective =>
  bench.make('objective', { use, ...options, ...changes });
const viewsOf = (name: string, count: number): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, 4, 6));
const prototypes = (): Tensor2D => noise('prototypes', 5, 6);

/** softmax(cos / T), sharpened to the power 1 / S and renormalised. */
const assignments = (view: Tensor2D, sharpen = 1): number[][] =>
  rows(view).map(row => {
    const cosines = rows(prototypes()).map(one => dot(unit(row), unit(one)));
    const powers = softmaxOf(cosines, 0.2).map(p => p ** (1 / sharpen));
    return powers.map(power => power / sum(powers));
  });

/** Cross-entropy of the anchors, all views but the target's own, and their mean assignment. */
function expected(views: readonly Tensor2D[], targets: readonly Tensor2D[]) {
  const pairs = targets.flatMap((target, i) =>
    views.flatMap((view, j) => (i === j ? [] : [[assignments(view), assignments(target, 0.5)] as const])),
  );
  const anchors = views.filter((_, j) => targets.length > 1 || j > 0).flatMap(view => assignments(view));
  return {
    crossEntropy: mean(pairs.flatMap(([p, q]) => p.map((row, b) => crossEntropyOf(q[b], row)))),
    anchors: meanRow(anchors),
  };
}

const law = (exponent: number): number[] => {
  const weights = [1, 2, 3, 4, 5].map(k => k ** -exponent);
  return weights.map(weight => weight / sum(weights));
};
const divergence = (p: readonly number[], q: readonly number[]): number =>
  sum(p.map((share, k) => share * Math.log(share / q[k])));

describe('objectives msn and pmsn', () => {
  onCpuInScope();

  it('predict sharpened assignments, with the mean assignment pulled towards the prior', () => {
    const [views, targets] = [viewsOf('view', 3), viewsOf('teacher', 2)];
    const inputs = inputsOf(views, { targets, tensors: { prototypes: prototypes() } });
    for (const targetViews of [1, 2]) {
      const { crossEntropy, anchors } = expected(views, targets.slice(0, targetViews));
      const priors = {
        msn: Math.log(5) - entropyOf(anchors),
        pmsn: divergence(law(0.5), anchors),
      };
      for (const use of ['msn', 'pmsn'] as const) {
        const own = use === 'pmsn' ? { powerLawExponent: 0.5 } : {};
        const { loss, parts } = make(use, { targetViews, ...own }).compute(inputs, contextAt());
        expect(number(parts.crossEntropy)).to.be.closeTo(crossEntropy, 1e-5);
        expect(number(parts.regulariser)).to.be.closeTo(priors[use], 1e-5);
        expect(number(loss)).to.be.closeTo(crossEntropy + 0.7 * priors[use], 1e-5);
      }
    }
  });

  it('balance the targets by Sinkhorn iterations over their logarithms', () => {
    const [views, targets] = [viewsOf('view', 2), viewsOf('teacher', 2)];
    const inputs = inputsOf(views, { targets, tensors: { prototypes: prototypes() } });
    const { parts } = make('msn', { iterations: 3 }).compute(inputs, contextAt());
    const logarithms = tf.tensor2d(assignments(targets[0], 0.5).map(row => row.map(Math.log)));
    const balanced = rows(sinkhorn(logarithms, { epsilon: 1, iterations: 3 }, singleProcess));
    const anchors = assignments(views[1]);
    const crossEntropy = mean(anchors.map((row, b) => crossEntropyOf(balanced[b], row)));
    expect(number(parts.crossEntropy)).to.be.closeTo(crossEntropy, 1e-4);
  });

  it("work on an assigner's logits where they are asked to", () => {
    const [views, targets] = [viewsOf('view', 2), viewsOf('teacher', 2)];
    const { parts } = make('msn', { inputs: 'scores' }).compute(inputsOf(views, { targets }), contextAt());
    const p = rows(views[1]).map(row => softmaxOf(row, 0.2));
    const q = rows(targets[0]).map(row => softmaxOf(row, 0.2 * 0.5));
    expect(number(parts.crossEntropy)).to.be.closeTo(mean(p.map((row, b) => crossEntropyOf(q[b], row))), 1e-4);
    expect(bench.requires({ use: 'msn', inputs: 'scores' })).to.deep.equal(['assignments', 'teacher']);
    expect(bench.requires({ use: 'pmsn' })).to.deep.equal(['prototypes', 'teacher']);
  });

  it('give a gradient to anchors and prototypes, none to the target view and the teacher', () => {
    const [views, targets, centers] = [viewsOf('view', 2), viewsOf('teacher', 2), prototypes()];
    const inputs = inputsOf(views, { targets, tensors: { prototypes: centers } });
    const { gradients } = lossAndGradients(
      [...views, ...targets, centers],
      () => make('msn').compute(inputs, contextAt()).loss,
    );
    expect(gradients.map(isZero)).to.deep.equal([true, false, true, true, false]);
  });

  it('reach their trivial values in a collapse', () => {
    const size = { batchSize: 4, views: 2, width: 6, prototypes: 5 };
    const loss = (objective: Objective, view: Tensor2D, centers: Tensor2D) =>
      number(
        objective.compute(
          inputsOf([view, view], { targets: [view, view], tensors: { prototypes: centers } }),
          contextAt(),
        ).loss,
      );
    const same = tf.tile<Tensor2D>(noise('row', 1, 6), [4, 1]);
    const alike = tf.tile<Tensor2D>(noise('prototype', 1, 6), [5, 1]);
    const [uniform, one] = make('msn').trivial(size, contextAt());
    expect([uniform.loss, one.loss]).to.deep.equal([Math.log(5), 0.7 * Math.log(5)]);
    expect(loss(make('msn'), same, alike)).to.be.closeTo(uniform.loss, 1e-4);
    const chosen = tf.concat([tf.slice(same, 0, 1), tf.neg(tf.tile(tf.slice(same, 0, 1), [4, 1]))]) as Tensor2D;
    const cold = make('msn', { temperature: 0.01 });
    expect(loss(cold, same, chosen)).to.be.closeTo(one.loss, 1e-3);
    const prior = make('pmsn', { powerLawExponent: 0.5 });
    const [value] = prior.trivial(size, contextAt());
    expect(value.loss).to.be.closeTo(Math.log(5) + 0.7 * divergence(law(0.5), [0.2, 0.2, 0.2, 0.2, 0.2]), 1e-6);
    expect(loss(prior, same, alike)).to.be.closeTo(value.loss, 1e-4);
  });
});

describe('advice on MSN', () => {
  const codes = (changes: object, facts: Partial<Facts> = {}, use = 'msn') =>
    bench
      .advice('objective', { use, ...changes }, facts)
      .map(({ severity, code, path }) => `${severity} ${code} ${path}`.trim());

  for (const use of ['msn', 'pmsn']) {
    it(`gives no warning for a good pipeline of ${use}`, () => {
      expect(codes({}, { prototypeCount: 256 }, use)).to.deep.equal([]);
    });

    it(`refuses more target views than global ones for ${use}`, () => {
      expect(codes({ targetViews: 3 }, {}, use)).to.deep.equal(['error MSN_TARGET_VIEWS targetViews']);
      expect(codes({ targetViews: 2 }, {}, use)).to.deep.equal([]);
    });
  }

  it('warns about targets that are not sharpened', () => {
    expect(codes({ sharpenTemperature: 1 })).to.deep.equal(['warning MSN_NOT_SHARPENED sharpenTemperature']);
    expect(codes({ sharpenTemperature: 0.99 })).to.deep.equal([]);
  });

  it('warns about targets that nothing balances', () => {
    const unbalanced = { iterations: 0, regularisationWeight: 0 };
    expect(codes(unbalanced)).to.deep.equal(['warning MSN_NOTHING_BALANCES regularisationWeight']);
    expect(codes({ ...unbalanced, iterations: 1 })).to.deep.equal([]);
    expect(codes({ ...unbalanced, regularisationWeight: 0.1 })).to.deep.equal([]);
  });

  it('warns about more prototypes than anchors', () => {
    const facts = { batchSize: 10, prototypeCount: 11 };
    expect(codes({}, facts)).to.deep.equal(['warning MSN_PROTOTYPES_EXCEED_BATCH']);
    expect(codes({}, { ...facts, prototypeCount: 10 })).to.deep.equal([]);
  });

  it('refuses a single view', () => {
    const views = [{ kind: 'global', height: 8, width: 8 }] as const;
    expect(codes({}, { views })).to.deep.equal(['error OBJECTIVE_NEEDS_VIEWS']);
  });
});
