import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onCpu, remains, temporaryFolder, tinyPipeline, trainTiny } from './tiny.js';

const tiny = fileURLToPath(new URL('../samples/plugins/tiny.mjs', import.meta.url));
const predictor = { use: 'mlp-head', layers: [{ units: 12, norm: 'batch', activation: 'relu' }, { units: 8 }] };
const teacher = { use: 'moving-average', momentum: 0.9 };
const queueSize = 48;

interface Way {
  readonly from: readonly string[];
  /** Buffers its checkpoints hold. */
  readonly state: readonly string[];
  readonly [key: string]: unknown;
}

/** Methods whose objective or assigner remembers something. */
const ways: Readonly<Record<string, Way>> = {
  'MoCo with its queue': {
    from: ['contrastive'],
    state: ['objective.queue', 'objective.pointer'],
    objective: { use: 'info-nce', queueSize },
    teacher,
  },
  'NNCLR with its bank': {
    from: ['contrastive'],
    state: ['objective.bank', 'objective.pointer'],
    objective: { use: 'nnclr', queueSize },
    predictor,
  },
  'ReSSL on the assigner `queue`': {
    from: ['contrastive'],
    state: ['assigner.queue', 'assigner.pointer'],
    assigner: { use: 'queue', size: queueSize, temperature: 1 },
    objective: { use: 'ressl', inputs: 'assignments' },
    teacher,
  },
  'CARL on the assigner `instances`': {
    from: ['carl', 'contrastive'],
    state: [],
    assigner: { use: 'instances' },
    objective: { use: 'carl' },
  },
  'TiCo with its covariance': {
    from: ['embedding'],
    state: ['objective.covariance'],
    objective: { use: 'tico' },
    teacher,
  },
  'SimSiam, whose targets have no teacher': {
    from: ['byol'],
    state: [],
    objective: { use: 'negative-cosine' },
    predictor,
  },
  'SwAV with its queue': {
    from: ['swav'],
    state: ['assigner.queue'],
    assigner: { use: 'sinkhorn', count: 6, queueLength: 40 },
    objective: { use: 'swav' },
  },
  'SwAV on embeddings, with a queue of the objective': {
    from: ['carl', 'swav'],
    state: ['objective.queue'],
    assigner: { use: 'prototypes', count: 6, normalizePrototypes: 'step' },
    objective: { use: 'swav', inputs: 'embeddings', temperature: 0.1, epsilon: 0.05, queueLength: 40 },
  },
  'DeepCluster v2 with several sets of prototypes': {
    from: ['deepcluster'],
    state: ['assigner.labels', 'assigner.images.3', 'assigner.embeddings.1.0'],
    assigner: { use: 'spherical-kmeans', clusters: [3, 5] },
    objective: { use: 'deepcluster-v2' },
  },
  'DINO with several sets of prototypes': {
    from: ['deepcluster', 'dino'],
    state: ['assigner.labels', 'objective.set0.center', 'objective.set1.center'],
    assigner: { use: 'spherical-kmeans', clusters: [3, 5] },
    objective: { use: 'dino' },
    teacher,
  },
  'iBOT, which masks patches, beside DINO': {
    from: ['carl', 'dino', 'vit'],
    state: ['objective.dino.center', 'objective.ibot.center'],
    encoder: { use: 'vit', imageSize: 8, patchSize: 4, layers: 1, heads: 2, dim: 8, maskToken: true },
    head: { use: 'dino-head', hiddenDim: 12, bottleneckDim: 4, prototypes: 10 },
    assigner: { use: 'softmax', temperature: 1 },
    objective: {
      use: 'weighted-sum',
      terms: ['dino', 'ibot'].map(use => ({ objective: { use, studentTemperature: 0.1, teacherTemperature: 0.04 } })),
    },
    teacher,
    trainer: { epochs: 2, batchSize: 8, accumulate: 2 },
  },
  'a weighted sum over logits and embeddings': {
    from: ['carl', 'embedding', 'contrastive'],
    state: ['objective.tico.covariance', 'objective.info-nce.queue', 'objective.info-nce.pointer'],
    assigner: { use: 'prototypes', count: 8 },
    objective: {
      use: 'weighted-sum',
      terms: [
        { objective: { use: 'carl' } },
        { weight: 0.1, objective: { use: 'koleo' } },
        { weight: { from: 1, to: 0 }, objective: { use: 'tico' } },
        { weight: 0.5, objective: { use: 'info-nce', queueSize } },
      ],
    },
    teacher,
  },
};

describe('methods with state', () => {
  const folder = temporaryFolder();
  before(onCpu);

  for (const [way, { from, state, ...keys }] of Object.entries(ways)) {
    it(`continue to bit-identical results after an interruption: ${way}`, async () => {
      const packages = [...from, 'heads', 'augment', 'optim'].map(name => `@carl-ssl/${name}`);
      const changes = {
        assigner: undefined,
        plugins: [...packages, tiny],
        trainer: { epochs: 2, batchSize: 16 },
        ...keys,
      };
      const at = (name: string) => folder.within(`${way.replaceAll(/\W+/g, '-')}-${name}`);
      const before = tf.memory().numTensors;
      const once = await trainTiny(at('once'), { changes });
      for (const stop of [3, undefined]) {
        await trainTiny(at('stopped'), {
          changes,
          observer: abort => ({ onStep: ({ step }) => step === stop && abort() }),
        });
      }
      expect(once.status).to.equal('finished');
      expect(once.reports.every(({ gradientNorm }) => gradientNorm > 0)).to.equal(true);
      expect(remains(at('stopped'))['metrics.jsonl']).to.equal(remains(at('once'))['metrics.jsonl']);
      const [kept] = (await once.run.checkpoints()).slice(-1);
      const path = `${once.run.checkpointPath(kept)}/state.safetensors`;
      for (const name of state) expect(readFileSync(path, 'latin1')).to.contain(`"${name}"`);
      expect(tf.memory().numTensors).to.equal(before);
    });
  }

  it('are refused without what they require', async () => {
    const { plugins: usual } = tinyPipeline() as { plugins: string[] };
    const refused = async (changes: object) => {
      const error = await trainTiny(folder.within('refused'), { changes: { assigner: undefined, ...changes } }).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      return error?.message ?? '';
    };
    const from = (name: string) => [...usual.filter(other => other !== '@carl-ssl/carl'), `@carl-ssl/${name}`];
    expect(await refused({ plugins: from('contrastive'), objective: { use: 'info-nce', queueSize } })).to.contain(
      'requires `teacher`',
    );
    expect(await refused({ plugins: from('byol'), objective: 'negative-cosine' })).to.contain('requires `predictor`');
    const wide = { ...predictor, layers: [{ units: 9 }] };
    expect(await refused({ plugins: from('byol'), objective: 'negative-cosine', predictor: wide })).to.contain(
      'The predictor outputs 9 values, but the embeddings that it predicts have 8',
    );
  });
});
