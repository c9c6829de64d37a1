import { assemble, loadPipeline, openData, planOf, requireMemory } from '@carl-ssl/core/host';
import carl from '@carl-ssl/carl';
import carp from '@carl-ssl/carp';
import type { Objective } from '@carl-ssl/core';
import dino from '@carl-ssl/dino';
import massl from '@carl-ssl/massl';
import msn from '@carl-ssl/msn';
import swav from '@carl-ssl/swav';
import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { onCpu, smallResnet, temporaryFolder, tinyPipeline, writePipeline } from '../e2e/tiny.js';
import { workbench } from '../plugins/objective-support.js';

const core = new URL('../../core/dist/index.js', import.meta.url).href;

const GIBIBYTE = 2 ** 30;

describe('the memory of a training step', () => {
  const folder = temporaryFolder();
  before(onCpu);

  /** The refusal of a tiny pipeline with changes on a machine with 16 GiB; undefined if it is accepted. */
  async function refusal(
    changes: Record<string, unknown> = {},
    available = 16 * GIBIBYTE,
  ): Promise<string | undefined> {
    const loaded = await loadPipeline(writePipeline(folder.within('tiny.yaml'), changes));
    const experiment = await openData(assemble(loaded));
    return requireMemory(experiment, available).then(() => undefined, String);
  }

  it('is enough where a training fits', async () => {
    expect(await refusal()).to.equal(undefined);
  });

  it('is refused at the key that it follows from, with the figures', async () => {
    const assigner = { use: 'prototypes', count: 100_000_000, temperature: 0.1 };
    expect(await refusal({ assigner }))
      .to.match(/PARTS_MISFIT A training step needs at least \d+(\.\d)? GiB of memory and this machine has 16\.0 GiB/)
      .and.match(/\.yaml:\d+:\d+/)
      .and.include('for the matrices of the objective, the largest of 16 x 100000000, for 16 images x 2 views')
      .and.include('Lower the sizes of the assigner');
    const encoder = { ...smallResnet, width: 100_000 };
    expect(await refusal({ encoder })).to.include('for the weights of the encoder');
    const head = { use: 'mlp-head', layers: [{ units: 1e9 }, { units: 8 }] };
    expect(await refusal({ head })).to.include('for the weights of the head');
    const augmenter = { use: 'simclr-views', size: 16_384, blur: 0 };
    expect(await refusal({ augmenter, encoder: smallResnet }))
      .to.include('the first of 16384 x 16384 pixels')
      .and.include('Lower `trainer.batchSize` or the size of the views.');
  });

  it('is refused at the size of the command line, if that is the largest', async () => {
    const given = async (...set: string[]): Promise<string> => {
      const loaded = await loadPipeline(writePipeline(folder.within('tiny.yaml'), { encoder: smallResnet }), { set });
      const experiment = await openData(assemble(loaded));
      return requireMemory(experiment, 16 * GIBIBYTE).then(() => 'fits', String);
    };
    const count = await given('assigner.temperature=0.2', 'assigner.count=100000000');
    expect(count).to.match(/^PipelineError: --set PARTS_MISFIT [^\n]*\n> \| assigner\.count=100000000\n/);
    const units = await given('head.layers.0.units=1000000000');
    expect(units).to.match(/^PipelineError: --set PARTS_MISFIT [^\n]*\n> \| head\.layers\.0\.units=1000000000\n/);
    const size = await given('augmenter.size=16384');
    expect(size).to.match(/^PipelineError: --set PARTS_MISFIT [^\n]*\n> \| augmenter\.size=16384\n/);
    const assigner = { use: 'prototypes', count: 100_000_000, temperature: 0.1 };
    const file = writePipeline(folder.within('large.yaml'), { assigner });
    const loaded = await loadPipeline(file, { set: ['assigner.temperature=0.2'] });
    const experiment = await openData(assemble(loaded));
    expect(await requireMemory(experiment, 16 * GIBIBYTE).then(() => 'fits', String)).to.match(/large\.yaml:\d+:\d+ P/);
  });

  it('is refused for sizes beyond all numbers', async () => {
    const assigner = { use: 'prototypes', count: 1e308, temperature: 0.1 };
    expect(await refusal({ assigner })).to.contain('needs over 1e+299 GiB of memory');
  });

  it('counts the buffers of assigner and objective', async () => {
    const assigner = { use: 'sinkhorn', count: 30, queueLength: 16_000_000_000 };
    const changes = { assigner, objective: 'swav' };
    expect(await refusal(changes)).to.include('for the buffers of the assigner');
  });

  it('counts the matrices of the objective over images, dimensions and queues', async () => {
    const large = {
      augmenter: { use: 'simclr-views', size: 2, blur: 0 },
      data: { use: 'stripes', count: 60_000, size: 2 },
    };
    const trainer = { epochs: 1, batchSize: 60_000 };
    const alone = { ...large, trainer, assigner: undefined };
    expect(await refusal({ ...alone, objective: 'barlow-twins' })).to.equal(undefined);
    // These compare large batches in chunks.
    const terms = [{ objective: 'alignment-uniformity' }, { objective: { use: 'koleo' } }];
    for (const objective of ['nt-xent', 'dcl', 'macl', 'alignment-uniformity', { use: 'weighted-sum', terms }])
      expect(await refusal({ ...alone, objective }), JSON.stringify(objective)).to.equal(undefined);
    const pairs = { objective: { use: 'info-nce', negatives: 'batch' }, teacher: 'moving-average' };
    expect(await refusal({ ...alone, ...pairs }))
      .to.match(/needs at least (\d+\.\d|\d{3}) GiB of memory and this machine has 16\.0 GiB/)
      .and.match(/for the matrices of the objective, the largest of 60000 x 60000/);
    const head = { use: 'mlp-head', layers: [{ units: 40_000 }] };
    expect(await refusal({ head, assigner: undefined, objective: 'barlow-twins' }, 8 * GIBIBYTE)).to.contain(
      'the largest of 40000 x 40000',
    );
  });

  it('counts the matrices over prototypes of a chunk of images, and few of all images', async () => {
    const size = { batchSize: 512, views: 2, width: 65_536 };
    const matrices = (use: string, batchSize: number): number => {
      const objective: Objective = workbench(carl, carp, dino, massl, msn, swav).make('objective', {
        use,
        ...(use === 'msn' && { inputs: 'scores' }),
      });
      const counted = objective.matrices!({ ...size, batchSize });
      return counted.reduce((sum, one) => sum + one.rows * one.columns * one.count, 0) / (batchSize * size.width);
    };
    expect(matrices('carl', 128)).to.equal(8);
    expect(matrices('carl', 512)).to.be.within(2, 3);
    expect(matrices('carp', 128)).to.equal(8);
    expect(matrices('carp', 512)).to.be.within(2, 3);
    for (const use of ['dino', 'massl', 'swav']) {
      expect(matrices(use, 128)).to.equal(6);
      expect(matrices(use, 512)).to.be.within(1, 2);
    }
    expect(matrices('msn', 128)).to.equal(5);
    expect(matrices('msn', 512)).to.be.within(1, 2);
  });

  it('is compared with the memory of the device where that is known', async () => {
    const backend = (memory: string) => `import { defineComponent, definePlugin, slots } from '${core}';
      const options = { type: 'object', properties: {}, additionalProperties: false };
      const create = () => ({ name: 'far', rank: 1, probe: async () => ({ available: true, reason: '' }), memory: () => (${memory}) });
      export default definePlugin({ name: 'far', components: [defineComponent(slots.backend, { use: 'far', description: 'Far.', options, create })] });`;
    const { plugins } = tinyPipeline();
    const refused = async (memory: string) => {
      const file = folder.within(`far-${memory.length}.mjs`);
      writeFileSync(file, backend(memory));
      return refusal({ plugins: [...(plugins as string[]), file], backend: 'far' });
    };
    expect(await refused('{}')).to.equal(undefined);
    expect(await refused('{ bytes: 5000 }')).to.contain('the device of the backend `far` has 0 MiB');
    expect(await refused('{ tensorBytes: 100 }')).to.match(
      /A tensor of 0 MiB is needed .* allows 0 MiB for one tensor/,
    );
  });

  it('is that of the plan and the pixels of the views', async () => {
    const loaded = await loadPipeline(writePipeline(folder.within('tiny.yaml')));
    const experiment = await openData(assemble(loaded));
    const { bytes } = await planOf(experiment);
    expect(await requireMemory(experiment, bytes + 2 ** 20).then(() => 'fits', String)).to.equal('fits');
    expect(await requireMemory(experiment, bytes - 1).then(() => 'fits', String)).to.include('of memory');
  });
});

describe('the plan', () => {
  const folder = temporaryFolder();
  before(onCpu);

  it('counts the images of each class', async () => {
    const experiment = await openData(assemble(await loadPipeline(writePipeline(folder.within('tiny.yaml')))));
    const { classes, images } = await planOf(experiment);
    const sum = (split: 'train' | 'validation' | 'test') => classes!.reduce((total, one) => total + one[split], 0);
    expect(classes!.length).to.be.above(1);
    expect([sum('train'), sum('validation'), sum('test')]).to.deep.equal([
      images.train,
      images.validation,
      images.test,
    ]);
  });
});
