import { decodeFile } from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { temporaryFolder } from '../e2e/tiny.js';

/** A grey TIFF of 4 x 3 floats; sharp itself cannot write one. */
function floatTiff(value: number): Buffer {
  const [SHORT, LONG] = [3, 4];
  const pixels = 12;
  // Width, height, bits, compression, black is zero, offset, samples, rows, bytes, floats.
  const tags = [[256, LONG, 4], [257, LONG, 3], [258, SHORT, 32], [259, SHORT, 1], [262, SHORT, 1], [273, LONG, 134], [277, SHORT, 1], [278, LONG, 3], [279, LONG, 4 * pixels], [339, SHORT, 3]]; // prettier-ignore
  const file = Buffer.alloc(134 + 4 * pixels);
  file.write('II*', 'latin1');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, content], i) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16LE(tag);
    entry.writeUInt16LE(type, 2);
    entry.writeUInt32LE(1, 4);
    entry.writeUInt32LE(content, 8);
    entry.copy(file, 10 + 12 * i);
  });
  for (let i = 0; i < pixels; i++) file.writeFloatLE(value, 134 + 4 * i);
  return file;
}

describe('floating-point TIFF', () => {
  const folder = temporaryFolder();
  const decode = (value: number) => {
    writeFileSync(folder.within('float.tif'), floatTiff(value));
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
});
