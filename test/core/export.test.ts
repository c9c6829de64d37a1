import { decodeSafetensors } from '@carl-ssl/core';
import { exportNetwork, trainedNetwork, type TrainedNetwork } from '@carl-ssl/core/host';
import { readInitialWeights } from '@carl-ssl/core/testing';
import type { io } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onCpu, temporaryFolder, writePipeline } from '../e2e/tiny.js';
import { refusal } from '../refusal.js';

const sample = (name: string) => fileURLToPath(new URL(`../samples/${name}`, import.meta.url));

/** The network of the sample weights; see benchmarks/evaluation/weights.py. */
const pipeline = (encoder: object) => ({
  plugins: [],
  data: { use: 'files', train: { use: 'image-folder', root: sample('given-weights/images/train') } },
  augmenter: {
    use: 'simclr-views',
    size: 16,
    blur: 0,
    mean: [0.4, 0.5, 0.6],
    std: [0.2, 0.25, 0.3],
    evaluation: { resize: 20 },
  },
  encoder,
  assigner: undefined,
  objective: 'dcl',
  trainer: { epochs: 1, batchSize: 256 },
});
const resnet = { use: 'resnet', block: 'basic', layers: [1, 1, 1, 1], width: 2 };

describe('export of an encoder', () => {
  const folder = temporaryFolder();
  let network: TrainedNetwork;
  before(onCpu);
  before(async () => {
    const file = writePipeline(folder.within('p.yaml'), pipeline(resnet));
    network = await trainedNetwork(file, { weights: sample('given-weights/weights.safetensors') });
  });

  const exported = (use: string, options: object = {}, changes: object = {}) =>
    exportNetwork(network, {
      format: { use, ...options },
      folder: folder.within(use),
      license: 'mit',
      overwrite: true,
      ...changes,
    });
  const read = (name: string) => readFileSync(folder.within(name));

  // benchmarks/export/check.py loads the recorded files in PyTorch and onnxruntime. UPDATE_EXPORTS=1 writes them again.
  for (const [name, options] of [
    ['torchvision/model.pth', { pth: true }],
    ['onnx/model.onnx', {}],
  ] as const) {
    it(`writes ${name} as it was checked in the program that reads it`, async () => {
      await exported(name.split('/')[0], options);
      const recorded = sample(`export/${name.split('/')[1]}`);
      if (process.env.UPDATE_EXPORTS) {
        mkdirSync(sample('export'), { recursive: true });
        writeFileSync(recorded, read(name));
      }
      expect(read(name).equals(readFileSync(recorded))).to.equal(true);
    });
  }

  it('writes the weights under the names of torchvision, and compares them when they are loaded again', async () => {
    const { check, files } = await exported('torchvision', {}, { check: true });
    expect(check).to.include({ images: 8, difference: 0 });
    expect(files).to.deep.equal(['model.safetensors', 'encoder.py', 'README.md']);
    const { tensors } = decodeSafetensors(read('torchvision/model.safetensors'), 'model');
    expect(tensors['layer4.0.downsample.0.weight'].shape).to.deep.equal([16, 8, 1, 1]);
    expect(read('torchvision/encoder.py').toString()).to.contain('self.conv1 = nn.Conv2d(3, 2, 7, 2, 3, bias=False)');
  });

  it('writes weights as float16, with the loss in accuracy on the model card', async () => {
    const file = writePipeline(folder.within('labelled.yaml'), {
      ...pipeline(resnet),
      data: {
        use: 'files',
        train: { use: 'image-folder', root: sample('given-weights/images/train') },
        test: { use: 'image-folder', root: sample('given-weights/images/test') },
      },
      evaluate: [{ use: 'knn', k: 1 }],
    });
    const labelled = await trainedNetwork(file, { weights: sample('given-weights/weights.safetensors') });
    const choice = { folder: folder.within('half'), license: 'mit', check: true };
    const format = { use: 'torchvision', precision: 'float16', pth: true };
    const { loss, check } = await exportNetwork(labelled, { ...choice, format });
    expect(loss!.difference).to.be.within(1e-5, 1e-2);
    expect(check!.difference).to.equal(0);
    const [{ metric, split, full, rounded }] = loss!.figures;
    expect([metric, split, loss!.reason]).to.deep.equal(['knn1@t0.1', 'test', undefined]);
    expect(read('half/README.md').toString()).to.include(
      `- ${metric} on test: ${full.toFixed(4)} with float32, ${rounded.toFixed(4)} with float16.`,
    );
    const { dtypes, tensors } = decodeSafetensors(read('half/model.safetensors'), 'model');
    expect(new Set(Object.values(dtypes))).to.deep.equal(new Set(['F16']));
    const specs = labelled.network.encoder.weights(labelled.shape.image);
    const again = await readInitialWeights(folder.within('half/model.pth'), specs);
    expect(again.dtypes).to.deep.equal(['F16']);
    expect(again.tensors['encoder.conv1.weight']).to.deep.equal(tensors['conv1.weight']);
    const own = labelled.weights.tensors['encoder.conv1.weight'].data;
    own.forEach((value, i) => expect(tensors['conv1.weight'].data[i]).to.be.closeTo(value, Math.abs(value) * 2 ** -11));
    expect((await exported('torchvision', { precision: 'float16' })).loss!.reason).to.be.a('string');
  });

  it('writes graphs whose matrices are float16, which compute as the rounded weights do', async () => {
    const sizes: Record<string, number[]> = {};
    for (const precision of ['float32', 'float16']) {
      const { check, loss } = await exported('tfjs', { precision }, { check: true });
      expect(check!.difference, precision).to.be.below(2e-6);
      expect(loss?.difference ?? 1e-3).to.be.within(1e-5, 1e-2);
      await exported('onnx', { precision });
      sizes[precision] = ['tfjs/group1-shard1of1.bin', 'onnx/model.onnx'].map(file => read(file).length);
    }
    const weights = Object.values(network.weights.tensors).filter(({ shape }) => shape.length > 1);
    const saved = weights.reduce((sum, { data }) => sum + (data.length >= 64 ? 2 * data.length : 0), 0);
    const [tfjs, onnx] = [0, 1].map(at => sizes.float32[at] - sizes.float16[at]);
    expect(tfjs).to.equal(saved);
    // Each weight has an operation that converts it.
    expect(onnx).to.be.within(saved - 100 * weights.length, saved);
    const { weightsManifest } = JSON.parse(read('tfjs/model.json').toString()) as io.ModelJSON;
    const kinds = weightsManifest[0].weights.map(({ quantization }) => quantization?.dtype);
    expect(new Set(kinds)).to.deep.equal(new Set(['float16', undefined]));
  });

  it('writes a graph model of TensorFlow.js, which gives the features of the run', async () => {
    const { check, files } = await exported('tfjs', { unitLength: true }, { check: true });
    expect(check!.program).to.match(/^tfjs-converter [\d.]+ on cpu$/);
    expect(check!.difference).to.be.below(2e-6);
    expect(files).to.deep.equal(['model.json', 'group1-shard1of1.bin', 'README.md']);
    const model = JSON.parse(read('tfjs/model.json').toString()) as {
      readonly signature: { readonly outputs: object };
      readonly userDefinedMetadata: { readonly carl: object };
      readonly modelTopology: { readonly node: readonly { readonly op: string }[] };
    };
    expect(model.signature.outputs).to.have.all.keys('features');
    expect(model.userDefinedMetadata.carl).to.deep.include({ image: [16, 16, 3], featureDim: 16, unitLength: true });
    const operations = model.modelTopology.node.map(({ op }) => op);
    expect(operations).to.include('_FusedConv2D').and.not.include('FusedBatchNormV3');
  });

  it('writes a model card with header, preprocessing and licence', async () => {
    await exported('onnx');
    const card = read('onnx/README.md').toString();
    expect(card).to.match(/^---\nlicense: mit\nlibrary_name: onnx\npipeline_tag: image-feature-extraction\n/);
    for (const part of [
      'the shorter side has 20 pixels',
      'mean [0.4, 0.5, 0.6]',
      'These weights have not been evaluated',
      'session.run(["features"], {"images": images})',
    ])
      expect(card).to.contain(part);
  });

  it('refuses unknown formats, foreign folders, and networks that a library does not have', async () => {
    const message = async (work: Promise<unknown>) => (await refusal(work)).message;
    expect(await message(exported('onxx'))).to.contain('Did you mean `onnx`?');
    expect(await message(exported('timm'))).to.contain('Export it with --format torchvision');
    expect(await message(exported('onnx', { assignments: true }))).to.contain('no `assigner`');
    expect(await message(exported('onnx', {}, { folder: sample('given-weights') }))).to.contain(
      'not the folder of an export',
    );
    expect(await message(exported('onnx', {}, { overwrite: false }))).to.contain('--overwrite');
    expect(existsSync(folder.within('timm'))).to.equal(false);
  });
});
