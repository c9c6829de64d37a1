import { CarlError, type ImageSet, type StoredImage } from '@carl-ssl/core';
import { inspectData } from '@carl-ssl/core/host';
import { expect } from 'chai';

type Content = Uint8Array | Float32Array | 'damaged';

/** Images of two pixels in two channels, with a class for each. */
function setOf(contents: readonly Content[], extra: Partial<ImageSet> = {}): ImageSet {
  const image = (data: Content): StoredImage => {
    if (data === 'damaged') throw new CarlError('INPUT_DATA', 'It ends early.');
    return { height: 1, width: data.length / 2, channels: 2, data };
  };
  return {
    length: contents.length,
    channels: 2,
    fileName: index => `${index}.png`,
    read: indices => Promise.resolve().then(() => indices.map(index => image(contents[index]))),
    fingerprint: () => Promise.resolve('hash'),
    ...extra,
  };
}

const inspect = (sets: Readonly<Record<string, ImageSet>>) =>
  inspectData(new Map(Object.entries(sets)), new AbortController().signal);

describe('inspection of data', () => {
  it('counts every pixel once for mean and deviation, bytes on the scale 0 to 1', async () => {
    const train = setOf([Uint8Array.of(0, 51, 255, 51), Uint8Array.of(255, 51), Float32Array.of(0, 0.2)]);
    const { splits } = await inspect({ train });
    // Channel 0: 0, 1, 1, 0; channel 1: always 0.2.
    expect(splits[0].statistics?.mean[0]).to.equal(0.5);
    expect(splits[0].statistics?.std[0]).to.equal(0.5);
    expect(splits[0].statistics?.mean[1]).to.be.closeTo(0.2, 1e-7);
    expect(splits[0].statistics?.std[1]).to.be.closeTo(0, 1e-4);
  });

  it('lists damaged images by name and continues with the others', async () => {
    const train = setOf([Uint8Array.of(1, 1), 'damaged', Uint8Array.of(3, 3)]);
    const { splits } = await inspect({ train });
    expect(splits[0].damaged).to.deep.equal([{ image: '1.png', problem: 'It ends early.' }]);
    expect(splits[0].sizes).to.deep.include({ different: 1, smallestSide: 1, largestSide: 1 });
    expect(splits[0].statistics?.mean[0]).to.be.closeTo(2 / 255, 1e-9);
  });

  it('does not hide other errors', async () => {
    const train = setOf([Uint8Array.of(1, 1)], { read: () => Promise.reject(new TypeError('a fault of the reader')) });
    const failure = await inspect({ train }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TypeError);
  });

  it('finds equal pixels within and between splits, and not equal bytes of another shape', async () => {
    const train = setOf([Uint8Array.of(1, 2), Uint8Array.of(1, 2), Uint8Array.of(7, 7, 7, 7)]);
    const tall = setOf([Uint8Array.of(5, 6), Uint8Array.of(1, 2)]);
    const { duplicates } = await inspect({ train, test: tall });
    const place = (split: string, index: number) => ({ split, image: `${index}.png` });
    expect(duplicates).to.deep.equal([[place('train', 0), place('train', 1), place('test', 1)]]);
    const upright = { ...setOf([]), length: 1, read: () => Promise.resolve([{ height: 2, width: 1, channels: 2, data: Uint8Array.of(7, 7, 7, 7) }]) }; // prettier-ignore
    expect((await inspect({ train, test: upright })).duplicates).to.have.length(1);
  });

  it('names duplicates over several splits first', async () => {
    const train = setOf([Uint8Array.of(1, 1), Uint8Array.of(1, 1), Uint8Array.of(2, 2)]);
    const { duplicates } = await inspect({ train, test: setOf([Uint8Array.of(2, 2)]) });
    expect(duplicates.map(group => group.map(({ split }) => split))).to.deep.equal([
      ['train', 'test'],
      ['train', 'train'],
    ]);
  });

  it('counts classes without images, and each class of an image that has several', async () => {
    const images = [Uint8Array.of(1, 1), Uint8Array.of(2, 2)];
    const single = setOf(images, { labels: Int32Array.of(2, 2), classes: ['a', 'b', 'c'] });
    const multi = setOf(images, { multiLabels: Int8Array.of(1, 1, -1, 1), classes: ['x', 'y'] });
    const { splits } = await inspect({ train: single, test: multi });
    expect(splits[0].classes).to.deep.equal([
      { name: 'a', images: 0 },
      { name: 'b', images: 0 },
      { name: 'c', images: 2 },
    ]);
    expect(splits[1].classes).to.deep.equal([
      { name: 'x', images: 1 },
      { name: 'y', images: 2 },
    ]);
  });
});
