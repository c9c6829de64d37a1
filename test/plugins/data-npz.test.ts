import type { Dataset } from '@carl-ssl/core';
import dataNpz from '@carl-ssl/data-npz';
import { expect } from 'chai';
import { crc32, deflateRawSync } from 'node:zlib';
import { dataRefusal } from '../refusal.js';
import { readersOf, scratch } from './reader-support.js';

const reader = readersOf(dataNpz);

interface Entry {
  readonly name: string;
  readonly content: Buffer;
  /** Size that the directory claims. */
  readonly claimed?: number;
  readonly flags?: number;
}

/** A zip archive of deflated entries. */
function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claimed = content.length, flags = 0 } of entries) {
    const packed = deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claimed, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listed, Buffer.from('PK\x05\x06'), end]);
}

/** A `.npy` array. */
function npy(descr: string, shape: readonly number[], data: Uint8Array): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\0', 'latin1'), length, Buffer.from(header, 'latin1'), data]);
}

const bytesOf = (values: Uint16Array | Float32Array | Float64Array | BigInt64Array) => new Uint8Array(values.buffer);

describe('npz archives', () => {
  const { write } = scratch();
  const file = (...entries: readonly Entry[]) => write('data.npz', zip(entries));
  const images = (descr: string, data: Uint8Array): Entry => ({
    name: 'images.npy',
    content: npy(descr, [1, 1, 4], data),
  });
  const pixels = async (entry: Entry, options: object = {}) => {
    const set = await reader('npz', { file: file(entry), ...options }).read();
    const [{ data }] = await set.read([0]);
    return data;
  };

  it('scale 16-bit integers and floats to [0, 1], and refuse values outside', async () => {
    const wide = images('<u2', bytesOf(Uint16Array.of(0, 6553, 32768, 65535)));
    expect(await pixels(wide)).to.deep.equal(Float32Array.of(0, 6553 / 65535, 32768 / 65535, 1));
    const floats = images('<f4', bytesOf(Float32Array.of(0, 0.25, 0.5, 1)));
    expect(await pixels(floats)).to.deep.equal(Float32Array.of(0, 0.25, 0.5, 1));
    const doubles = images('<f8', bytesOf(Float64Array.of(-1, 0, 0.5, 1)));
    expect(await pixels(doubles, { range: [-1, 1] })).to.deep.equal(Float32Array.of(0, 0.5, 0.75, 1));
    expect(await dataRefusal(pixels(doubles))).to.match(/image 0 has the value -1.*`range/);
    const refused = (range: number[]) => dataNpz.components.find(({ use }) => use === 'npz')!.refuse!({ range });
    for (const range of [
      [1, 0],
      [0, 0],
      [NaN, 1],
      [-1.7e308, 1.7e308],
      [0, 1e39],
    ])
      // prettier-ignore
      expect(refused(range), String(range)).to.have.length(1);
    expect(refused([-1, 1])).to.deep.equal([]);
    const missing = images('<f4', bytesOf(Float32Array.of(0, NaN, 0, 0)));
    expect(await dataRefusal(pixels(missing))).to.include('NaN');
  });

  it('refuse channels before height and width, and volumes', async () => {
    const shaped = (shape: readonly number[]) => {
      const content = npy('|u1', shape, new Uint8Array(shape.reduce((size, n) => size * n, 1)));
      return pixels({ name: 'images.npy', content });
    };
    expect(await dataRefusal(shaped([2, 3, 8, 8]))).to.include('seems to be [N, C, H, W]');
    expect(await dataRefusal(shaped([2, 8, 8, 8]))).to.include('only images of two dimensions');
    expect(await shaped([2, 8, 8, 7])).to.have.length(448);
  });

  it('read big-endian and half-precision numbers', async () => {
    expect(await pixels(images('>u2', Uint8Array.of(255, 255, 0, 0, 0, 1, 1, 0)))).to.deep.equal(
      Float32Array.of(1, 0, 1 / 65535, 256 / 65535),
    );
    expect(await pixels(images('<f2', Uint8Array.of(0, 0x3c, 0, 0x38, 0, 0, 1, 0)))).to.deep.equal(
      Float32Array.of(1, 0.5, 0, 2 ** -24),
    );
  });

  it('refuse claims before memory is allocated: bombs, huge shapes, arrays above the limit', async () => {
    const small = npy('|u1', [1, 1, 4], Uint8Array.of(1, 2, 3, 4));
    const bomb = file({ name: 'images.npy', content: small, claimed: 0xfffffffe });
    const read = (options: object) => reader('npz', options).read();
    expect(await dataRefusal(read({ file: bomb }))).to.match(/4294967294 bytes.*`maxMegabytes`/s);
    expect(
      await dataRefusal(read({ file: file({ name: 'images.npy', content: small, claimed: 2 ** 30 }) })),
    ).to.include('which deflate cannot do');
    const zeros = file({ name: 'images.npy', content: npy('|u1', [1, 2048, 1024], Buffer.alloc(2 ** 21)) });
    expect(await dataRefusal(read({ file: zeros, maxMegabytes: 1 }))).to.include('`maxMegabytes`');
    expect((await read({ file: zeros })).size).to.deep.equal([2048, 1024]);
    const huge = file({ name: 'images.npy', content: npy('|u1', [2 ** 40, 2 ** 40, 4], new Uint8Array(4)) });
    expect(await dataRefusal(read({ file: huge }))).to.include('too large');
    const secret = file({ name: 'images.npy', content: small, flags: 1 });
    expect(await dataRefusal(read({ file: secret }))).to.include('encrypted');
  });

  it('refuse entries that overlap, and do not read other entries', async () => {
    const entries = [1, 2].map(value => ({
      name: `a${value}.npy`,
      content: npy('|u1', [1, 1, 4], Buffer.alloc(4, value)),
    }));
    const bytes = zip(entries);
    const read = (content: Buffer, images: string, maxMegabytes = 1) =>
      reader('npz', { file: write('two.npz', content), images, maxMegabytes }).read();
    expect((await read(bytes, 'a2')).length).to.equal(1);
    const second = bytes.lastIndexOf('PK\x01\x02');
    const overlapping = Buffer.from(bytes);
    overlapping.writeUInt32LE(0, second + 42);
    for (const name of ['a1', 'a2'])
      expect(await dataRefusal(read(overlapping, name))).to.include('its entry "a2.npy" overlaps another one');
    const large = Buffer.from(bytes);
    large.writeUInt32LE(2 ** 31, second + 24);
    expect((await read(large, 'a1')).length).to.equal(1);
    expect(await dataRefusal(read(large, 'a2'))).to.include('`maxMegabytes`');
  });

  it('have the three splits of MedMNIST', async () => {
    const part = (name: string, count: number): Entry[] => [
      { name: `${name}_images.npy`, content: npy('|u1', [count, 28, 28, 3], Buffer.alloc(count * 28 * 28 * 3, count)) },
      {
        name: `${name}_labels.npy`,
        content: npy('<i8', [count, 1], bytesOf(BigInt64Array.from({ length: count }, (_, i) => BigInt(i % 9)))),
      },
    ];
    const made = write('pathmnist.npz', zip([...part('train', 12), ...part('val', 4), ...part('test', 3)]));
    const component = dataNpz.components.find(one => one.use === 'medmnist')!;
    const data = component.create({ file: made, maxMegabytes: 64 }, {}) as Dataset;
    const lengths = [];
    for (const name of ['train', 'validation', 'test'] as const) lengths.push((await data.split(name))!.length);
    expect([lengths, data.classCount]).to.deep.equal([[12, 4, 3], 9]);
  });
});
