import {
  type Experiment,
  estimateViewThreads,
  loadPipeline,
  assemble,
  openData,
  peakMemory,
  trainingMemory,
} from '@carl-ssl/core/host';
import { allocationTrace } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { onCpu, smallResnet, temporaryFolder, writePipeline } from '../e2e/tiny.js';

describe('the estimate of peak memory', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const plugins = ['carl', 'heads', 'augment', 'optim', 'evaluate', 'resnet'].map(name => `@carl-ssl/${name}`);
  const tiny = fileURLToPath(new URL('../samples/plugins/tiny.mjs', import.meta.url));

  async function opened(trainer: object, encoder: object = {}): Promise<Experiment> {
    const file = writePipeline(folder.within('peak.yaml'), {
      plugins: [...plugins, tiny],
      encoder: { ...smallResnet, ...encoder },
      data: { use: 'stripes', count: 512 },
      trainer: { epochs: 1, ...trainer },
    });
    return openData(assemble(await loadPipeline(file)));
  }

  const peak = async (trainer: object, encoder?: object): Promise<number> =>
    trainingMemory(await opened(trainer, encoder), 1)!;

  it('grows linearly with the batch, and leaves no tensor', async () => {
    const tensors = tf.memory().numTensors;
    const [a, b, c] = [await peak({ batchSize: 64 }), await peak({ batchSize: 128 }), await peak({ batchSize: 256 })];
    expect(b).to.be.above(a);
    expect(c - b).to.be.closeTo(2 * (b - a), 2);
    expect(tf.memory().numTensors).to.equal(tensors);
  });

  it('grows with the square of the batch for an objective over pairs of images', async () => {
    const contrastive = async (batchSize: number): Promise<number> => {
      const changes = { objective: 'nt-xent', assigner: undefined, trainer: { epochs: 1, batchSize } };
      const file = writePipeline(folder.within('pairs.yaml'), { data: { use: 'stripes', count: 512 }, ...changes });
      return trainingMemory(await openData(assemble(await loadPipeline(file))), 1)!;
    };
    const [a, b, c] = [await contrastive(128), await contrastive(256), await contrastive(512)];
    // At least six matrices [2B, 2B] are in memory at once, and at most twelve.
    expect((c - b) / (512 ** 2 - 256 ** 2) / 16).to.be.within(6, 12);
    expect(c - b).to.be.above(3 * (b - a));
  });

  it('counts few matrices over images and prototypes where these are computed in chunks', async () => {
    const batchSize = 2048;
    const withPrototypes = async (count: number): Promise<number> => {
      const changes = {
        data: { use: 'stripes', count: batchSize },
        objective: 'carl',
        assigner: { use: 'prototypes', count },
        trainer: { epochs: 1, batchSize },
      };
      const file = writePipeline(folder.within('prototypes.yaml'), changes);
      return trainingMemory(await openData(assemble(await loadPipeline(file))), 1)!;
    };
    // Rows of the last two are more than a chunk in the trial steps, which have few of them.
    const counts = [8192, 16_384, 24_000, 50_000];
    const bytes: number[] = [];
    for (const count of counts) bytes.push(await withPrototypes(count));
    // Scores and gradients of two views, and parts of one gradient, are five; at once it would be over ten.
    for (const i of [1, 2, 3])
      expect((bytes[i] - bytes[i - 1]) / (4 * batchSize * (counts[i] - counts[i - 1]))).to.be.within(4, 6.5);
  });

  it('is smaller with gradient checkpointing', async () => {
    const deep = { layers: [3, 3, 3, 3] };
    const plain = await peak({ batchSize: 256 }, deep);
    expect(await peak({ batchSize: 256 }, { ...deep, gradientCheckpointing: true })).to.be.below(plain);
  });

  it('is the size of this process plus the training, and larger with a thread', async () => {
    const experiment = await opened({ batchSize: 64 });
    const [now, added] = [process.memoryUsage.rss(), trainingMemory(experiment, 1)!];
    const [none, one] = [0, 1].map(threads => peakMemory(experiment, { flopsPerImage: 1, threads })!);
    expect(none).to.be.within(now + added, now + added + 2 ** 28);
    expect(one - none).to.be.above(100 * 2 ** 20);
  });

  it('includes a thread for views in a long training and none in a short one', async () => {
    const threads = async (epochs: number) => estimateViewThreads(await opened({ batchSize: 64, epochs }), 1000);
    expect(await threads(100_000)).to.be.above(0);
    expect(await threads(1)).to.equal(0);
  });
});

describe('the trace of allocations', () => {
  before(onCpu);

  it('counts the tensors alive at each allocation, and clones and reshaped tensors once', () => {
    const trace = allocationTrace(() => {
      const a = tf.zeros([25]);
      const others = [tf.clone(a), tf.reshape(a, [5, 5])];
      a.dispose();
      const b = tf.ones([10]);
      tf.dispose(others);
      tf.ones([1]).dispose();
      b.dispose();
    });
    expect(trace).to.deep.equal([100, 140, 44]);
  });
});
