import { decodeFile } from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { temporaryFolder } from '../e2e/tiny.js';

/** A TIFF of 4 x 3 pixels, grey or with three colours, of one float; sharp itself cannot write one. */
function floatTiff(value: number, samples: 1 | 3): Buffer {
  const [SHORT, LONG] = [3, 4];
  const values = 12 * samples;
  // Three bits and three formats have places of their own, before the values.
  const [bits, formats, start] = samples === 1 ? [32, 3, 134] : [134, 140, 146];
  // Width, height, bits, compression, black is zero or colours, offset, samples, rows, bytes, floats.
  const tags = [[256, LONG, 4], [257, LONG, 3], [258, SHORT, bits], [259, SHORT, 1], [262, SHORT, samples === 1 ? 1 : 2], [273, LONG, start], [277, SHORT, samples], [278, LONG, 3], [279, LONG, 4 * values], [339, SHORT, formats]]; // prettier-ignore
  const file = Buffer.alloc(start + 4 * values);
  file.write('II*', 'latin1');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, content], i) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16LE(tag);
    entry.writeUInt16LE(type, 2);
    entry.writeUInt32LE(tag === 258 || tag === 339 ? samples : 1, 4);
    entry.writeUInt32LE(content, 8);
    entry.copy(file, 10 + 12 * i);
  });
  for (let i = 0; samples === 3 && i < 3; i++) {
    file.writeUInt16LE(32, 134 + 2 * i);
    file.writeUInt16LE(3, 140 + 2 * i);
  }
  for (let i = 0; i < values; i++) file.writeFloatLE(value, start + 4 * i);
  return file;
}

describe('floating-point TIFF', () => {
  const folder = temporaryFolder();
  const decode = (value: number, samples: 1 | 3 = 1) => {
    writeFileSync(folder.within('float.tif'), floatTiff(value, samples));
    return decodeFile(folder.within('float.tif'), { channels: 3, orient: false });
  };

  it('with values in [0, 1], which would become black, is refused', async () => {
    for (const value of [0, 0.5, 1]) {
      const message = await decode(value).then(
        () => 'was decoded',
        (error: unknown) => (error as Error).message,
      );
      expect(message).to.match(/float\.tif .*become black.*8 or 16 bits/);
    }
  });

  it('with levels up to 255 is decoded', async () => {
    expect([...(await decode(100)).bytes.subarray(0, 3)]).to.deep.equal([100, 100, 100]);
  });

  it('with colours is refused, since their range is not known', async () => {
    for (const value of [0.5, 100]) {
      const message = await decode(value, 3).then(
        () => 'was decoded',
        (error: unknown) => (error as Error).message,
      );
      expect(message).to.match(/float\.tif .*floating-point colours.*8 or 16 bits/);
    }
  });
});
