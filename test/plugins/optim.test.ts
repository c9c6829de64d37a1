import type { Optimizer, StepPosition, Teacher, Updatable } from '@carl-ssl/core';
import plugin from '@carl-ssl/optim';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { componentOf, make } from '../core/layers-support.js';
import { onCpuInScope } from '../cpu-scope.js';

const optimizer = (use: string, options: object): Optimizer => make<Optimizer>(plugin, use, options);
const teacher = (options: object): Teacher => make<Teacher>(plugin, 'moving-average', options);

/** The first of ten steps. */
const START: StepPosition = { step: 0, steps: 10 };

/** A parameter with its buffers at zero. */
function parameter(of: Optimizer, value: number[] | number[][], updates = 0): Omit<Updatable, 'gradient'> {
  const start = tf.tensor(value);
  const slots = Object.fromEntries(of.slots.map(name => [name, tf.variable(tf.zerosLike(start))]));
  return { name: `p${start.shape.join('x')}`, value: tf.variable(start), slots, updates };
}

/** Values after one step along the given gradients. */
function stepped(
  of: Optimizer,
  now: Omit<Updatable, 'gradient'>,
  gradient: number[] | number[][],
  { rate = of.learningRate, at = START }: { readonly rate?: number; readonly at?: StepPosition } = {},
): number[] {
  of.apply([{ ...now, gradient: tf.tensor(gradient) }], rate, at);
  return [...now.value.dataSync()];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).to.have.length(expected.length);
  expected.forEach((value, i) => expect(actual[i]).to.be.closeTo(value, 1e-6 * Math.max(1, Math.abs(value))));
}

const kinds: [string, object][] = [
  ['sgd', { momentum: 0.9, weightDecay: 0.1 }],
  ['sgd', { momentum: 0.9, nesterov: true }],
  ['adam', { weightDecay: 0.1 }],
  ['adamw', { weightDecay: 0.1 }],
  ['lars', { weightDecay: 0.1 }],
  ['lars', { formula: 'decayed', weightDecay: 0.1 }],
];

describe('optimizers', () => {
  onCpuInScope();

  for (const [use, options] of kinds) {
    const name = `${use} ${JSON.stringify(options)}`;
    const of = optimizer(use, options);

    it(`${name}: a learning rate of 0 leaves parameters and moves buffers`, () => {
      const now = parameter(of, [[1, -2]]);
      expect(stepped(of, now, [[3, 4]], { rate: 0 })).to.deep.equal([1, -2]);
      for (const slot of of.slots) expect(tf.min(tf.abs(now.slots[slot])).dataSync()[0]).to.be.above(0);
    });

    it(`${name}: stays finite from zero parameters and zero gradients`, () => {
      const now = parameter(of, [[0, 0]]);
      expect(stepped(of, now, [[0, 0]])).to.deep.equal([0, 0]);
      for (const value of stepped(of, { ...now, updates: 1 }, [[1, -1]])) expect(Number.isFinite(value)).to.equal(true);
      expect(now.value.dataSync()[0]).to.be.below(0);
      expect(now.value.dataSync()[1]).to.be.above(0);
    });

    it(`${name}: touches no parameter that it is not given, and leaks nothing`, () => {
      const [moving, frozen] = [parameter(of, [[1, 2]]), parameter(of, [[5, 6]])];
      const gradient = tf.tensor([[1, 1]]);
      const before = tf.memory().numTensors;
      of.apply([{ ...moving, gradient }], 0.1, START);
      expect(tf.memory().numTensors).to.equal(before);
      expect([...frozen.value.dataSync()]).to.deep.equal([5, 6]);
      expect(moving.value.dataSync()[0]).to.not.equal(1);
    });

    it(`${name}: gives a parameter the same step beside others as alone`, () => {
      const [first, second, single] = [parameter(of, [[1, 2]]), parameter(of, [3, 4, 5]), parameter(of, [3, 4, 5])];
      const gradient = tf.tensor([0.5, -1, 2]);
      of.apply(
        [
          { ...first, gradient: tf.tensor([[9, -9]]) },
          { ...second, gradient },
        ],
        0.1,
        START,
      );
      of.apply([{ ...single, gradient }], 0.1, START);
      expect([...second.value.dataSync()]).to.deep.equal([...single.value.dataSync()]);
    });
  }

  it('keep a buffer only with momentum', () => {
    expect(optimizer('sgd', {}).slots).to.deep.equal([]);
    expect(optimizer('sgd', { momentum: 0.5 }).slots).to.deep.equal(['velocity']);
    expect(optimizer('lars', { momentum: 0 }).slots).to.deep.equal([]);
  });

  it('decay weights but not excluded vectors', () => {
    for (const use of ['sgd', 'adamw']) {
      const of = optimizer(use, { learningRate: 0.1, weightDecay: 0.5, excludeVectors: true });
      expectClose(stepped(of, parameter(of, [[2, -4]]), [[0, 0]]), [2 * 0.95, -4 * 0.95]);
      expect(stepped(of, parameter(of, [2, -4]), [0, 0])).to.deep.equal([2, -4]);
    }
  });
});

describe('scheduled weight decay', () => {
  onCpuInScope();

  const weightDecay = { from: 0.04, to: 0.4, over: 1, curve: 'cosine' };
  const decays: readonly [number, number][] = [
    [0, 0.04],
    [40, 0.13],
    [60, 0.22],
    [120, 0.4],
  ];

  for (const [use, options] of [
    ['sgd', {}],
    ['adamw', {}],
    ['lars', { momentum: 0, formula: 'decayed', trustCoefficient: 1 }],
    ['lars', { momentum: 0, trustCoefficient: 1, epsilon: 0 }],
  ] as const) {
    const name = `${use} ${JSON.stringify(options)}`;

    it(`${name}: takes the same step as with the value of that step`, () => {
      const of = optimizer(use, { learningRate: 0.5, ...options, weightDecay });
      for (const [step, value] of decays) {
        const fixed = optimizer(use, { learningRate: 0.5, ...options, weightDecay: value });
        const after = (one: Optimizer, at: StepPosition): number[] =>
          stepped(one, parameter(one, [[2, -4]]), [[0.3, 0.1]], { at });
        const scheduled = after(of, { step, steps: 120 });
        expectClose(scheduled, after(fixed, START));
        const first = after(of, { step: 0, steps: 120 });
        if (step > 0) expect(scheduled).to.not.deep.equal(first);
      }
    });
  }

  it('multiplies weights without a gradient by 1 - rate x decay', () => {
    for (const use of ['sgd', 'adamw']) {
      const of = optimizer(use, { learningRate: 0.1, weightDecay });
      for (const [step, value] of decays) {
        const kept = 1 - 0.1 * value;
        expectClose(stepped(of, parameter(of, [[2, -4]]), [[0, 0]], { at: { step, steps: 120 } }), [
          2 * kept,
          -4 * kept,
        ]);
      }
    }
  });

  it('turns the gradient of adam where the decay outweighs it', () => {
    const of = optimizer('adam', { learningRate: 0.5, weightDecay });
    // 1 - 4 x 0.04 is above 0, and 1 - 4 x 0.4 below.
    expectClose(stepped(of, parameter(of, [[-4]]), [[1]], { at: { step: 0, steps: 120 } }), [-4.5]);
    expectClose(stepped(of, parameter(of, [[-4]]), [[1]], { at: { step: 120, steps: 120 } }), [-3.5]);
  });

  it('leaves excluded vectors', () => {
    const of = optimizer('adamw', { learningRate: 0.1, weightDecay, excludeVectors: true });
    expect(stepped(of, parameter(of, [2, -4]), [0, 0], { at: { step: 60, steps: 120 } })).to.deep.equal([2, -4]);
  });
});

describe('adam', () => {
  onCpuInScope();

  it('steps by the learning rate along the sign of the first gradient', () => {
    const of = optimizer('adam', { learningRate: 0.01 });
    expectClose(stepped(of, parameter(of, [[1, 1]]), [[1e-3, -500]]), [1 - 0.01 / (1 + 1e-5), 1.01]);
  });

  it('corrects by the updates of each parameter, not of the run', () => {
    const of = optimizer('adam', { learningRate: 0.01 });
    const [late, early] = [parameter(of, [[1]], 1000), parameter(of, [[1]], 0)];
    const gradient = tf.tensor([[1]]);
    of.apply(
      [late, early].map(now => ({ ...now, gradient })),
      0.01,
      START,
    );
    expect(early.value.dataSync()[0]).to.be.closeTo(0.99, 1e-6);
    expect(late.value.dataSync()[0]).to.be.closeTo(1 - (0.01 * 0.1) / Math.sqrt(0.001 / (1 - 0.999 ** 1001)), 1e-6);
  });
});

describe('lars', () => {
  onCpuInScope();

  const plain = { learningRate: 1, momentum: 0, trustCoefficient: 0.01 };

  it('steps in proportion to the weights, whatever the length of the gradient', () => {
    const of = optimizer('lars', { ...plain, weightDecay: 1e-9, epsilon: 0 });
    for (const length of [1e-3, 1, 1e3]) {
      expectClose(stepped(of, parameter(of, [[3, 4]]), [[0, length]]), [3, 4 - 0.05]);
    }
  });

  it('scales nothing without weight decay in the original formula, and does in the other', () => {
    const [original, decayed] = ['original', 'decayed'].map(formula =>
      optimizer('lars', { ...plain, formula, weightDecay: 0 }),
    );
    expectClose(stepped(original, parameter(original, [[3, 4]]), [[0, 2]]), [3, 2]);
    expectClose(stepped(decayed, parameter(decayed, [[3, 4]]), [[0, 2]]), [3, 4 - 0.05]);
  });

  it('steps along the bare gradient from zero weights', () => {
    for (const formula of ['original', 'decayed']) {
      const of = optimizer('lars', { ...plain, formula, weightDecay: 0.1 });
      expectClose(stepped(of, parameter(of, [[0, 0]]), [[1, -2]]), [-1, 2]);
    }
  });

  it('decays without a gradient in one formula and not in the other', () => {
    const [original, decayed] = ['original', 'decayed'].map(formula =>
      optimizer('lars', { ...plain, formula, weightDecay: 0.1 }),
    );
    expectClose(stepped(original, parameter(original, [[3, 4]]), [[0, 0]]), [3, 4]);
    expectClose(stepped(decayed, parameter(decayed, [[3, 4]]), [[0, 0]]), [3 * 0.99, 4 * 0.99]);
  });

  it('neither scales nor decays excluded vectors', () => {
    const of = optimizer('lars', { ...plain, formula: 'decayed', weightDecay: 0.1, excludeVectors: true });
    expectClose(stepped(of, parameter(of, [3, 4]), [0, 2]), [3, 2]);
  });
});

describe('moving-average', () => {
  onCpuInScope();

  const follow = (momentum: number): number[] => {
    const targets = [[1, 2], [3]].map(value => tf.variable<tf.Rank>(tf.tensor(value)));
    teacher({}).update(targets, [tf.tensor([3, 4]), tf.tensor([5])], momentum);
    return targets.flatMap(target => [...target.dataSync()]);
  };

  it('keeps, mixes or copies', () => {
    expect(follow(1)).to.deep.equal([1, 2, 3]);
    expect(follow(0.5)).to.deep.equal([2, 3, 4]);
    expect(follow(0)).to.deep.equal([3, 4, 5]);
  });

  it('leaks nothing', () => {
    const target = tf.variable(tf.tensor([1, 2]));
    const online = tf.tensor([3, 4]);
    const before = tf.memory().numTensors;
    teacher({}).update([target], [online], 0.9);
    expect(tf.memory().numTensors).to.equal(before);
    expect(online.isDisposed).to.equal(false);
  });

  it('has one momentum without an end value', () => {
    expect([0, 7, 99].map(step => teacher({ momentum: 0.99 }).momentum(step, 100))).to.deep.equal([0.99, 0.99, 0.99]);
  });

  it('rises to the end value, which only the inclusive convention reaches', () => {
    const at = (convention: string, step: number): number =>
      teacher({ momentum: 0.9, endMomentum: 1, convention }).momentum(step, 11);
    expect([at('inclusive', 0), at('exclusive', 0)]).to.deep.equal([0.9, 0.9]);
    expect(at('inclusive', 5)).to.be.closeTo(0.95, 1e-12);
    expect(at('inclusive', 10)).to.equal(1);
    expect(at('exclusive', 10)).to.be.within(0.997, 0.9985);
    expect(at('inclusive', 50)).to.equal(1);
  });

  it('follows a momentum that changes linearly beyond the end of training', () => {
    const made = teacher({ momentum: { from: 0.9, to: 1, over: 1.25 } });
    const expected = [0.9, 0.94, 0.972];
    [0, 5, 9].forEach((step, i) => expect(made.momentum(step, 10)).to.be.closeTo(expected[i], 1e-12));
    expect(made.momentum(50, 10)).to.be.closeTo(0.972, 1e-12);
  });

  it('refuses two final values', () => {
    const { refuse } = componentOf(plugin, 'moving-average');
    const codes = (options: object) => refuse!(options as never).map(({ code, path }) => `${code} ${path}`);
    const momentum = { from: 0.9, to: 1, over: 1 };
    expect(codes({ momentum, endMomentum: 1 })).to.deep.equal(['TEACHER_MOMENTUM_TWICE endMomentum']);
    expect(codes({ momentum })).to.deep.equal([]);
    expect(codes({ momentum: 0.9, endMomentum: 1 })).to.deep.equal([]);
  });

  it('says that LARS without weight decay is plain SGD', () => {
    const { check } = componentOf(plugin, 'lars');
    const codes = (options: object) => check!(options as never, {} as never).map(({ code }) => code);
    expect(codes({ formula: 'original', weightDecay: 0 })).to.deep.equal(['LARS_WITHOUT_DECAY']);
    expect(codes({ formula: 'original', weightDecay: 1e-6 })).to.deep.equal([]);
    expect(codes({ formula: 'decayed', weightDecay: 0 })).to.deep.equal([]);
    expect(codes({ formula: 'original', weightDecay: { from: 0, to: 0.1, over: 1 } })).to.deep.equal([]);
    expect(codes({ formula: 'original', weightDecay: { from: 0, to: 0, over: 1 } })).to.have.length(1);
  });

  it('says that a fast teacher or one that stands still teaches little', () => {
    const { check } = componentOf(plugin, 'moving-average');
    const codes = (options: object) => check!(options as never, {} as never).map(({ code }) => code);
    expect(codes({ momentum: 0.99 })).to.deep.equal([]);
    expect(codes({ momentum: 0.9, endMomentum: 1 })).to.deep.equal([]);
    expect(codes({ momentum: 0.5 })).to.deep.equal(['TEACHER_FAST']);
    expect(codes({ momentum: { from: 0.5, to: 1, over: 1 } })).to.deep.equal(['TEACHER_FAST']);
    expect(codes({ momentum: { from: 0.996, to: 1, over: 1 } })).to.deep.equal([]);
    expect(codes({ momentum: 1 })).to.deep.equal(['TEACHER_STILL']);
  });
});
