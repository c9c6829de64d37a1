import { type Encoder, encodeSafetensors, type StoredTensor, zipArchive } from '@carl-ssl/core';
import { type InitialWeights, readInitialWeights } from '@carl-ssl/core/testing';
import resnet from '@carl-ssl/resnet';
import vit from '@carl-ssl/vit';
import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { temporaryFolder } from '../e2e/tiny.js';
import { make, stream } from './layers-support.js';

type Tensors = Record<string, StoredTensor>;

const network = make<Encoder>(resnet, 'resnet', { block: 'basic', layers: [1, 1, 1, 1], width: 2, stem: 'small' });
const transformer = make<Encoder>(vit, 'vit', { imageSize: 8, patchSize: 4, layers: 1, heads: 1, dim: 4 });

/** What an encoder needs, with random values, as a file has it. */
function tensorsFor(encoder: Encoder): Tensors {
  const entries = encoder.weights([8, 8, 3]).map(({ name, shape, layout }): [string, StoredTensor] => {
    const onDisk = layout === 'conv' ? [shape[3], shape[2], shape[0], shape[1]] : shape;
    const random = stream(name);
    const value = name.endsWith('running_var') ? () => random.uniform() : () => random.normal();
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value);
    return [name, { dtype: 'F32', shape: onDisk, data }];
  });
  return Object.fromEntries(entries);
}

const renamed = (tensors: Tensors, rename: (name: string) => string): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));

const extra = (...names: string[]): Tensors =>
  Object.fromEntries(names.map(name => [name, { dtype: 'F32', shape: [1], data: new Float32Array(1) }]));

describe('initial weights', () => {
  const folder = temporaryFolder();
  const file = (): string => folder.within('weights.safetensors');

  function read(tensors: Tensors, encoder = network): Promise<InitialWeights> {
    writeFileSync(file(), encodeSafetensors(tensors));
    return readInitialWeights(file(), encoder.weights([8, 8, 3]));
  }

  async function refusal(tensors: Tensors): Promise<string> {
    const error = await read(tensors).then(
      () => expect.fail('it was taken'),
      (error: unknown) => error as Error & { code: string },
    );
    expect(error.code).to.equal('INPUT_WEIGHTS');
    return error.message;
  }

  it("are taken under torchvision's names, without classifier and counters", async () => {
    const own = tensorsFor(network);
    const beyond = extra('fc.weight', 'fc.bias', 'bn1.num_batches_tracked', 'layer1.0.bn1.num_batches_tracked');
    const { tensors, sha256, path } = await read({ ...own, ...beyond });
    expect(tensors).to.deep.equal(renamed(own, name => `encoder.${name}`));
    expect(sha256).to.equal(
      createHash('sha256')
        .update(encodeSafetensors({ ...own, ...beyond }))
        .digest('hex'),
    );
    expect(path).to.equal(file());
  });

  it("are taken from a checkpoint, without the other modules' weights", async () => {
    const own = renamed(tensorsFor(network), name => `encoder.${name}`);
    const { tensors } = await read({ ...own, ...extra('head.layers.0.weight', 'prototypes.weight', 'anything') });
    expect(tensors).to.deep.equal(own);
  });

  it('are distinguished if the names of the network begin like those of a checkpoint', async () => {
    const own = tensorsFor(transformer);
    const expected = renamed(own, name => `encoder.${name}`);
    expect(Object.keys(own)).to.include('encoder.ln.weight');
    expect((await read({ ...own, ...extra('heads.head.weight') }, transformer)).tensors).to.deep.equal(expected);
    expect((await read({ ...expected, ...extra('head.weight') }, transformer)).tensors).to.deep.equal(expected);
  });

  it('are refused with every missing, misshapen and extra one', async () => {
    const { 'conv1.weight': _, ...rest } = tensorsFor(network);
    const message = await refusal({ ...rest, 'bn1.weight': extra('x').x, ...extra('layer5.0.conv1.weight') });
    expect(message).to.match(/^.*weights\.safetensors: these weights do not fit the encoder/);
    expect(message).to.include('\n  conv1.weight is missing\n');
    expect(message).to.include('\n  bn1.weight has shape [1], the network needs [2]\n');
    expect(message).to.include('\n  layer5.0.conv1.weight is not a weight of this network\n');
  });

  it('are refused without the extra tensors of a checkpoint in the encoder itself', async () => {
    const own = renamed(tensorsFor(network), name => `encoder.${name}`);
    expect(await refusal({ ...own, ...extra('encoder.surplus') })).to.include('surplus is not a weight');
  });

  it('are refused with twenty problems listed and the rest counted', async () => {
    const message = await refusal(extra('one'));
    const specs = network.weights([8, 8, 3]).length;
    expect(message.match(/ is missing/g)).to.have.length(20);
    expect(message).to.include(`and ${specs + 1 - 20} more`);
  });

  it('that hold NaN, infinity or a negative variance are refused as such', async () => {
    for (const [name, value, told] of [
      ['conv1.weight', NaN, 'value 3 of 54 is NaN'],
      ['layer1.0.bn1.bias', Infinity, 'value 1 of 2 is Infinity'],
      ['bn1.running_var', -1, 'value 1 of 2 is -1, a negative variance'],
    ] as const) {
      const own = tensorsFor(network);
      own[name].data[name === 'conv1.weight' ? 3 : 1] = value;
      const message = await refusal(own);
      expect(message).to.include('contain NaN').and.to.include(`${name}: ${told}`);
      expect(message).to.not.include('learningRate');
    }
  });

  it('that hold whole numbers, as quantised weights do, are refused as such', async () => {
    const own = tensorsFor(network);
    const { shape, data } = own['bn1.bias'];
    const message = await refusal({ ...own, 'bn1.bias': { dtype: 'I32', shape, data: Int32Array.from(data) } });
    expect(message).to.include('bn1.bias has whole numbers, as quantised weights do');
    const counters: StoredTensor = { dtype: 'I32', shape: [], data: Int32Array.of(7) };
    await read({ ...own, 'bn1.num_batches_tracked': counters });
  });

  it('are found under a prefix and under the names of lightly; of several networks none is chosen', async () => {
    const own = tensorsFor(network);
    const numbered = (name: string) => name.replace(/^(conv1|bn1|layer(\d))/, (_, part: string, layer?: string) => (layer ? String(Number(layer) + 3) : String(['conv1', 'bn1'].indexOf(part)))); // prettier-ignore
    for (const [prefix, rename] of [
      ['module.encoder_q.', (name: string) => name],
      ['backbone.', numbered],
    ] as const) {
      const { tensors, part } = await read({
        ...renamed(own, name => prefix + rename(name)),
        ...extra('module.queue'),
      });
      expect(part).to.include({ prefix });
      expect(tensors['encoder.bn1.bias'].data).to.deep.equal(own['bn1.bias'].data);
    }
    const lightly = renamed(own, name => name.replace('.downsample.', '.shortcut.'));
    expect((await read(renamed(lightly, name => `backbone.${name}`))).part).to.include({ naming: 'lightly, its own ResNet' }); // prettier-ignore
    const children = (name: string) => name.replace(/^(conv1|bn1|layer\d)/, part => String(['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4'].indexOf(part))); // prettier-ignore
    expect(await refusal(renamed(lightly, children))).to.include('has no relu after the first normalisation');
    const two = ['teacher.', 'student.'].map(prefix => renamed(own, name => prefix + name));
    expect(await refusal({ ...two[0], ...two[1] })).to.include('`student.`, `teacher.`');
    const { 'module.bn1.bias': _, ...incomplete } = renamed(own, name => `module.${name}`);
    expect(await refusal(incomplete)).to.include('bn1.bias is missing');
  });

  it('of PyTorch files are read without running their pickle', async () => {
    const write = async (pickle: string, files: Record<string, Uint8Array> = {}) => {
      const archive = await zipArchive({ 'a/data.pkl': Buffer.from(pickle, 'latin1'), ...files });
      writeFileSync(folder.within('w.pth'), archive);
      return readInitialWeights(folder.within('w.pth'), network.weights([8, 8, 3])).then(() => 'taken', (error: unknown) => (error as Error).message); // prettier-ignore
    };
    const proto = '\x80\x02';
    expect(await write(`${proto}cos\nsystem\nX\x02\0\0\0ls\x85R.`)).to.include('names `os.system`');
    expect(await write(`${proto}(iposix\nsystem\n.`)).to.include('the opcode INST (0x69)');
    expect(await write(`${proto}}X\xff\xff\xff\x7f.`)).to.include('ends too early');
    expect(await write(`${proto}].`, { '../x': new Uint8Array(1) })).to.include('lies outside of the archive');
    const tensor = (length: string, sizes: string) => `${proto}ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK${length}tQK\0${sizes}\x85K\0\x85\x89)tR.`; // prettier-ignore
    const data = { 'a/data/0': new Uint8Array(8) };
    expect(await write(tensor('\x03', 'K\x02'), data)).to.include('not as many as its tensor claims');
    expect(await write(tensor('\x02', 'J\xff\xff\xff\x7f'), data)).to.include('with 2 numbers');
    expect(await write(tensor('\x02', 'K\x02'), data)).to.include('bn1.bias is missing');
  });

  it('of other formats are named with what to do', async () => {
    const message = async (name: string, start: string): Promise<string> => {
      writeFileSync(folder.within(name), Buffer.from(start + ' '.repeat(100), 'latin1'));
      return readInitialWeights(folder.within(name), network.weights([8, 8, 3])).then(
        () => 'taken',
        (error: unknown) => (error as Error).message,
      );
    };
    expect(await message('resnet18.pth', 'PK\x03\x04\x00\x00\x08\x08')).to.include('as in a file that was cut off');
    expect(await message('resnet18.pth', '\x80\x02\x8a\x0al\xfc')).to.match(
      /but a PyTorch .*\n.*torch\.load\("resnet18\.pth".*"resnet18\.safetensors"/,
    );
    expect(await message('weights.npz', 'PK\x03\x04')).to.include('a ZIP archive');
    expect(await message('model.h5', '\x89HDF\r\n')).to.include('HDF5');
    expect(await message('weights.safetensors.gz', '\x1f\x8b\x08')).to.include('gunzip "weights.safetensors.gz"');
    expect(await message('pointer', 'version https://git-lfs.github.com/spec/v1')).to.include('git lfs pull');
    expect(await message('page', '<!DOCTYPE html>')).to.include('a web page');
    expect(await message('other', 'abcdefghij')).to.include('not a valid safetensors file');
  });

  it('are refused for images with another number of channels', async () => {
    writeFileSync(file(), encodeSafetensors(tensorsFor(network)));
    const reading = readInitialWeights(file(), network.weights([8, 8, 1]));
    await reading.then(
      () => expect.fail('it was taken'),
      (error: unknown) =>
        expect((error as Error).message).to.include(
          'conv1.weight has shape [2, 3, 3, 3], the network needs [2, 1, 3, 3]',
        ),
    );
  });

  it('that are missing or damaged are reported with the name of the file', async () => {
    const code = (path: string): Promise<string> =>
      readInitialWeights(path, []).then(
        () => 'taken',
        (error: unknown) => (error as { code: string }).code,
      );
    expect(await code(folder.within('nothing'))).to.equal('INPUT_FILE');
    writeFileSync(folder.within('damaged'), 'no safetensors');
    expect(await code(folder.within('damaged'))).to.equal('INPUT_FILE');
  });
});
