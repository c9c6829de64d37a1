import { Augmenter, floatImage, seededStreams, type StoredImage } from '@carl-ssl/core';
import { exportNetwork, loadPipeline, trainedNetwork, type TrainedNetwork } from '@carl-ssl/core/host';
import { encodedImages } from '@carl-ssl/data-image-folder';
import { load, type ImageInput, type Preparation } from '@carl-ssl/inference';
import { expect } from 'chai';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { onCpu, smallResnet, temporaryFolder, trainTiny, writePipeline } from '../e2e/tiny.js';

function image(height: number, width: number, channels = 3): StoredImage {
  const random = seededStreams(0).at('inference');
  return { height, width, channels, data: Uint8Array.from({ length: height * width * channels }, () => random.integer(256)) }; // prettier-ignore
}

const pixels = ({ height, width, channels, data }: StoredImage): ImageInput => ({ shape: [height, width, channels], data: data as Uint8Array }); // prettier-ignore

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

describe('the package for inference', () => {
  const folder = temporaryFolder();
  let network: TrainedNetwork;
  before(onCpu);
  before(async () => {
    const augmenter = { use: 'simclr-views', size: 8, blur: 0, mean: [0.4], std: [0.25], evaluation: { resize: 10 } };
    await trainTiny(folder.within('run'), { changes: { encoder: smallResnet, augmenter, trainer: { epochs: 1, batchSize: 32 } } }); // prettier-ignore
    network = await trainedNetwork(folder.within('run'));
    const format = { use: 'tfjs', assignments: true };
    await exportNetwork(network, { format, folder: folder.within('out'), license: 'mit' });
  });
  after(onCpu);

  it('computes the features and assignments of the run on WebAssembly, from pixels of another size and from a file', async () => {
    const { channels, ...size } = { height: 13, width: 17, channels: network.shape.image[2] };
    const stored = image(size.height, size.width, channels);
    const plain = network.loaded.services.get(Augmenter).plain(stored);
    const subject = network.open();
    const expected = (await subject.features.apply({ shape: [1, 8, 8, channels], data: plain.data })).slice();
    subject.close();
    const file = folder.within('image#1.png');
    await sharp(stored.data as Uint8Array, { raw: { ...size, channels: channels as 1 | 3 } }).png().toFile(file); // prettier-ignore

    const encoder = await load(folder.within('out', 'model.json'));
    expect(encoder).to.deep.include({ backend: 'wasm', featureDim: 16, prototypeCount: 8, image: [8, 8, channels] });
    const [first, second] = await encoder.embedAll([pixels(stored), file]);
    const scale = Math.max(...expected.map(Math.abs));
    expect(largest(first.features, expected) / scale).to.be.below(1e-5);
    expect(largest(second.features, first.features)).to.equal(0);
    expect(first.assignments!.reduce((a, b) => a + b, 0)).to.be.closeTo(1, 1e-5);
    encoder.close();
    await onCpu();
  });

  /** A model whose features are the prepared pixels. */
  function passing(preparation: Preparation, channels: number): object {
    const [height, width] = preparation.crop;
    const shape = { dim: [{ size: '-1' }, ...[height, width, channels].map(size => ({ size: String(size) }))] };
    const nodes = [
      { name: 'images', op: 'Placeholder', input: [], attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape } } },
      { name: 'features', op: 'Identity', input: ['images'], attr: {} },
    ];
    const port = (name: string) => ({ [name]: { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shape } });
    const facts = { format: 1, name: 'passing', image: [height, width, channels], featureDim: 0, unitLength: false, preparation }; // prettier-ignore
    return {
      format: 'graph-model',
      signature: { inputs: port('images'), outputs: port('features') },
      userDefinedMetadata: { carl: facts },
      modelTopology: { node: nodes, library: {}, versions: { producer: 1 } },
      weightsManifest: [],
    };
  }

  it('prepares images as the augmenter does', async () => {
    const settings = [
      ['nearest', false, 'cover'],
      ['bilinear', true, 11],
      ['bilinear', false, 'cover'],
      ['bicubic', true, 'cover'],
      ['bicubic', false, 12],
    ] as const;
    for (const [interpolation, antialias, resize] of settings) {
      const augmenter = {
        ...{ use: 'simclr-views', size: 9, blur: 0, mean: [0], std: [1], antialias },
        ...(resize === 'cover' ? { interpolation } : { evaluation: { resize, interpolation } }),
      };
      const { services } = await loadPipeline(writePipeline(folder.within('p.yaml'), { augmenter }));
      const { plain, preparation } = services.get(Augmenter);
      const encoder = await load({ model: passing(preparation as Preparation, 3), weights: new ArrayBuffer(0) });
      for (const stored of [image(9, 9), image(30, 21), image(4, 7)]) {
        const { features } = await encoder.embed(pixels(stored));
        expect(largest(features, plain(stored).data), JSON.stringify(preparation)).to.be.below(2e-6);
      }
      encoder.close();
    }
    await onCpu();
  });

  it('reads photographs as carl embed does: turned by their orientation tag, inks without a colour profile', async () => {
    const preparation: Preparation = { resize: 'cover', interpolation: 'bilinear', antialias: true, crop: [6, 4] };
    const encoder = await load({ model: passing(preparation, 3), weights: new ArrayBuffer(0) });
    const { data } = image(4, 6);
    const picture = sharp(data as Uint8Array, { raw: { height: 4, width: 6, channels: 3 } });
    const files = { 'turned.jpg': picture.clone().withMetadata({ orientation: 6 }), 'inks.jpg': picture.clone().rotate(90).toColourspace('cmyk') }; // prettier-ignore
    for (const [name, one] of Object.entries(files)) {
      const path = folder.within(name);
      await one.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toFile(path);
      const encoded = { length: 1, nameOf: () => name, read: () => Promise.resolve([readFileSync(path)]) };
      const [stored] = await encodedImages(encoded, { channels: 3, orient: true }, 0).read([0]);
      expect([stored.height, stored.width]).to.deep.equal([6, 4]);
      const { features } = await encoder.embed(path);
      expect(largest(features, floatImage(stored).data), name).to.be.below(1e-6);
    }
    encoder.close();
    await onCpu();
  });

  it('takes RGBA of a canvas, grey images and floats, and makes colours grey as Pillow', async () => {
    const preparation: Preparation = { resize: 'cover', interpolation: 'bilinear', antialias: true, crop: [1, 2] };
    const [colour, grey] = await Promise.all([3, 1].map(channels => load({ model: passing(preparation, channels), weights: new ArrayBuffer(0) }))); // prettier-ignore
    const canvas = { width: 2, height: 1, data: Uint8ClampedArray.of(255, 0, 51, 9, 0, 102, 255, 200) };
    const values = async (encoder: typeof grey, given: ImageInput) => [...(await encoder.embed(given)).features].map(one => Number(one.toFixed(4))); // prettier-ignore
    expect(await values(colour, canvas)).to.deep.equal([1, 0, 0.2, 0, 0.4, 1]);
    expect(await values(grey, canvas)).to.deep.equal([82 / 255, 89 / 255].map(one => Number(one.toFixed(4))));
    expect(await values(colour, { shape: [1, 2, 1], data: Float32Array.of(0.5, 1) })).to.deep.equal([0.5, 0.5, 0.5, 1, 1, 1]); // prettier-ignore
    await onCpu();
  });

  it('explains what it cannot use', async () => {
    const message = async (work: Promise<unknown>): Promise<string> =>
      work.then(() => 'no error', (error: unknown) => (error as Error).message); // prettier-ignore
    const encoder = await load(pathToFileURL(folder.within('out', 'model.json')));
    expect(await message(encoder.embed({ shape: [2, 2, 3], data: new Uint8Array(11) }))).to.contain('has 12 values, and 11 were given'); // prettier-ignore
    expect(await message(encoder.embed({ shape: [2, 2, 2], data: new Uint8Array(8) }))).to.contain('this image has 2');
    expect(await message(load(folder.within('out', 'README.md')))).to.contain('this is not JSON');
    writeFileSync(folder.within('other.json'), '{"modelTopology":{}}');
    expect(await message(load(folder.within('other.json')))).to.contain('carl export --format tfjs');
    expect(await message(load(folder.within('none.json')))).to.contain('none.json');
    expect(await message(encoder.embed(folder.within('none.jpg')))).to.match(/none\.jpg cannot be read as an image/);
    await onCpu();
  });

  it('is smaller than 100 kB', () => {
    const dist = fileURLToPath(new URL('../../inference/dist/', import.meta.url));
    const files = readdirSync(dist).filter(name => name.endsWith('.js'));
    expect(files.reduce((sum, name) => sum + statSync(dist + name).size, 0)).to.be.within(5_000, 100_000);
    for (const name of files) expect(readFileSync(dist + name, 'utf8')).to.not.contain('@carl-ssl/core');
  });
});
