import { CarlError, decodeSafetensors, encodeSafetensors } from '@carl-ssl/core';
import {
  assemble,
  evaluateRun,
  loadPipeline,
  openData,
  openPipeline,
  resultsTable,
  RunDirectory,
} from '@carl-ssl/core/host';
import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onCpu, remains, smallResnet, temporaryFolder, trainTiny, writePipeline, type Trained } from './tiny.js';

const trainer = { epochs: 1, batchSize: 16 };
// So small a step that no weight moves by a bit that single precision holds.
const standing = { use: 'sgd', learningRate: 1e-20 };

describe('a training from given weights', () => {
  const folder = temporaryFolder();
  const file = (): string => folder.within('given.safetensors');
  const weightsIn = (path: string) => decodeSafetensors(readFileSync(path), path).tensors;
  const changes = (more: object = {}) => ({
    encoder: smallResnet,
    trainer,
    optimizer: standing,
    initialWeights: file(),
    ...more,
  });
  const newest = async ({ run }: Trained): Promise<string> => run.checkpointPath((await run.checkpoints()).at(-1)!);

  before(onCpu);
  before(async () => {
    const source = await trainTiny(folder.within('source'), { changes: { encoder: smallResnet, trainer }, seed: 5 });
    writeFileSync(file(), readFileSync(join(await newest(source), 'weights.safetensors')));
  });

  it('starts student and teacher from them, and everything else from the seed', async () => {
    const teacher = { use: 'moving-average', momentum: 0.5 };
    const path = await newest(await trainTiny(folder.within('given'), { changes: changes({ teacher }) }));
    const given = weightsIn(file());
    for (const name of ['weights', 'teacher']) {
      const trained = weightsIn(join(path, `${name}.safetensors`));
      const moving = /running_(mean|var)$/;
      const names = Object.keys(given).filter(key => key.startsWith('encoder.') && !moving.test(key));
      expect(names).to.have.length.above(10);
      for (const key of names) expect(trained[key].data, `${name} ${key}`).to.deep.equal(given[key].data);
      expect(trained['head.layers.0.weight'].data).to.not.deep.equal(given['head.layers.0.weight'].data);
    }
  });

  it('has the SHA-256 of the file in its lock, and continues only with the same file', async () => {
    const copy = folder.within('copy.safetensors');
    writeFileSync(copy, readFileSync(file()));
    const abort = { observer: (stop: () => void) => ({ onStep: () => stop() }) };
    const { run } = await trainTiny(folder.within('locked'), { changes: changes({ initialWeights: copy }), ...abort });
    const sha256 = createHash('sha256').update(readFileSync(copy)).digest('hex');
    expect((await run.lock()).initialWeights).to.equal(sha256);
    writeFileSync(copy, encodeSafetensors(weightsIn(copy), { changed: 'yes' }));
    const error: unknown = await trainTiny(folder.within('locked'), {
      changes: changes({ initialWeights: copy }),
    }).then(
      () => expect.fail('it went on'),
      (error: unknown) => error,
    );
    expect(CarlError.is(error) && error.code).to.equal('INPUT_RUN');
    expect((error as Error).message).to.match(/initial weights: was [0-9a-f]{64}, is [0-9a-f]{64}/);
  });

  it('is evaluated beside the encoder before training', async () => {
    const judged = async (name: string, more: object) => {
      const pipeline = writePipeline(folder.within(`${name}.yaml`), changes({ evaluate: ['rankme'], ...more }));
      const loaded = await loadPipeline(pipeline);
      const experiment = await openData(assemble(loaded));
      return evaluateRun(experiment, await RunDirectory.open(folder.within('source')), { network: undefined });
    };
    // The file is this run's own end.
    const given = await judged('given-source', {});
    expect(given.untrained).to.deep.equal(given.trained);
    expect(resultsTable(given)).to.match(/^initial encoder /m);
    expect(given.initialWeights).to.equal(true);
    const fresh = await judged('fresh-source', { initialWeights: undefined });
    expect(fresh.untrained).to.not.deep.equal(fresh.trained);
    expect(resultsTable(fresh)).to.match(/^untrained encoder /m);
  });

  it('gets a warning for torchvision weights and images that are not normalised', async () => {
    const data = { use: 'stripes', channels: 3, count: 16 };
    const path = await newest(
      await trainTiny(folder.within('colour'), { changes: changes({ data, initialWeights: undefined }) }),
    );
    const checkpoint = weightsIn(join(path, 'weights.safetensors'));
    const encoder = Object.entries(checkpoint).filter(([name]) => name.startsWith('encoder.'));
    const torchvision = Object.fromEntries(encoder.map(([name, tensor]) => [name.replace('encoder.', ''), tensor]));
    const codes = async (weights: typeof checkpoint, statistics = {}) => {
      const initialWeights = folder.within('start.safetensors');
      writeFileSync(initialWeights, encodeSafetensors(weights));
      const augmenter = { use: 'simclr-views', size: 8, ...statistics };
      const file = writePipeline(folder.within('start.yaml'), changes({ data, initialWeights, augmenter }));
      const { warnings } = await openPipeline(await loadPipeline(file));
      return warnings.map(({ code }) => code).filter(code => code.startsWith('INITIAL'));
    };
    expect(await codes(torchvision)).to.deep.equal(['INITIAL_WEIGHTS_RANGE']);
    expect(await codes(torchvision, { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })).to.deep.equal([]);
    expect(await codes(checkpoint)).to.deep.equal([]);
  });

  it('is refused before anything is made if they do not fit', async () => {
    const wide = { ...smallResnet, width: 3 };
    const error: unknown = await trainTiny(folder.within('unfit'), {
      changes: changes({ encoder: wide, plugins: plugins() }),
    }).then(
      () => expect.fail('it was trained'),
      (error: unknown) => error,
    );
    expect(CarlError.is(error) && error.code).to.equal('INPUT_WEIGHTS');
    expect((error as Error).message).to.include('conv1.weight has shape [2, 1, 3, 3], the network needs [3, 1, 3, 3]');
  });

  const plugins = (): readonly string[] =>
    (JSON.parse(readFileSync(folder.within('given.yaml'), 'utf8')) as { plugins: string[] }).plugins;

  it('with branches dropped at random gives the same bits, stopped and resumed', async () => {
    const convnext = { use: 'convnext', depths: [1, 1, 1, 1], dims: [2, 3, 4, 5], patchSize: 1, layerScale: 1 };
    const at = (name: string, stochasticDepth: number, stop?: number) =>
      trainTiny(folder.within(name), {
        changes: {
          trainer,
          plugins: [...plugins(), '@carl-ssl/convnext'],
          encoder: { ...convnext, stochasticDepth },
        },
        observer: abort => ({ onStep: ({ step }) => step === stop && abort() }),
      });
    const [whole] = [await at('whole', 0.5), await at('halves', 0.5, 2)];
    await at('halves', 0.5);
    expect(remains(folder.within('halves'))['metrics.jsonl']).to.equal(
      remains(folder.within('whole'))['metrics.jsonl'],
    );
    const losses = ({ reports }: Trained) => reports.map(({ loss }) => loss);
    expect(losses(whole)).to.not.deep.equal(losses(await at('never-dropped', 0)));
  });
});
