import { decodeSafetensors, type StoredTensor, type WeightSpec, zipArchive } from '@carl-ssl/core';
import { main, trainedNetwork } from '@carl-ssl/core/host';
import { readInitialWeights } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onCpu, temporaryFolder, writePipeline } from '../e2e/tiny.js';
import { printed } from '../printed.js';
import { refusal } from '../refusal.js';

/** Files that benchmarks/import/fixtures.py has written with torch and timm. */
const sample = (name: string) => fileURLToPath(new URL(`../samples/checkpoints/${name}`, import.meta.url));

interface Expected {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const expected = JSON.parse(readFileSync(sample('tensors.json'), 'utf8')) as Readonly<Record<string, Expected>>;
const specs = Object.entries(expected).map(([name, { shape }]): WeightSpec => ({
  ...{ name, shape, layout: 'plain', trainable: true },
  initialize: () => new Float32Array(0),
}));

describe('checkpoints of PyTorch', () => {
  const folder = temporaryFolder();

  for (const name of ['tensors.pth', 'zip64.pth'])
    it(`give the values of all tensors of ${name}, however they lie in their storages`, async () => {
      const { tensors, part, stored, dtypes } = await readInitialWeights(sample(name), specs);
      expect(part).to.include({ prefix: 'state_dict.', naming: 'torchvision' });
      expect([stored, dtypes]).to.deep.equal([Object.keys(expected).length, ['BF16', 'F16', 'F32', 'F64']]);
      const found = Object.entries(tensors).map(([key, { shape, data }]) => [
        key.replace('encoder.', ''),
        { shape, values: [...data] },
      ]);
      expect(Object.fromEntries(found)).to.deep.equal(expected);
    });

  const message = async (change: (bytes: Buffer) => Uint8Array, source = 'tensors.pth'): Promise<string> => {
    const file = folder.within('changed.pth');
    writeFileSync(file, change(readFileSync(sample(source))));
    const error = await refusal(readInitialWeights(file, specs));
    expect([error.code, error.exitCode]).to.deep.equal(['INPUT_FILE', 2]);
    return error.message;
  };

  it('are refused if they are compressed, or name a function that is no part of a tensor', async () => {
    expect(await message(bytes => bytes, 'compressed.pth')).to.match(
      /entry "tensors\/data.pkl" is compressed, and PyTorch compresses none. Copy or download it again/,
    );
    expect(await message(bytes => bytes, 'code.pth')).to.match(/names `posix.system`, which is not on the list/);
    expect(existsSync('code-was-run')).to.equal(false);
  });

  it('are refused if they are text', async () => {
    const text = await message(() => Buffer.from('these are no weights'));
    expect(text).to.include('changed.pth is neither a PyTorch checkpoint nor a valid safetensors file');
  });

  it('are refused wherever they are cut off', async () => {
    const { length } = readFileSync(sample('tensors.pth'));
    for (const part of [0.3, 0.6, 0.9])
      expect(await message(bytes => bytes.subarray(0, part * length))).to.include('as in a file that was cut off');
    expect(await message(bytes => bytes.subarray(0, length - 1))).to.include('as in a file that was cut off');
    expect(await message(bytes => Buffer.concat([bytes.subarray(0, 100), bytes.subarray(228)]))).to.include('outside of the file'); // prettier-ignore
  });

  it('are refused if their directory claims more than there is, or entries that overlap', async () => {
    const changed = (at: (bytes: Buffer) => number, value: number) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      copy.writeUInt32LE(value, at(copy));
      return copy;
    };
    const entry = (number: number, field: number) => (bytes: Buffer) => {
      let at = bytes.readUInt32LE(bytes.length - 22 + 16);
      for (let i = 0; i < number; i++)
        at += 46 + [28, 30, 32].reduce((sum, one) => sum + bytes.readUInt16LE(at + one), 0);
      return at + field;
    };
    const end = (field: number) => (bytes: Buffer) => bytes.length - 22 + field;
    expect(await message(changed(end(12), 0x7fffffff))).to.include('its directory lies outside of the file');
    expect(await message(changed(end(8), 0xfff0fff0))).to.match(/its directory ends after \d+ of 65520 entries/);
    expect(await message(changed(entry(0, 20), 0x7fffffff))).to.include('two different sizes');
    const first = (bytes: Buffer) => bytes.readUInt32LE(entry(0, 42)(bytes));
    expect(await message(bytes => changed(entry(1, 42), first(bytes))(bytes))).to.include('overlaps another one');
    expect(await message(changed(entry(1, 42), 1))).to.include('is not where the directory says');
  });

  it('are refused if shared numbers would take far more memory than the file', async () => {
    const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
    /** A tensor of 1000 numbers of the only storage, under a name. */
    const tensor = (name: string, shape: string) =>
      `${text(name)}ctorch._utils\n_rebuild_tensor_v2\n((${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}M\xe8\x03tQK\0${shape}\x85K\x01\x85\x89)tRs`;
    const archive = (tensors: string) =>
      zipArchive({ 'a/data.pkl': Buffer.from(`\x80\x02}${tensors}.`, 'latin1'), 'a/data/0': new Uint8Array(4000) });
    const one = await archive(tensor('w', 'J\0\0\0\x40'));
    expect(await message(() => one)).to.include('a tensor of shape [1073741824] with 1000 numbers');
    const many = await archive(Array.from({ length: 50 }, (_, i) => tensor(`w${i}`, 'M\xe8\x03')).join(''));
    expect(await message(() => many)).to.match(/its tensors have 50000 numbers together, too many for \d+ bytes/);
  });
});

describe('carl import', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const encoder = { use: 'vit', imageSize: 8, patchSize: 4, layers: 1, heads: 1, dim: 4 };
  const run = (file: string, words: readonly string[] = [], use: object = encoder) =>
    printed(() => main(['import', sample(file), '--encoder', JSON.stringify(use), ...words]));

  /** Features of an imported encoder for the images of the samples. */
  async function features(weights: string, images: StoredTensor): Promise<Float32Array> {
    const pipeline = writePipeline(folder.within('p.yaml'), {
      plugins: [],
      data: { use: 'files', train: { use: 'image-folder', root: sample('') } },
      augmenter: { use: 'simclr-views', size: 8, blur: 0 },
      encoder,
      assigner: undefined,
      objective: 'dcl',
    });
    const subject = (await trainedNetwork(pipeline, { weights })).open();
    try {
      return (await subject.features.apply({ shape: [2, 8, 8, 3], data: images.data as Float32Array })).slice();
    } finally {
      subject.close();
    }
  }

  for (const [file, network, words, told] of [
    ['timm.safetensors', 'teacher', [], 'names of timm, without a prefix'],
    ['dino.pth', 'teacher', ['--part', 'teacher.backbone.'], 'names of timm, under the prefix teacher.backbone.'],
    ['dino.pth', 'student', ['--part', 'student.module.backbone.'], 'under the prefix student.module.backbone.'],
  ] as const)
    it(`gives the features that timm computes: ${file}, ${network}`, async () => {
      const out = folder.within(`${network} of ${basename(file)}.safetensors`);
      const [status, text] = await run(file, [...words, '--out', out]);
      expect([status, text.split('\n')[0]], text).to.deep.equal([0, text.includes(told) ? text.split('\n')[0] : told]);
      expect(text).to.include(`carl evaluate --weights '${out}' --encoder`);
      const { metadata } = decodeSafetensors(readFileSync(out), out);
      expect(metadata).to.include({ source: sample(file), naming: 'timm', dtypes: 'F32' });
      const { tensors } = decodeSafetensors(readFileSync(sample('features.safetensors')), 'features');
      const found = await features(out, tensors.images);
      const own = tensors[network].data;
      const largest = Math.max(...own.map(Math.abs));
      expect(found).to.have.length(own.length);
      found.forEach((value, i) => expect(value).to.be.closeTo(own[i], 1e-6 * largest));
    });

  it('says what fits of files with several networks, other names or another encoder', async () => {
    const refused = async (file: string, words: readonly string[], use?: object): Promise<string> => {
      const out = folder.within('refused.safetensors');
      const [status, text] = await run(file, ['--out', out, ...words], use);
      expect([status, existsSync(out)], text).to.deep.equal([2, false]);
      return text;
    };
    expect(await refused('dino.pth', [])).to.include('prefixes `student.module.backbone.`, `teacher.backbone.`');
    expect(await refused('dino.pth', ['--part', 'teacher.'])).to.include(
      'begin with `teacher.`. Prefixes that fit: `student',
    );
    expect(await refused('tensors.pth', [])).to.match(
      /these weights do not fit the encoder:\n {2}class_token is missing/,
    );
    expect(await refused('timm.safetensors', [], { ...encoder, layers: 2 })).to.match(
      /the names of timm, without a prefix, fit best, .*\n {2}blocks\.1\.norm1\.weight is missing/,
    );
    expect(await refused('timm.safetensors', [], { use: 'resnet', depth: 18 })).to.include('conv1.weight is missing');
    expect(await refused('timm.safetensors', [], { use: 'resnet18' })).to.include('Did you mean');
    expect(await refused('timm.safetensors', [], { ...encoder, layer: 1 })).to.include('layer');
    expect(await refused('tensors.json', [])).to.include('is not a valid safetensors file');
    expect(await refused('none.pth', [])).to.include('none.pth');
    expect(await refused('timm.safetensors', ['--prat', 'x'])).to.include('--part');
    expect(await refused('timm.safetensors', ['--out', folder.within('encoder.pth')])).to.include('must end in .safetensors'); // prettier-ignore
  });

  it('replaces a file only with --overwrite', async () => {
    const out = folder.within('there.safetensors');
    writeFileSync(out, 'mine');
    expect((await run('timm.safetensors', ['--out', out]))[1]).to.include('this file exists');
    expect(readFileSync(out, 'utf8')).to.equal('mine');
    expect((await run('timm.safetensors', ['--out', out, '--overwrite']))[0]).to.equal(0);
  });
});
