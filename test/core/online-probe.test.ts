import { assemble, loadPipeline, openData, readRun, requireMemory } from '@carl-ssl/core/host';
import type { CarlError } from '@carl-ssl/core';
import { chosenCheckpoint, progress } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { golden } from '../plugins/reader-support.js';
import { onCpu, remains, smallResnet, temporaryFolder, trainTiny, writePipeline, type Trained } from '../e2e/tiny.js';

const tiny = fileURLToPath(new URL('../samples/plugins/tiny.mjs', import.meta.url));
const packages = (...names: string[]) => [...names.map(name => `@carl-ssl/${name}`), tiny];
const teacher = { use: 'moving-average', momentum: 0.9 };
const short = { trainer: { epochs: 2, batchSize: 16 } };
const probe = { optimizer: { use: 'sgd', learningRate: 0.5, momentum: 0.9 } };

/** Methods with teacher, predictor, queue, masks, clipping and accumulation. */
const methods: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'CARL on a convolutional encoder': { encoder: smallResnet },
  'CARL with accumulation and clipping': { trainer: { epochs: 2, batchSize: 8, accumulate: 2, clipNorm: 0.5 } },
  MoCo: {
    plugins: packages('contrastive', 'heads', 'augment', 'optim'),
    assigner: undefined,
    objective: { use: 'info-nce', queueSize: 48 },
    teacher,
  },
  'SimSiam, view by view': {
    plugins: packages('byol', 'heads', 'augment', 'optim'),
    assigner: undefined,
    objective: 'negative-cosine',
    predictor: { use: 'mlp-head', layers: [{ units: 8 }] },
    trainer: { epochs: 2, batchSize: 16, forward: 'separate' },
  },
  'iBOT with masked patches': {
    plugins: packages('carl', 'dino', 'vit', 'heads', 'augment', 'optim'),
    encoder: { use: 'vit', imageSize: 8, patchSize: 4, layers: 1, heads: 2, dim: 8, maskToken: true },
    head: { use: 'dino-head', hiddenDim: 12, bottleneckDim: 4, prototypes: 10 },
    assigner: { use: 'softmax', temperature: 1 },
    objective: { use: 'ibot', studentTemperature: 0.1, teacherTemperature: 0.04 },
    teacher,
  },
};

/** Images with other labels. */
const relabelled = (labels: readonly number[]) => ({
  plugins: packages('carl', 'heads', 'augment', 'optim', 'data-npz', 'data-compose'),
  data: {
    use: 'files',
    train: { use: 'remap', of: { use: 'npz', file: golden('npz/files/data.npz'), labels: 'labels' }, labels },
  },
  trainer: { epochs: 1, batchSize: 4 },
});

describe('the online probe', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const notesOf = ({ reports }: Trained, name: string) => reports.map(({ notes }) => notes[`probe.${name}`]);
  const networkFiles = (run: string) => {
    const files = Object.entries(remains(run));
    return Object.fromEntries(files.filter(([name]) => /\/(?:weights|teacher|state)\.safetensors$/.test(name)));
  };

  for (const [name, changes] of Object.entries(methods))
    it(`leaves every bit of the network as it is without: ${name}`, async () => {
      const at = (kind: string) => folder.within(`${name.replaceAll(/\W+/g, '-')}-${kind}`);
      const without = await trainTiny(at('without'), { changes: { ...short, ...changes } });
      const beside = await trainTiny(at('beside'), { changes: { ...short, ...changes, probe } });
      expect(Object.keys(networkFiles(at('beside')))).to.have.length.above(1);
      expect(networkFiles(at('beside'))).to.deep.equal(networkFiles(at('without')));
      const numbers = ({ reports }: Trained) => reports.map(({ loss, gradientNorm }) => [loss, gradientNorm]);
      expect(numbers(beside)).to.deep.equal(numbers(without));
      expect(notesOf(without, 'loss').every(value => value === undefined)).to.equal(true);
      expect(notesOf(beside, 'loss').every(value => value > 0)).to.equal(true);
      expect(notesOf(beside, 'accuracy').every(value => value >= 0 && value <= 1)).to.equal(true);
    });

  it('learns the classes, and measures them on the validation images at the end of an epoch', async () => {
    const run = folder.within('learns');
    const data = { use: 'stripes', noise: 0.1 };
    const slower = { optimizer: { use: 'sgd', learningRate: 0.1, momentum: 0.9 } };
    const changes = { data, trainer: { epochs: 12, batchSize: 16 }, probe: slower };
    const trained = await trainTiny(run, { changes });
    const [first, last] = [notesOf(trained, 'loss')[0], notesOf(trained, 'loss').at(-1)!];
    expect(last).to.be.below(0.85 * first);
    expect(notesOf(trained, 'accuracy').at(-1)).to.be.above(0.4);
    const epochs = [];
    const { metrics } = await readRun(run);
    for await (const line of metrics.of('epoch')) epochs.push(line.probe!);
    expect(epochs).to.have.length(12);
    expect(epochs[0]).to.be.below(0.6);
    expect(epochs.at(-1)).to.be.above(0.8);
    for await (const { notes } of metrics.of('step')) expect(notes).to.have.keys('probe.loss', 'probe.accuracy');
  });

  it('chooses the best checkpoint that was kept by its accuracy on validation', async () => {
    const path = folder.within('best');
    const { run } = await trainTiny(path, { changes: { ...short, probe, trainer: { epochs: 3, batchSize: 16 } } });
    const file = `${path}/metrics.jsonl`;
    const lines = readFileSync(file, 'utf8').split('\n');
    const choose = async (...accuracies: (number | undefined)[]) => {
      const changed = lines.map(line => {
        const parsed = JSON.parse(line || '{}') as { type?: string; epoch?: number };
        return parsed.type === 'epoch' ? JSON.stringify({ ...parsed, probe: accuracies[parsed.epoch! - 1] }) : line;
      });
      writeFileSync(file, changed.join('\n'));
      return chosenCheckpoint(run, 'best').catch((error: unknown) => error as CarlError);
    };
    expect(await run.checkpoints()).to.deep.equal([8, 12]);
    expect(await choose(0.2, 0.5, 0.4)).to.include({
      step: 8,
      reason: 'best checkpoint: step 8, with 50.0% of the online probe on validation',
    });
    expect(await choose(0.2, 0.5, 0.5)).to.include({ step: 8 });
    expect(await choose(0.75, 0.5, 0.6)).to.include({
      step: 12,
      reason:
        'best checkpoint: step 12, with 60.0% of the online probe on validation. Step 4 had 75.0%, but its checkpoint was not kept: trainer.checkpointEvery and trainer.keepCheckpoints set how many there are.',
    });
    expect(await choose(0.75)).to.include({ code: 'INPUT_ARGUMENT' }).and.have.property('message').that.contains('have no checkpoint any more'); // prettier-ignore
    expect(await choose()).to.have.property('message').that.contains('has no accuracy of an online probe on `validation`. Train with `probe`').and.contains('name a step: `8` or `12`'); // prettier-ignore
  });

  it('continues to the same bits after an interruption', async () => {
    const changes = { probe: { optimizer: 'adam' }, trainer: { epochs: 2, batchSize: 16, keepCheckpoints: 9 } };
    await trainTiny(folder.within('once'), { changes });
    for (const stop of [3, undefined])
      await trainTiny(folder.within('stopped'), {
        changes,
        observer: abort => ({ onStep: ({ step }) => step === stop && abort() }),
      });
    const [once, stopped] = [remains(folder.within('once')), remains(folder.within('stopped'))];
    expect(stopped['metrics.jsonl']).to.equal(once['metrics.jsonl']);
    const names = Object.keys(once).filter(name => name.endsWith('.safetensors'));
    expect(names.filter(name => name.endsWith('/probe.safetensors'))).to.have.length(2);
    for (const name of names) expect(stopped[name], name).to.equal(once[name]);
  });

  it('may diverge without an effect on the training', async () => {
    const changes = { ...short, probe: { optimizer: { use: 'sgd', learningRate: 1e30, momentum: 0.9 } } };
    const { status } = await trainTiny(folder.within('diverges'), { changes });
    expect(status).to.equal('finished');
    expect((await trainTiny(folder.within('diverges'), { changes })).status).to.equal('finished');
  });

  it('is refused without labels before the training, and without an optimizer', async () => {
    const opened = async (changes: object): Promise<string> =>
      loadPipeline(writePipeline(folder.within('refused.yaml'), { probe, ...changes }))
        .then(loaded => openData(assemble(loaded)))
        .then(() => 'opened', String);
    expect(await opened({ data: { use: 'stripes', labelled: false } }))
      .to.contain('The online probe learns from labels, and the training images have none.')
      .and.contain('Remove `probe`');
    const single = relabelled(Array.from({ length: 100 }, () => 0));
    expect(await opened(single)).to.contain('all training images have the same class');
    expect(await opened({})).to.equal('opened');
    expect(await opened({ probe: {} })).to.contain('`probe` needs `optimizer`.');
    expect(await opened({ probe: { optimizer: 'sdg' } })).to.contain('sdg');
  });

  it('is counted in the memory of a step', async () => {
    const labels = Array.from({ length: 100 }, (_, label) => 2 ** 31 - 2 - label);
    const file = writePipeline(folder.within('large.yaml'), { probe, ...relabelled(labels) });
    const experiment = await openData(assemble(await loadPipeline(file)));
    const refused = await requireMemory(experiment, 16 * 2 ** 30).then(() => 'accepted', String);
    expect(refused).to.match(/for the weights of the online probe for 21474836\d\d classes/);
  });

  it('is shown with the progress', async () => {
    const lines: string[] = [];
    const shown = progress({
      isTTY: false,
      write: (text: string) => lines.push(text),
    } as unknown as NodeJS.WriteStream);
    const report = {
      step: 1,
      steps: 2,
      epoch: 1,
      epochs: 1,
      loss: 1,
      learningRate: 1,
      gradientNorm: 1,
      parts: {},
      notes: { 'probe.accuracy': 0.4567 },
    };
    shown.onStep!({ ...report, imagesPerSecond: 1, imagesPerStep: 1 });
    shown.onEpoch!({ epoch: 1, metrics: { loss: 1, probe: 0.5 } });
    expect(lines.join('')).to.match(/loss 1\.0000 {2}probe 45\.7% .* {2}probe on validation 50\.0%\n$/);
    expect(readFileSync(folder.within('learns', 'pipeline.json'), 'utf8')).to.contain('"probe"');
  });
});
