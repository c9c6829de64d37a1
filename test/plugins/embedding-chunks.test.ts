import wasm from '@carl-ssl/backend-wasm';
import { normalizeRows, type Objective } from '@carl-ssl/core';
import { allocationTrace, differentiate, useKernels, withEarlyRelease } from '@carl-ssl/core/testing';
import embedding from '@carl-ssl/embedding';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { contextAt, inputsOf, noise, workbench } from './objective-support.js';

const bench = workbench(embedding);
/** Pairs of 2,048 images are compared at once. */
const IMAGES = 3200;

/** Terms over all pairs of images, by their definitions: unit embeddings [N, D], identity [N, N] -> scalar. */
const DEFINITIONS: Readonly<Record<string, (x: Tensor2D, itself: Tensor2D) => Scalar>> = {
  'alignment-uniformity': (x, itself) => {
    const kernel = tf.exp(tf.mul(tf.sub(tf.matMul(x, x, false, true), 1), 4));
    return tf.log(tf.div(tf.mean<Scalar>(tf.sum(tf.mul(kernel, tf.sub(1, itself)), 1)), IMAGES - 1));
  },
  koleo: (x, itself) => {
    const squares = tf.sub(2, tf.mul(tf.matMul(x, x, false, true), 2));
    return tf.neg(tf.mean(tf.log(tf.sqrt(tf.min(tf.add(squares, tf.mul(itself, 10)), 1)))));
  },
};

describe('terms over all pairs of a large batch', function () {
  this.timeout(120_000);
  before(async () => {
    const backend = wasm.components[0].create({ threads: 1 }, {});
    await backend.activate();
    tf.engine().startScope();
  });
  after(async () => {
    tf.engine().endScope();
    useKernels({});
    await tf.setBackend('cpu');
  });

  /** Value and gradient by some embeddings, and the most bytes of tensors at a time. */
  function measured(view: Tensor2D, compute: () => Scalar) {
    let numbers: number[][] = [];
    const trace = allocationTrace(() =>
      tf.tidy(() => {
        const { value, gradients } = withEarlyRelease(() => differentiate(compute, [view]));
        numbers = [value as Tensor, gradients[0]!].map(tensor => [...tensor.dataSync()]);
      }),
    );
    return { numbers, bytes: trace.reduce((most, bytes) => Math.max(most, bytes), 0) };
  }

  const options = { 'alignment-uniformity': {}, koleo: { epsilon: 1e-12 } };
  for (const use of ['alignment-uniformity', 'koleo'] as const) {
    const objective: Objective = bench.make('objective', { use, ...options[use] });

    it(`have the value and gradient of all pairs at once in less memory: ${use}`, () => {
      const view = noise('large', IMAGES, 4);
      const itself = tf.eye(IMAGES);
      const own = measured(view, () => objective.compute(inputsOf([view, view]), contextAt()).loss);
      const expected = measured(view, () => DEFINITIONS[use](normalizeRows(view), itself));
      const [[loss], gradient] = own.numbers;
      expect(loss).to.be.closeTo(expected.numbers[0][0], 1e-4);
      const size = Math.hypot(...expected.numbers[1]);
      expect(Math.hypot(...gradient.map((value, i) => value - expected.numbers[1][i])) / size).to.be.below(2e-3);
      expect(own.bytes).to.be.below(0.6 * expected.bytes);
    });
  }
});
