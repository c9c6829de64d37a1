import { CarlError, type Dataset, type ImageSet } from '@carl-ssl/core';
import { assemble, loadPipeline, loadPlugin, openData } from '@carl-ssl/core/host';
import { diagnosticsOf, keep, contractOf } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { rmSync, writeFileSync } from 'node:fs';
import { onCpu, remains, temporaryFolder, tinyPipeline, trainTiny, writePipeline } from '../e2e/tiny.js';

/** A plugin as someone else writes it, for a made-up format: `height width`, then a line for each image: label and bytes in hex. */
const PLUGIN = `
import { CarlError, defineComponent, definePlugin, Path, pixelImages, readUserFile, slots } from '${import.meta.resolve('@carl-ssl/core')}';
import { Type } from '${import.meta.resolve('typebox')}';

async function read({ file }) {
  const [head, ...lines] = Buffer.from(await readUserFile(file)).toString().trim().split('\\n');
  const [height, width] = head.split(' ').map(Number);
  const rows = lines.map(line => line.split(' '));
  const wrong = rows.findIndex(([, hex]) => hex?.length !== 2 * height * width);
  if (wrong >= 0) throw new CarlError('INPUT_DATA', \`\${file}, line \${wrong + 2}: \${height * width} bytes are needed\`);
  return pixelImages({
    bytes: Uint8Array.from(Buffer.from(rows.map(([, hex]) => hex).join(''), 'hex')),
    size: [height, width],
    channels: 1,
    labels: Int32Array.from(rows, ([label]) => Number(label)),
  });
}

const reader = defineComponent(slots.reader, {
  use: 'hex-lines',
  description: 'Grey images as lines of hex.',
  options: Type.Object({ file: Path({ description: 'The file.' }) }, { additionalProperties: false }),
  provides: () => ['labels'],
  create: options => ({ read: () => read(options) }),
});
export default definePlugin({ name: 'hex-lines', components: [reader] });
`;

/** Images of 8x8 pixels, striped across or down by their label. */
function hexLines(count: number, classes = 2): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const pixels = Array.from({ length: 64 }, (__, at) => {
      const along = i % classes === 0 ? at % 8 : Math.floor(at / 8);
      return ((along % 2) * 180 + ((i * 7 + at * 13) % 60)).toString(16).padStart(2, '0');
    });
    return `${i % classes} ${pixels.join('')}`;
  });
  return ['8 8', ...lines, ''].join('\n');
}

describe('a reader from outside', () => {
  const folder = temporaryFolder();
  const at = (name: string) => folder.within(name);
  const split = (name: string) => ({ use: 'hex-lines', file: at(name) });
  const pipeline = (data: object) => ({
    plugins: [...(tinyPipeline().plugins as string[]), at('plugin.mjs')],
    data: { use: 'files', ...data },
    trainer: { epochs: 2, batchSize: 16 },
  });
  const open = async (data: object): Promise<Dataset> => {
    const loaded = await loadPipeline(writePipeline(at('open.yaml'), pipeline(data)));
    return (await openData(assemble(loaded))).dataset;
  };
  before(async () => {
    await onCpu();
    writeFileSync(at('plugin.mjs'), PLUGIN);
    writeFileSync(at('train.txt'), hexLines(64));
    writeFileSync(at('test.txt'), hexLines(10));
  });

  it('trains under `files`, with the same bits in threads that share the images', async () => {
    const data = { train: split('train.txt'), test: split('test.txt'), holdout: 16 };
    const tensors = tf.memory().numTensors;
    const { status, reports } = await trainTiny(at('run'), { changes: pipeline(data), viewThreads: 0 });
    expect([status, reports.length]).to.deep.equal(['finished', 6]);
    expect(reports.every(({ loss }) => Number.isFinite(loss))).to.equal(true);
    await trainTiny(at('threads'), { changes: pipeline(data), viewThreads: 2 });
    expect(remains(at('threads'))).to.deep.equal(remains(at('run')));
    expect(tf.memory().numTensors).to.equal(tensors);
  });

  it('gets splits, hold-out and classes from the dataset', async () => {
    const dataset = await open({ train: split('train.txt'), holdout: 0.25, classNames: ['across', 'down'] });
    const [train, validation] = [(await dataset.split('train'))!, (await dataset.split('validation'))!];
    expect([train.length, validation.length, dataset.classCount]).to.deep.equal([48, 16, 2]);
    expect([train.classes, validation.classes]).to.deep.equal([
      ['across', 'down'],
      ['across', 'down'],
    ]);
    expect(await dataset.split('test')).to.equal(undefined);
  });

  it('provides labels for evaluators that require them', async () => {
    const evaluated = { ...pipeline({ train: split('train.txt'), test: split('test.txt') }), evaluate: ['knn'] };
    expect(await diagnosticsOf(writePipeline(at('labels.yaml'), evaluated), {})).to.deep.equal([]);
  });

  it('provides labels only together with the readers of all splits', async () => {
    const unlabelled = { use: 'idx', images: 'none' };
    const changes = pipeline({ train: split('train.txt'), test: unlabelled });
    const plugins = [...changes.plugins, '@carl-ssl/data-idx'];
    const file = writePipeline(at('unlabelled.yaml'), { ...changes, plugins, evaluate: ['knn'] });
    const [{ code, message }, ...others] = await diagnosticsOf(file, {});
    expect(others).to.deep.equal([]);
    expect(code).to.equal('REQUIREMENT_MISSING');
    expect(message).to.equal('The evaluator `knn` requires `labels`, which `data.test` lacks.');
  });

  it('is read from the place that the pipeline names', async () => {
    const error: unknown = await open({ train: split('none.txt') }).catch((reason: unknown) => reason);
    expect(CarlError.is(error) && error.code).to.equal('INPUT_FILE');
    expect((error as Error).message).to.include(at('none.txt'));
  });

  it('keeps the contract of readers', async () => {
    const { plugin } = await loadPlugin('./plugin.mjs', folder.path);
    const examples = { 'reader hex-lines': [{ options: { file: at('test.txt') } }] };
    const clauses = contractOf(plugin, { examples });
    expect(clauses.map(({ rule }) => rule)).to.include('names a file that is missing');
    for (const clause of clauses) await keep(clause);
  });

  it('is used from memory by threads, not read again', async () => {
    writeFileSync(at('gone.txt'), hexLines(64));
    const loaded = await loadPipeline(writePipeline(at('gone.yaml'), pipeline({ train: split('gone.txt') })));
    const { train } = await openData(assemble(loaded));
    rmSync(at('gone.txt'));
    expect(await pixelsInThread(train)).to.deep.equal((await train.read([3]))[0].data);
  });
});

/** Bytes of the fourth image as a thread sees them. */
async function pixelsInThread(set: ImageSet): Promise<Uint8Array> {
  const { Worker } = await import('node:worker_threads');
  const program = `
    const { parentPort, workerData } = await import('node:worker_threads');
    const { openShared } = await import('${import.meta.resolve('@carl-ssl/core')}');
    const [image] = await (await openShared(workerData)).read([3]);
    parentPort.postMessage(image.data);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  const worker = new Worker(url, { workerData: set.share!(2) });
  return new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
}
