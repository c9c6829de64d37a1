import { type Dataset, type Reader } from '@carl-ssl/core';
import dataIdx from '@carl-ssl/data-idx';
import { expect } from 'chai';
import fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { refusal } from '../refusal.js';

/** An IDX file of bytes. */
function idx(shape: readonly number[], data: Uint8Array | readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((length, axis) => header.writeUInt32BE(length, 4 + 4 * axis));
  return Buffer.concat([header, Buffer.from(data)]);
}

const component = (slot: string) => dataIdx.components.find(one => one.slot.name === slot)!;
const reader = (options: object): Reader => component('reader').create(options, {}) as Reader;
const dataset = (options: object): Dataset => component('dataset').create(options, {}) as Dataset;

const anyImages = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([n, h, w]) => {
    const exactly = (length: number) => ({ minLength: length, maxLength: length });
    return fc.record({
      shape: fc.constant([n, h, w] as const),
      pixels: fc.uint8Array(exactly(n * h * w)),
      labels: fc.uint8Array({ ...exactly(n), max: 9 }),
      packed: fc.boolean(),
    });
  });

describe('IDX files', () => {
  let folder: string;
  const write = (name: string, content: Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  before(() => (folder = mkdtempSync(join(tmpdir(), 'idx-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('come back as written, packed or not', async () => {
    await fc.assert(
      fc.asyncProperty(anyImages, async ({ shape: [n, h, w], pixels, labels, packed }) => {
        const stored = (content: Buffer) => (packed ? gzipSync(content) : content);
        const images = write('images', stored(idx([n, h, w], pixels)));
        const set = await reader({ images, labels: write('labels', stored(idx([n], labels))), classes: 10 }).read();
        expect([set.length, set.size, set.channels]).to.deep.equal([n, [h, w], 1]);
        expect([...set.labels!]).to.deep.equal([...labels]);
        const read = await set.read([n - 1, 0]);
        const image = (i: number) => pixels.slice(i * h * w, (i + 1) * h * w);
        expect(read).to.deep.equal([n - 1, 0].map(i => ({ height: h, width: w, channels: 1, data: image(i) })));
      }),
      { numRuns: 60 },
    );
  });

  it('are refused when cut short anywhere or followed by anything', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyImages,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        async (made, share) => {
          const whole = idx(made.shape, made.pixels);
          const stored = made.packed ? gzipSync(whole) : whole;
          const cut = write('cut', stored.subarray(0, Math.floor(stored.length * share)));
          expect((await refusal(reader({ images: cut }).read())).code).to.equal('INPUT_DATA');
          const more = write('more', Buffer.concat([stored, Buffer.from([Math.floor(share * 256)])]));
          const error = await refusal(reader({ images: more }).read());
          expect(error.code).to.equal('INPUT_DATA');
          expect(error.message).to.include(more);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are recognised as gzip by content, not by name', async () => {
    const images = write('not-packed.gz', idx([1, 1, 1], [255]));
    expect((await (await reader({ images }).read()).read([0]))[0].data).to.deep.equal(Uint8Array.of(255));
  });

  it('have one fingerprint, packed or not, that follows pixels and labels', async () => {
    const print = async (pixel: number, label: number, pack = (content: Buffer) => content) => {
      const images = write('images', pack(idx([1, 1, 2], [pixel, 9])));
      return (await reader({ images, labels: write('labels', pack(idx([1], [label]))) }).read()).fingerprint();
    };
    const prints = [await print(1, 1), await print(2, 1), await print(1, 2)];
    expect(new Set(prints).size).to.equal(3);
    expect(await print(1, 1, gzipSync))
      .to.equal(prints[0])
      .and.match(/^[0-9a-f]{64}$/);
  });

  const damage: [string, Buffer, RegExp][] = [
    ['no byte', Buffer.alloc(0), /has 0 bytes, the magic number/],
    ['half a header', idx([2, 2, 2], []).subarray(0, 11), /has 11 bytes, its header alone takes 16/],
    ['no images', idx([0, 3, 3], []), /shape is \[0, 3, 3\].*byte 4 /],
    ['images without width', idx([2, 3, 0], []), /byte 12 /],
    ['colour images', idx([1, 1, 1, 3], [1, 2, 3]), /0x00000804/],
    ['floats', Buffer.concat([Buffer.from([0, 0, 0x0d, 3]), idx([1, 1, 1], [0, 0, 0, 0]).subarray(4)]), /0x00000d03/],
    [
      'a number of images with its bytes in the wrong order',
      idx([0x01000000, 1, 1], [7]),
      /must have 16777232 bytes and it has 17/,
    ],
    [
      'a packed file that claims too much',
      gzipSync(idx([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], [7])),
      /and it has 17/,
    ],
    [
      'a packed file that holds far more than it claims',
      gzipSync(idx([1, 1, 1], Buffer.alloc(3e7))),
      /must have 17 bytes and it has more/,
    ],
    [
      'zeros behind the packed data',
      Buffer.concat([gzipSync(idx([1, 1, 1], [7])), Buffer.alloc(9)]),
      /follows the gzip data/,
    ],
    ['a packed empty file', gzipSync(Buffer.alloc(0)), /magic number/],
  ];
  for (const [what, content, message] of damage)
    it(`are refused with ${what}`, async () => {
      const error = await refusal(reader({ images: write('broken', content) }).read());
      expect(error.code).to.equal('INPUT_DATA');
      expect(error.message).to.include(join(folder, 'broken')).and.match(message);
    });

  it('that are missing, or are folders, are named with a remedy', async () => {
    mkdirSync(join(folder, 'sub'));
    const missing = await refusal(reader({ images: join(folder, 'absent-file') }).read());
    expect([missing.code, missing.message]).to.deep.equal([
      'INPUT_FILE',
      `Cannot read ${join(folder, 'absent-file')}. There is nothing of that name; check the path. Relative paths on the command line start at the current folder, those in a file at the folder of that file.`,
    ]);
    expect((await refusal(reader({ images: join(folder, 'sub') }).read())).message).to.include('It is a folder');
  });

  it('never allocate for a claim', async () => {
    const images = write('claim', idx([60000, 2000, 2000], [1]));
    const before = process.memoryUsage().arrayBuffers;
    await refusal(reader({ images }).read());
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(1e6);
  });
});

describe('dataset idx', () => {
  let folder: string;
  let train: { images: string; labels: string };
  let test: { images: string };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'idx-'));
    const write = (name: string, content: Buffer): string => (
      writeFileSync(join(folder, name), content),
      join(folder, name)
    );
    const ramp = Array.from({ length: 50 }, (_, i) => i);
    train = {
      images: write('i', idx([50, 1, 1], ramp)),
      labels: write(
        'l',
        idx(
          [50],
          ramp.map(i => i % 5),
        ),
      ),
    };
    test = { images: write('t', idx([2, 1, 1], [7, 8])) };
  });
  after(() => rmSync(folder, { recursive: true }));

  const levels = async (data: Dataset, split: 'train' | 'validation' | 'test'): Promise<number[]> => {
    const set = (await data.split(split))!;
    return (await set.read(Array.from({ length: set.length }, (_, i) => i))).map(image => image.data[0]);
  };

  it('holds out a share or a number of training images, always the same ones, with their labels', async () => {
    for (const [holdout, count] of [
      [0.1, 5],
      [7, 7],
    ]) {
      const data = dataset({ train, holdout });
      const [kept, held] = [await levels(data, 'train'), await levels(data, 'validation')];
      expect(held).to.have.length(count);
      expect([...kept, ...held].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 50 }, (_, i) => i));
      expect(await levels(dataset({ train, holdout }), 'validation')).to.deep.equal(held);
      expect([...(await data.split('validation'))!.labels!]).to.deep.equal(held.map(i => i % 5));
      expect(new Set(held.map(i => i % 5)).size).to.be.above(1);
    }
  });

  it('gives parts of their own fingerprints, that follow the images of the whole', async () => {
    const prints = async (holdout: number) => {
      const data = dataset({ train, holdout });
      return [await (await data.split('train'))!.fingerprint(), await (await data.split('validation'))!.fingerprint()];
    };
    expect(new Set([...(await prints(5)), ...(await prints(6))]).size).to.equal(4);
    expect(await prints(5)).to.deep.equal(await prints(5));
  });

  it('reads a split once, and says undefined for one that is not there', async () => {
    const data = dataset({ train, test });
    expect(await data.split('train')).to.equal(await data.split('train'));
    expect(await data.split('validation')).to.equal(undefined);
    expect(await levels(data, 'test')).to.deep.equal([7, 8]);
  });

  it('knows the number of classes from options, names, or the labels it has read', async () => {
    expect(dataset({ train, classes: 10 }).classCount).to.equal(10);
    expect(dataset({ train, classNames: ['a', 'b'] }).classCount).to.equal(2);
    expect(dataset({ train: test }).classCount).to.equal(undefined);
    const data = dataset({ train });
    await data.split('train');
    expect(data.classCount).to.equal(5);
    expect((await refusal(dataset({ train, classNames: ['a', 'b'] }).split('train'))).message).to.include(
      'label 2 for image 2 (byte 10)',
    );
  });

  it('refuses to hold out everything', async () => {
    expect((await refusal(dataset({ train, holdout: 50 }).split('train'))).message).to.include('50 of the 50');
    expect((await refusal(dataset({ train, holdout: 0.001 }).split('train'))).message).to.include('0 of the 50');
  });

  it('provides labels only if every split has them, and finds contradictions at plan', () => {
    const { provides, check } = component('dataset');
    expect(provides!({ train }, () => [])).to.deep.equal(['labels']);
    expect(provides!({ train, test }, () => [])).to.deep.equal([]);
    const codes = (options: object) => check!(options, {} as never).map(finding => finding.code);
    expect(codes({ train, validation: test, holdout: 1, classes: 3, classNames: ['a'] })).to.deep.equal([
      'IDX_TWO_VALIDATIONS',
      'IDX_CLASSES_DIFFER',
    ]);
    expect(codes({ train, holdout: 0.5 })).to.deep.equal([]);
  });
});
