import { type Assigner, type Facts, type Objective, scorerOf } from '@carl-ssl/core';
import { singleProcess, WeightStore } from '@carl-ssl/core/testing';
import carlPlugin from '@carl-ssl/carl';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, lossAndGradients, noise, number, rows, workbench } from './objective-support.js';
import { dot, entropyOf, expectNear, isZero, mean, meanRow, softmaxOf, unit } from './plain-maths.js';

const bench = workbench(carlPlugin);
const carl = (options: object = {}): Objective => bench.make('objective', { use: 'carl', ...options });
const size = { batchSize: 4, views: 3, width: 5 };
const viewsOf = (name: string, count = 3): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, 4, 5));

/** Mean over pairs (view, target) and images of -log <p, q>. */
const consistencyOf = (pairs: readonly (readonly [number[][], number[][]])[]): number =>
  mean(pairs.flatMap(([p, q]) => p.map((row, i) => -Math.log(dot(row, q[i])))));

const pairsOf = <V>(views: readonly V[], targets: readonly V[]): [V, V][] =>
  targets.flatMap((target, j) => views.flatMap((view, i): [V, V][] => (i === j ? [] : [[view, target]])));

describe('objective carl', () => {
  onCpuInScope();

  const options = { temperature: 0.5, entropyWeight: 2 };
  const assigned = (logits: readonly Tensor2D[]) => logits.map(view => rows(view).map(row => softmaxOf(row, 0.5)));

  it('is the consistency of all pairs of views plus the weighted divergence of the mean assignment', () => {
    const views = viewsOf('view');
    const { loss, parts } = carl(options).compute(inputsOf(views), contextAt());
    const p = assigned(views);
    const consistency = consistencyOf(pairsOf(p, p));
    const divergence = Math.log(5) - entropyOf(meanRow(p.flat()));
    expect(number(parts.consistency)).to.be.closeTo(consistency, 1e-5);
    expect(number(parts.regulariser)).to.be.closeTo(divergence, 1e-5);
    expect(number(loss)).to.be.closeTo(consistency + 2 * divergence, 1e-5);
  });

  it("compares views with a teacher's or with codes, into which no gradient runs", () => {
    const [views, targets] = [viewsOf('view'), viewsOf('teacher', 2)];
    const codes = targets.map(target => tf.softmax<Tensor2D>(tf.mul(target, 3)));
    const given = [
      { rest: { targets }, expected: assigned(targets) },
      { rest: { targets, codes }, expected: codes.map(code => rows(code)) },
    ];
    for (const { rest, expected } of given) {
      const inputs = inputsOf(views, rest);
      const { parts } = carl(options).compute(inputs, contextAt());
      expect(number(parts.consistency)).to.be.closeTo(consistencyOf(pairsOf(assigned(views), expected)), 1e-5);
      const { gradients } = lossAndGradients(
        [...views, ...targets, ...codes],
        () => carl(options).compute(inputs, contextAt()).loss,
      );
      expect(gradients.map(isZero)).to.deep.equal([false, false, false, true, true, true, true]);
    }
  });

  it('keeps its value with stopGradient, and the gradient is that of constant targets', () => {
    const views = viewsOf('view');
    const through = (changes: object, targets: readonly Tensor2D[] = []) =>
      lossAndGradients(
        views,
        () => carl({ entropyWeight: 0, ...changes }).compute(inputsOf(views, { targets }), contextAt()).loss,
      );
    const [stopped, constant, both] = [through({ stopGradient: true }), through({}, views), through({})];
    expect(stopped.loss).to.be.closeTo(both.loss, 1e-6);
    stopped.gradients.forEach((gradient, i) => expect([...gradient]).to.deep.equal([...constant.gradients[i]]));
  });

  it('has a gradient through both views of a pair: twice that of constant targets', () => {
    const views = viewsOf('view', 2);
    const alone = carl({ entropyWeight: 0 });
    const gradientsOf = (targets: readonly Tensor2D[]) =>
      lossAndGradients(views, () => alone.compute(inputsOf(views, { targets }), contextAt()).loss);
    const [both, one] = [gradientsOf([]), gradientsOf(views)];
    expect(both.loss).to.be.closeTo(one.loss, 1e-6);
    both.gradients.forEach((gradient, i) => {
      expect(isZero(gradient)).to.equal(false);
      gradient.forEach((value, j) => expect(value).to.be.closeTo(2 * one.gradients[i][j], 1e-6));
    });
  });

  it('follows the schedule of its weight', () => {
    const views = viewsOf('view');
    for (const step of [0, 9]) {
      const { loss, parts } = carl().compute(inputsOf(views), contextAt(step));
      const weight = (number(loss) - number(parts.consistency)) / number(parts.regulariser);
      expect(weight).to.be.closeTo(5 - (4 * step) / 10, 1e-2);
    }
  });

  it('reaches its trivial values in a collapse', () => {
    const [uniform, same] = carl(options).trivial(size, contextAt());
    expect([uniform.loss, same.loss]).to.deep.equal([Math.log(5), 2 * Math.log(5)]);
    const collapsed = (view: Tensor2D) => number(carl(options).compute(inputsOf([view, view]), contextAt()).loss);
    expect(collapsed(tf.zeros([4, 5]))).to.be.closeTo(uniform.loss, 1e-5);
    const certain = tf.mul<Tensor2D>(tf.oneHot(tf.zeros([4], 'int32'), 5) as Tensor2D, 100);
    expect(collapsed(certain)).to.be.closeTo(same.loss, 1e-4);
  });
});

describe('assigners of CARL', () => {
  onCpuInScope();

  const prototypes = (options: object = {}): Assigner =>
    bench.make('assigner', { use: 'prototypes', count: 3, ...options });
  const weight = [
    [3, 0, 0, 4],
    [0, 2, 0, 0],
    [1, 1, 1, 1],
  ];

  function storeWith(assigner: Assigner): WeightStore {
    const store = new WeightStore();
    const initialize = () => Float32Array.from(weight.flat());
    store.add(
      'prototypes',
      assigner.weights([4]).map(spec => ({ ...spec, initialize })),
      {
        at: () => ({}) as never,
      },
    );
    return store;
  }
  const expected = (
    view: Tensor2D,
    { embeddings, prototypes: norm }: { embeddings: boolean; prototypes: boolean },
    temperature: number,
  ) =>
    rows(view).flatMap(row =>
      weight.map(one => dot(embeddings ? unit(row) : row, norm ? unit(one) : one) / temperature),
    );

  for (const [name, options, normalised] of [
    ['unit embeddings and prototypes', { temperature: 0.2 }, { embeddings: true, prototypes: true }],
    [
      'prototypes of any length',
      { normalizePrototypes: 'never', temperature: 0.2 },
      { embeddings: true, prototypes: false },
    ],
    [
      'embeddings and prototypes of any length',
      { normalizePrototypes: 'never', normalizeEmbeddings: false, temperature: 0.2 },
      { embeddings: false, prototypes: false },
    ],
  ] as const) {
    it(`scores ${name} by inner products over the temperature`, () => {
      const assigner = prototypes(options);
      const store = storeWith(assigner);
      const pass = store.pass('prototypes', true, singleProcess);
      const views = [noise('a', 2, 4), noise('b', 2, 4)];
      const { assigned } = assigner.assign(views, pass, {}, contextAt());
      assigned.forEach(({ logits }, i) => expectNear(logits, expected(views[i], normalised, 0.2)));
      store.dispose();
    });
  }

  it('sets prototypes to unit length before a step, and gives them as they are', () => {
    const assigner = prototypes({ normalizePrototypes: 'step' });
    const store = storeWith(assigner);
    const pass = store.pass('prototypes', true, singleProcess);
    expectNear(assigner.prototypes!(pass)!, weight.flat());
    assigner.prepare!(pass, {}, contextAt());
    expectNear(assigner.prototypes!(pass)!, weight.flatMap(unit));
    expect(prototypes().prepare).to.equal(undefined);
    store.dispose();
  });

  it('freezes prototypes for the steps asked for', () => {
    const assigner = prototypes({ frozenSteps: 2 });
    expect([0, 1, 2].map(step => assigner.frozen!(contextAt(step)))).to.deep.equal([['weight'], ['weight'], []]);
  });

  it('use the scores of the head unchanged if they have no prototypes', () => {
    const softmax = bench.make<Assigner>('assigner', { use: 'softmax', temperature: 0.25 });
    const scores = noise('scores', 3, 4);
    const { assigned } = softmax.assign([scores], new WeightStore().pass('x', true, singleProcess), {}, contextAt());
    expectNear(
      assigned[0].logits,
      rows(scores)
        .flat()
        .map(score => score / 0.25),
    );
    expect(softmax.prototypeCount(7, 3)).to.equal(7);
    expect(scorerOf({ normalizePrototypes: 'step', frozenSteps: 0 }).prototypes).to.equal(undefined);
  });
});

describe('advice on CARL', () => {
  const codes = (
    slot: 'objective' | 'assigner',
    options: { use: string; [option: string]: unknown },
    facts: Partial<Facts>,
  ) => bench.advice(slot, options, facts).map(({ severity, code, path }) => `${severity} ${code} ${path}`.trim());
  const objective = (options: object, facts: Partial<Facts> = {}) =>
    codes('objective', { use: 'carl', ...options }, facts);
  const assigner = (options: object, facts: Partial<Facts> = {}) =>
    codes('assigner', { use: 'prototypes', ...options }, facts);

  it('gives no warning for a good pipeline', () => {
    expect(objective({}, { prototypeCount: 512 })).to.deep.equal([]);
    expect(assigner({}, { trainImages: 256 })).to.deep.equal([]);
  });

  it('warns about a weight that does not start above 1', () => {
    const low = ['warning CARL_ENTROPY_WEIGHT_LOW entropyWeight'];
    for (const entropyWeight of [1, { from: 1, to: 5 }]) expect(objective({ entropyWeight })).to.deep.equal(low);
    for (const entropyWeight of [1.1, { from: 1.1, to: 0 }]) expect(objective({ entropyWeight })).to.deep.equal([]);
  });

  it('warns about more prototypes than rows of a step', () => {
    const facts = { batchSize: 10, prototypeCount: 21 };
    expect(objective({}, facts)).to.deep.equal(['warning CARL_PROTOTYPES_EXCEED_BATCH']);
    expect(objective({}, { ...facts, prototypeCount: 20 })).to.deep.equal([]);
  });

  it('warns about temperatures that saturate the assignment', () => {
    expect(objective({ temperature: 0.009 })).to.deep.equal(['warning CARL_TEMPERATURE_LOW temperature']);
    expect(objective({ temperature: 0.01 })).to.deep.equal([]);
  });

  it('refuses a single view', () => {
    const views = [{ kind: 'global', height: 8, width: 8 }] as const;
    expect(objective({}, { views })).to.deep.equal(['error OBJECTIVE_NEEDS_VIEWS']);
  });

  it('warns about cosines that are divided by more than 1', () => {
    expect(assigner({ temperature: 1.01 })).to.deep.equal(['warning PROTOTYPES_TEMPERATURE_HIGH temperature']);
    expect(assigner({ temperature: 1 })).to.deep.equal([]);
    expect(assigner({ temperature: 5, normalizeEmbeddings: false })).to.deep.equal([]);
  });

  it('warns about more prototypes than images', () => {
    expect(assigner({ count: 101 }, { trainImages: 100 })).to.deep.equal(['warning PROTOTYPES_MORE_THAN_IMAGES count']);
    expect(assigner({ count: 100 }, { trainImages: 100 })).to.deep.equal([]);
    expect(assigner({ count: 101 })).to.deep.equal([]);
  });
});
