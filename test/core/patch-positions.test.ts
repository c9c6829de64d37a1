import augment from '@carl-ssl/augment';
import { type Augmenter, type Image, type Objective, type ObjectiveInputs, seededStreams } from '@carl-ssl/core';
import {
  BoxTracker,
  createModel,
  disposeModel,
  evaluateLoss,
  type Network,
  Notes,
  shapeOf,
  singleProcess,
} from '@carl-ssl/core/testing';
import heads from '@carl-ssl/heads';
import optim from '@carl-ssl/optim';
import vit from '@carl-ssl/vit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, workbench } from '../plugins/objective-support.js';

const bench = workbench(vit, heads, optim, augment);

/** An image whose pixels are their own coordinates: row in the first channel, column in the second. */
function coordinates(height: number, width: number): Image {
  const data = Float32Array.from({ length: height * width * 2 }, (_, i) =>
    i % 2 === 0 ? Math.floor(i / 2 / width) : (i >> 1) % width,
  );
  return { height, width, channels: 2, data };
}

describe('positions of patches', () => {
  onCpuInScope();

  it('follow crops and mirroring, as the pixels of a view do', () => {
    const size = 16;
    const augmenter = bench.make<Augmenter>('augmenter', {
      use: 'views',
      views: [
        {
          size,
          steps: [
            { use: 'random-resized-crop', size: 24, scale: [0.4, 1] },
            { use: 'random-horizontal-flip' },
            { use: 'random-crop', size, padding: 0 },
            { use: 'random-vertical-flip' },
          ],
        },
      ],
    });
    const image = coordinates(40, 60);
    for (let i = 0; i < 12; i++) {
      const tracker = new BoxTracker(image);
      const [view] = augmenter.augment(image, [seededStreams(5).at('view', i)], [tracker.drawn]);
      const [top, left, height, width] = tracker.box;
      for (const [row, column] of [
        [4, 4],
        [4, 11],
        [11, 7],
      ]) {
        const at = 2 * (row * size + column);
        // The centre of pixel 0 is at 0.5.
        expect(view.data[at] + 0.5).to.be.closeTo(top + (height * (row + 0.5)) / size, 0.3, `${i} row`);
        expect(view.data[at + 1] + 0.5).to.be.closeTo(left + (width * (column + 0.5)) / size, 0.3, `${i} column`);
      }
    }
  });

  it('reach the objective with the embeddings of the patches, by the projector for patches', () => {
    const given: { inputs?: ObjectiveInputs } = {};
    const spy: Objective = {
      usesPatches: true,
      state: () => [],
      trivial: () => [],
      compute: inputs => {
        given.inputs = inputs;
        return { loss: tf.sum(inputs.patches!.outputs[0]), parts: {} };
      },
    };
    const network: Network = {
      encoder: bench.make('encoder', { use: 'vit', imageSize: 4, patchSize: 2, layers: 1, heads: 2, dim: 6 }),
      head: bench.make('head', { use: 'mlp-head', layers: [{ units: 5 }], patchLayers: [{ units: 3 }] }),
      objective: spy,
      objectiveTakesAssignments: false,
      optimizer: bench.make('optimizer', { use: 'sgd' }),
      collective: singleProcess,
    };
    const specs = [4, 4, 2].map(
      (side, i) => ({ kind: i < 2 ? 'global' : 'local', height: side, width: side }) as const,
    );
    const model = createModel(network, shapeOf(network, [4, 4, 1], { views: specs, batchSize: 3 }), seededStreams(1));
    const views = specs.map(({ height }, i) => tf.randomUniform<tf.Rank.R4>([3, height, height, 1], 0, 1, 'float32', i)); // prettier-ignore
    const box = [10, 50, 20, -40];
    const boxes = specs.map(() => tf.tensor2d([box, box, [0, 0, 8, 8]]));
    const batch = { views, globalViews: 2, boxes, forward: 'joint' } as const;
    evaluateLoss(network, model, { batch, context: contextAt(), notes: new Notes() });
    const { outputs, patches } = given.inputs!;
    expect(outputs.map(({ shape }) => shape)).to.deep.equal([0, 1, 2].map(() => [3, 5]));
    expect(patches!.outputs.map(({ shape }) => shape)).to.deep.equal([0, 1].map(() => [3, 4, 3]));
    const [first, , last] = patches!.positions[0].arraySync();
    // Half of the box per patch; the view is mirrored, so its first column is at the right.
    expect(first).to.deep.equal([[15, 40], [15, 20], [25, 40], [25, 20]]); // prettier-ignore
    expect(last).to.deep.equal([[2, 2], [2, 6], [6, 2], [6, 6]]); // prettier-ignore
    disposeModel(model);
  });
});
