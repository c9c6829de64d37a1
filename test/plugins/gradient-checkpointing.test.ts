import { useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpu, remains, temporaryFolder, tinyPipeline, trainTiny } from '../e2e/tiny.js';

const trainer = { epochs: 2, batchSize: 16 };
const plugins = (name: string) => [...(tinyPipeline().plugins as string[]), `@carl-ssl/${name}`];

/** Small ones of all encoders with the option, with what makes recomputing hard. */
const encoders: Readonly<Record<string, { plugin: string; encoder: object; trainer?: object }>> = {
  'resnet, separate views': {
    plugin: 'resnet',
    encoder: { use: 'resnet', block: 'basic', layers: [1, 1, 1, 2], width: 2, stem: 'cifar' },
    trainer: { ...trainer, forward: 'separate' },
  },
  'resnet of bottlenecks, accumulated': {
    plugin: 'resnet',
    encoder: { use: 'resnet', block: 'bottleneck', layers: [1, 1, 1, 1], width: 2, stem: 'small' },
    trainer: { ...trainer, batchSize: 8, accumulate: 2 },
  },
  'wide-resnet': { plugin: 'resnet', encoder: { use: 'wide-resnet', depth: 10, widen: 1, width: 4 } },
  'vit with stochastic depth': {
    plugin: 'vit',
    encoder: { use: 'vit', imageSize: 8, patchSize: 4, layers: 3, heads: 2, dim: 8, stochasticDepth: 0.5 },
  },
  'convnext with stochastic depth': {
    plugin: 'convnext',
    encoder: { use: 'convnext', depths: [1, 1, 1, 1], dims: [4, 4, 8, 8], patchSize: 1, stochasticDepth: 0.5 },
  },
};

describe('gradient checkpointing', () => {
  const folder = temporaryFolder();
  before(onCpu);
  after(() => useKernels({}));

  for (const [name, { plugin, encoder, trainer: own = trainer }] of Object.entries(encoders)) {
    it(`trains to the same bits: ${name}`, async () => {
      const before = tf.memory().numTensors;
      const run = async (way: string, gradientCheckpointing: boolean) => {
        const path = folder.within(`${name.replaceAll(/\W+/g, '-')}-${way}`);
        const changes = { plugins: plugins(plugin), trainer: own, encoder: { ...encoder, gradientCheckpointing } };
        await trainTiny(path, { changes });
        // `checkpoint.json` names the pipeline, which differs by the option.
        const files = Object.entries(remains(path)).filter(([file]) => !file.endsWith('checkpoint.json'));
        expect(files).to.have.length.above(1);
        return Object.fromEntries(files);
      };
      expect(await run('checkpointed', true)).to.deep.equal(await run('plain', false));
      expect(tf.memory().numTensors).to.equal(before);
    });
  }
});
