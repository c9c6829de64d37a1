import { decodeSafetensors } from '@carl-ssl/core';
import { exportNetwork, trainedNetwork, type TrainedNetwork } from '@carl-ssl/core/host';
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
