import { type Objective } from '@carl-ssl/core';
import wmse from '@carl-ssl/wmse';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, lossAndGradients, noise, number, workbench } from './objective-support.js';

const bench = workbench(wmse);
const objective = (options = {}): Objective => bench.make('objective', { use: 'w-mse', ...options });
const [BATCH, DIM] = [24, 5];
const pair = () => {
  const images = noise('images', BATCH, DIM);
  return [0, 1].map(i => tf.add<Tensor2D>(images, tf.mul(noise(`view ${i}`, BATCH, DIM), 0.5)));
};

describe('w-mse', () => {
  onCpuInScope();

  const lossOf = (views: readonly Tensor2D[], options = {}) =>
    number(objective({ epsilon: 1e-5, ...options }).compute(inputsOf(views), contextAt()).loss);

  it('does not change with mean, scale and correlations that all views share', () => {
    const views = pair();
    const triangle = tf.add<Tensor2D>(tf.eye(DIM), tf.linalg.bandPart(noise('triangle', DIM, DIM), -1, 0));
    const changed = views.map(view => tf.add<Tensor2D>(tf.matMul(view, triangle, false, true), 3));
    expect(lossOf(changed, { normalize: false })).to.be.closeTo(lossOf(views, { normalize: false }), 1e-2);
    const scaled = views.map(view => tf.mul<Tensor2D>(view, 7));
    expect(lossOf(scaled)).to.be.closeTo(lossOf(views), 1e-3);
  });

  it('cannot be lowered by making embeddings smaller', () => {
    const views = pair();
    const { gradients } = lossAndGradients(
      views,
      () => objective({ epsilon: 1e-6 }).compute(inputsOf(views), contextAt()).loss,
    );
    const along = views.map((view, i) => number(tf.sum(tf.mul(view, tf.tensor2d(gradients[i], [BATCH, DIM])))));
    const length = Math.hypot(...gradients.flatMap(gradient => [...gradient]));
    expect(length).to.be.above(1e-2);
    along.forEach(slope => expect(Math.abs(slope)).to.be.below(1e-2 * length));
  });

  it('leaves out images that fill no group, and takes a larger group as the batch', () => {
    const views = pair();
    const order = contextAt().random.permutation(BATCH).slice(0, 20);
    const taken = views.map(view => tf.gather(view, tf.tensor1d(order, 'int32')));
    expect(lossOf(views, { groupSize: 20 })).to.be.closeTo(lossOf(taken, { groupSize: 20 }), 1e-4);
    expect(lossOf(views, { groupSize: 128 })).to.be.closeTo(lossOf(views, { groupSize: BATCH }), 1e-6);
  });

  it('checks that groups suffice for the dimensions', () => {
    const codes = (options: object, facts = {}) =>
      bench
        .advice('objective', { use: 'w-mse', ...options }, { embeddingDim: 64, ...facts })
        .map(({ code, path, severity }) => `${severity} ${code} ${path}`.trim());
    expect(codes({})).to.deep.equal([]);
    expect(codes({ groupSize: 64 })).to.deep.equal(['error WMSE_GROUP_TOO_SMALL groupSize']);
    expect(codes({}, { batchSize: 64 })).to.deep.equal(['error WMSE_GROUP_TOO_SMALL groupSize']);
    expect(codes({ groupSize: 100 })).to.deep.equal([
      'warning WMSE_GROUP_SMALL groupSize',
      'warning WMSE_IMAGES_LEFT_OUT groupSize',
    ]);
    expect(codes({}, { uses: { teacher: 'moving-average' } })).to.deep.equal(['warning WMSE_TEACHER_UNUSED']);
  });
});
