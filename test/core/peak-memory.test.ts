import { loadPipeline } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { openExperiment } from '../../core/dist/run/experiment.js';
import { peakMemory } from '../../core/dist/run/peak-memory.js';
import { onCpu, smallResnet, temporaryFolder, writePipeline } from '../e2e/tiny.js';

describe('the peak memory that is foretold', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  before(onCpu);

  const plugins = ['carl', 'heads', 'augment', 'optim', 'evaluate', 'resnet'].map(name => `@carl-ssl/${name}`);
  const tiny = fileURLToPath(new URL('../samples/plugins/tiny.mjs', import.meta.url));

  async function peak(trainer: object, encoder: object = {}): Promise<number> {
    const file = writePipeline(folder.within('peak.yaml'), {
      plugins: [...plugins, tiny],
      encoder: { ...smallResnet, ...encoder },
      data: { use: 'stripes', count: 512 },
      trainer: { epochs: 1, ...trainer },
    });
    const { pipeline, catalogue } = await loadPipeline(file);
    return peakMemory(await openExperiment(pipeline, catalogue), 1)!;
  }

  it('grows with the batch in a straight line, and leaves no tensor', async () => {
    const tensors = tf.memory().numTensors;
    const [a, b, c] = [await peak({ batchSize: 64 }), await peak({ batchSize: 128 }), await peak({ batchSize: 256 })];
    expect(b).to.be.above(a);
    expect(c - b).to.be.closeTo(2 * (b - a), 2);
    expect(tf.memory().numTensors).to.equal(tensors);
  });

  it('falls with gradient checkpointing', async () => {
    const deep = { layers: [3, 3, 3, 3] };
    const plain = await peak({ batchSize: 256 }, deep);
    expect(await peak({ batchSize: 256 }, { ...deep, gradientCheckpointing: true })).to.be.below(plain);
  });
});
