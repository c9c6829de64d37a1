/**
 * Trains encoders for a few steps, exports each in all formats, and writes images with their features, for check.py.
 * Usage: node --import tsx benchmarks/export/export-all.ts FOLDER [NAME...]
 */
import { CarlError, encodeSafetensors, seededStreams, type StoredTensor } from '@carl-ssl/core';
import {
  embed,
  exportNetwork,
  loadPipeline,
  openData,
  assemble,
  activateBackend,
  openImages,
  startRun,
  trainedNetwork,
} from '@carl-ssl/core/host';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

const folder = resolve(process.argv[2] ?? '/tmp/carl-export');
const SIDE = 32;
const names = process.argv.slice(3);

const resnet = (depth: number, width: number, stem: string) => ({ use: 'resnet', depth, width, stem });

const encoders: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    [16, 64].flatMap(width =>
      ['imagenet', 'cifar', 'small'].map(stem => [`resnet18-${width}-${stem}`, resnet(18, width, stem)]),
    ),
  ),
  'resnet50-64-imagenet': resnet(50, 64, 'imagenet'),
  'resnet50-16-small': resnet(50, 16, 'small'),
  vit: { use: 'vit', imageSize: SIDE, patchSize: 8, layers: 3, heads: 3, dim: 48 },
  convnext: { use: 'convnext', depths: [1, 1, 2, 1], dims: [16, 32, 64, 128], patchSize: 2, layerScale: 0.5 },
};

const formats = [
  { use: 'torchvision', pth: true },
  { use: 'timm', pth: true },
  { use: 'onnx', assignments: true },
];

/** Smooth random images of the size of the views, so that nothing is resized. */
async function writeImages(path: string): Promise<void> {
  mkdirSync(path, { recursive: true });
  const random = seededStreams(0).at('images');
  for (let i = 0; i < 48; i++) {
    const data = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.integer(256));
    const image = sharp(data, { raw: { width: 8, height: 8, channels: 3 } }).resize(SIDE, SIDE, { kernel: 'cubic' });
    await image.png().toFile(join(path, `${String(i).padStart(2, '0')}.png`));
  }
}

function pipeline(name: string, encoder: object): object {
  return {
    name,
    data: { use: 'image-folder', root: join(folder, 'images'), labels: 'none', validation: 0 },
    augmenter: {
      use: 'simclr-views',
      size: SIDE,
      minScale: 0.3,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
    encoder,
    head: { use: 'mlp-head', layers: [{ units: 32 }] },
    assigner: { use: 'prototypes', count: 16, temperature: 0.1 },
    objective: { use: 'carl' },
    optimizer: { use: 'sgd', learningRate: 0.05 },
    trainer: { epochs: 2, batchSize: 16 },
    evaluate: [],
  };
}

async function train(name: string, encoder: object): Promise<void> {
  const [file, run] = [join(folder, `${name}.yaml`), join(folder, 'runs', name)];
  if (existsSync(run)) return;
  writeFileSync(file, JSON.stringify(pipeline(name, encoder), null, 2));
  const loaded = await loadPipeline(file);
  const backend = await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  await startRun(await openData(assemble(loaded)), run, {
    ...{ backend, source: loaded.source, observers: [], viewThreads: 0 },
    signal: new AbortController().signal,
  });
}

async function exported(name: string): Promise<void> {
  const network = await trainedNetwork(join(folder, 'runs', name));
  for (const format of formats) {
    const target = join(folder, 'exports', name, format.use);
    try {
      await exportNetwork(network, { format, folder: target, license: 'apache-2.0', overwrite: true });
    } catch (error) {
      if (!CarlError.is(error) || error.code !== 'INPUT_ARGUMENT') throw error;
      process.stdout.write(`${name} ${format.use}: ${error.message}\n`);
    }
  }
  await writeFeatures(name, network);
}

async function writeFeatures(name: string, network: Awaited<ReturnType<typeof trainedNetwork>>): Promise<void> {
  const images = await openImages(network, join(folder, 'images'));
  const control = { signal: new AbortController().signal, progress: () => Promise.resolve() };
  const values: Record<string, StoredTensor> = {};
  for (const output of ['features', 'assignments'] as const) {
    const out = join(folder, `${name}-${output}.jsonl`);
    await embed(network, { images, output, out, control, overwrite: true });
    const rows = readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as Record<string, number[]>)[output]);
    values[output] = { dtype: 'F32', shape: [rows.length, rows[0].length], data: Float32Array.from(rows.flat()) };
  }
  const stored = await images.read(Array.from({ length: images.length }, (_, i) => i));
  const pixels = Float32Array.from(stored.flatMap(({ data }) => Array.from(data, byte => byte / 255)));
  values.images = { dtype: 'F32', shape: [images.length, SIDE, SIDE, 3], data: pixels };
  writeFileSync(join(folder, `${name}.safetensors`), encodeSafetensors(values));
}

await writeImages(join(folder, 'images'));
for (const [name, encoder] of Object.entries(encoders)) {
  if (names.length > 0 && !names.includes(name)) continue;
  await train(name, encoder);
  await exported(name);
  process.stdout.write(`${name} done\n`);
}
