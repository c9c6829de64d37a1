import { mapImages } from '@carl-ssl/core';
import { expect } from 'chai';

const MEBIBYTE = 2 ** 20;

describe('images read for views and features', () => {
  /** Images of so many bytes each, and the numbers of images that were asked for at a time. */
  async function read(bytes: (index: number) => number, count: number, size?: readonly [number, number]) {
    const asked: number[] = [];
    const images = {
      channels: 1,
      ...(size && { size }),
      read: (indices: readonly number[]) => {
        asked.push(indices.length);
        return Promise.resolve(
          indices.map(index => ({ height: 1, width: 1, channels: 1, data: new Uint8Array(bytes(index)) })),
        );
      },
    };
    const places = await mapImages(
      images,
      Array.from({ length: count }, (_, i) => i),
      (_image, place) => place,
    );
    expect(places).to.deep.equal(Array.from({ length: count }, (_, i) => i));
    return asked;
  }

  it('are held in their stored size a few at a time, the fewer the larger they are', async () => {
    expect(await read(() => 72 * MEBIBYTE, 10)).to.deep.equal([4, 1, 1, 1, 1, 1, 1]);
    expect(await read(() => 300 * MEBIBYTE, 3, [300, MEBIBYTE])).to.deep.equal([1, 1, 1]);
    expect(await read(() => 10, 40)).to.deep.equal([4, 8, 8, 8, 8, 4]);
  });

  it('are read while the caller works on those before, and an error comes in its turn', async () => {
    const events: string[] = [];
    const one = { height: 1, width: 1, channels: 1, data: new Uint8Array(1) };
    const read = ([first, ...more]: readonly number[]) => {
      events.push(`read ${first}`);
      return first === 12 ? Promise.reject(new Error('damaged')) : Promise.resolve([one, ...more.map(() => one)]);
    };
    const work = mapImages({ channels: 1, read }, [...Array(30).keys()], (_image, place) =>
      events.push(`use ${place}`),
    );
    expect(await work.catch(String)).to.equal('Error: damaged');
    expect(events.filter(event => /read|use (0|4|11|12)$/.test(event))).to.deep.equal(
      ['read 0', 'read 4', 'use 0', 'read 12', 'use 4', 'use 11'], // prettier-ignore
    );
  });

  it('are read at once where all are small', async () => {
    expect(await read(() => 16, 200, [4, 4])).to.deep.equal([200]);
  });
});
