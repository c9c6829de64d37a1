import { type Assigner, type Objective, sinkhorn } from '@carl-ssl/core';
import { runWorkers, singleProcess, WeightStore } from '@carl-ssl/core/testing';
import swavPlugin from '@carl-ssl/swav';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { onCpuInScope } from '../cpu-scope.js';
import {
  contextAt,
  freshState,
  inputsOf,
  lossAndGradients,
  noise,
  number,
  rows,
  workbench,
} from './objective-support.js';

const bench = workbench(swavPlugin);
const swav = (options: object = {}): Objective => bench.make('objective', { use: 'swav', ...options });
const codes = (scores: Tensor2D, epsilon = 0.05, iterations = 3) =>
  rows(sinkhorn(scores, { epsilon, iterations }, singleProcess));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('Sinkhorn codes', () => {
  onCpuInScope();

  it('have rows of sum 1, and after many iterations columns of sum B / K', () => {
    const found = codes(noise('scores', 24, 6), 0.5, 200);
    for (const row of found) expect(sum(row)).to.be.closeTo(1, 1e-5);
    for (let k = 0; k < 6; k++) expect(sum(found.map(row => row[k]))).to.be.closeTo(4, 1e-3);
  });

  it('do not change when a number is added to all scores, and stay finite for scores of any size', () => {
    const property = fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: -3, max: 4 }), (seed, exponent) => {
      const scores = tf.mul<Tensor2D>(noise(`scores ${seed}`, 7, 5), 10 ** exponent);
      const found = codes(scores);
      expect(found.flat().every(value => value >= 0 && value <= 1.00001)).to.equal(true);
      for (const row of found) expect(sum(row)).to.be.closeTo(1, 1e-4);
      const moved = codes(tf.add(scores, 16));
      // The sum itself is rounded, to a part of 2^-24 of scores that epsilon then makes twenty times as large.
      const rounding = 50 * 2 ** -22 * (16 + 5 * 10 ** exponent);
      moved.flat().forEach((value, i) => expect(value).to.be.closeTo(found.flat()[i], Math.min(1, rounding)));
    });
    fc.assert(property, { numRuns: 40, seed: 7 });
  });

  it('are one-hot and balanced for scores that leave no choice', () => {
    const certain = tf.mul<Tensor2D>(tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3) as Tensor2D, 5);
    codes(certain).forEach((row, i) => expect(row[i % 3]).to.be.closeTo(1, 1e-6));
  });

  it('are the same on two and four workers as on one', async () => {
    const scores = noise('scores', 12, 5);
    const whole = codes(scores);
    for (const size of [2, 4]) {
      const share = 12 / size;
      const parts = await runWorkers(size, collective =>
        sinkhorn(
          tf.slice(scores, [collective.rank * share, 0], [share, 5]),
          { epsilon: 0.05, iterations: 3 },
          collective,
        ),
      );
      const together = parts.flatMap(part => rows(part));
      together.flat().forEach((value, i) => expect(value).to.be.closeTo(whole.flat()[i], 1e-6));
    }
  });
});

describe('objective swav', () => {
  onCpuInScope();

  const temperature = { temperature: 0.1, epsilon: 0.05 };

  it('takes the codes it is given, and no gradient runs into them', () => {
    const [a, b, code] = [noise('a', 6, 4), noise('b', 6, 4), tf.softmax(noise('code', 6, 4))];
    const inputs = inputsOf([a, b], { codes: [code, code] });
    const { loss, gradients } = lossAndGradients([a, b, code], () => swav().compute(inputs, contextAt()).loss);
    const entropy = (view: Tensor2D) => number(tf.mean(tf.losses.softmaxCrossEntropy(code, view)));
    expect(loss).to.be.closeTo((entropy(a) + entropy(b)) / 2, 1e-5);
    expect(gradients[2].every(value => value === 0)).to.equal(true);
  });

  it('is ln K, its trivial value, when all embeddings are the same', () => {
    const same = tf.tile(noise('row', 1, 7), [9, 1]);
    const given = inputsOf([same, same], { tensors: { prototypes: noise('prototypes', 5, 7) } });
    const objective = swav({ inputs: 'embeddings', temperature: 1e6, epsilon: 0.05 });
    const [{ loss }] = objective.trivial({ batchSize: 9, views: 2, width: 7, prototypes: 5 }, contextAt());
    expect(loss).to.be.closeTo(Math.log(5), 1e-9);
    expect(number(objective.compute(given, contextAt()).loss)).to.be.closeTo(loss, 1e-4);
  });

  describe('with a queue', () => {
    const objective = swav({ inputs: 'embeddings', ...temperature, queueLength: 6, queueStartEpoch: 2 });
    const size = { batchSize: 2, views: 2, width: 3 };
    const step = (queue: tf.Tensor, view: Tensor2D, epoch: number) => {
      const inputs = inputsOf([view, view], { tensors: { queue, prototypes: noise('prototypes', 4, 3) } });
      return objective.compute(inputs, { ...contextAt(), epoch });
    };

    it('fills it from its start epoch on, newest first, and drops the oldest', () => {
      let queue = freshState(objective, size).queue;
      const batches = [0, 1, 2, 3].map(i =>
        tf.tensor2d([
          [i + 1, 0, 0],
          [0, 0, -1 - i],
        ]),
      );
      expect(step(queue, batches[0], 1).nextState).to.equal(undefined);
      for (const batch of batches) queue = step(queue, batch, 2).nextState!.queue;
      const unit = [
        [1, 0, 0],
        [0, 0, -1],
      ];
      expect((queue.arraySync() as number[][][])[1]).to.deep.equal([...unit, ...unit, ...unit]);
      const marked = tf.tensor2d([
        [0, 3, 0],
        [0, -2, 0],
      ]);
      const after = step(queue, marked, 3).nextState!.queue.arraySync() as number[][][];
      expect(after[0]).to.deep.equal([[0, 1, 0], [0, -1, 0], ...unit, ...unit]);
    });

    it('balances codes over it once it is full, not before', () => {
      const batch = noise('batch', 2, 3);
      const without = swav({ inputs: 'embeddings', ...temperature }).compute(
        inputsOf([batch, batch], { tensors: { prototypes: tf.tensor2d(rows(noise('prototypes', 4, 3))) } }),
        contextAt(),
      );
      let queue = freshState(objective, size).queue;
      const losses: number[] = [];
      for (let i = 0; i < 4; i++) {
        losses.push(number(step(queue, batch, 2).loss));
        queue = step(queue, noise(`other ${i}`, 2, 3), 2).nextState!.queue;
      }
      for (const loss of losses.slice(0, 3)) expect(loss).to.equal(number(without.loss));
      expect(Math.abs(losses[3] - losses[0])).to.be.greaterThan(1e-3);
    });
  });
});

describe('assigner sinkhorn', () => {
  onCpuInScope();

  const assigner = (options: object = {}): Assigner => bench.make('assigner', { use: 'sinkhorn', ...options });
  const run = (one: Assigner, views: readonly Tensor2D[], queue?: tf.Tensor) => {
    const store = new WeightStore();
    store.add('prototypes', one.weights([3]), { at: () => ({ range: () => 0.5, normal: () => 1 }) as never });
    return one.assign(views, store.pass('prototypes', true, singleProcess), queue ? { queue } : {}, contextAt());
  };

  it('gives codes to global views only, and logits to all', () => {
    const { assigned } = run(
      assigner(),
      [0, 1, 2].map(i => noise(`view ${i}`, 4, 3)),
    );
    expect(assigned.map(({ code }) => code !== undefined)).to.deep.equal([true, true, false]);
    const [first] = rows(assigned[2].logits);
    rows(noise('view 2', 4, 3))[0].forEach((score, k) => expect(first[k]).to.be.closeTo(score * 10, 1e-5));
  });

  it('keeps unit embeddings in its queue, newest first', () => {
    const one = assigner({ count: 4, queueLength: 3 });
    const queue = tf.zeros([2, 3, 3]);
    const views = [
      tf.tensor2d([
        [2, 0, 0],
        [0, 3, 0],
      ]),
      tf.tensor2d([
        [0, 0, 5],
        [0, -1, 0],
      ]),
    ];
    const first = run(one, views, queue).nextState!.queue;
    const second = run(one, [views[1], views[0]], first).nextState!.queue;
    expect((second.arraySync() as number[][][])[0]).to.deep.equal([
      [0, 0, 1],
      [0, -1, 0],
      [1, 0, 0],
    ]);
  });

  it('freezes its prototypes for the steps asked for', () => {
    const one = assigner({ count: 4, frozenSteps: 2 });
    expect([0, 1, 2].map(step => one.frozen!(contextAt(step)))).to.deep.equal([['weight'], ['weight'], []]);
  });
});

describe('advice on SwAV', () => {
  onCpuInScope();

  const codesOf = (found: readonly { code: string }[]) => found.map(({ code }) => code);
  const facts = { uses: { objective: 'swav', assigner: 'sinkhorn' }, batchSize: 64 };

  it('warns about batches smaller than K, early and long queues, free prototypes', () => {
    const advice = (options: object, prototypeCount = 128) =>
      codesOf(
        bench.advice('assigner', { use: 'sinkhorn', count: prototypeCount, ...options }, { ...facts, prototypeCount }),
      );
    expect(advice({ frozenSteps: 10 })).to.deep.equal(['SINKHORN_FEW_SAMPLES']);
    expect(advice({ frozenSteps: 10, queueLength: 32, queueStartEpoch: 3 })).to.deep.equal(['SINKHORN_FEW_SAMPLES']);
    expect(advice({ frozenSteps: 10, queueLength: 64, queueStartEpoch: 3 })).to.deep.equal([]);
    expect(advice({ frozenSteps: 10, queueLength: 4096 }, 64)).to.deep.equal(['QUEUE_STARTS_EARLY', 'QUEUE_TOO_LONG']);
    expect(advice({ frozenSteps: 10, queueLength: 64, queueStartEpoch: 10 }, 64)).to.deep.equal(['QUEUE_NEVER_USED']);
    expect(advice({}, 64)).to.deep.equal(['PROTOTYPES_NOT_FROZEN']);
    expect(advice({ frozenSteps: 1, epsilon: 0.2 }, 64)).to.deep.equal([
      'SINKHORN_EPSILON_HIGH',
      'SINKHORN_CODES_SOFTER',
    ]);
    expect(advice({ frozenSteps: 1, assignedViews: 3 }, 64)).to.deep.equal(['SINKHORN_ASSIGNED_VIEWS']);
  });

  it('warns about high temperatures, and about queues in the wrong component', () => {
    const advice = (options: object, assigner: { temperature?: number; normalizePrototypes?: string }) =>
      codesOf(
        bench.advice(
          'objective',
          { use: 'swav', ...options },
          {
            ...facts,
            prototypeCount: 32,
            assignerTemperature: assigner.temperature,
            uses: { assigner: 'prototypes' },
            components: { assigner: { use: 'prototypes', ...assigner } },
          },
        ),
      );
    expect(advice({}, { temperature: 0.1 })).to.deep.equal([]);
    expect(advice({}, { temperature: 1 })).to.deep.equal(['SWAV_TEMPERATURE_HIGH']);
    expect(advice({ queueLength: 64 }, { temperature: 0.1 })).to.deep.equal(['SWAV_QUEUE_NEEDS_EMBEDDINGS']);
    const embeddings = { inputs: 'embeddings', temperature: 0.1, epsilon: 0.05 };
    expect(advice(embeddings, { normalizePrototypes: 'step' })).to.deep.equal([]);
    expect(advice(embeddings, { normalizePrototypes: 'forward' })).to.deep.equal(['SWAV_PROTOTYPES_LENGTH']);
    expect(advice({ inputs: 'embeddings' }, { normalizePrototypes: 'step' })).to.deep.equal(['SWAV_TEMPERATURE_HIGH']);
  });
});
