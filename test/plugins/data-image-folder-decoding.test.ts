import plugin, { decodeFile } from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { temporaryFolder } from '../e2e/tiny.js';
import { dataRefusal } from '../refusal.js';

/** An image of one colour. */
const plain = (levels: readonly number[], width = 4, height = 3): Sharp =>
  sharp(Buffer.from(Array.from({ length: width * height }, () => levels).flat()), {
    raw: { width, height, channels: levels.length as 1 | 2 | 3 | 4 },
  });

// cspell:disable
/** Files that Pillow wrote, and the pixels that it reads from them as RGB. */
const TRANSPARENT_GIF = 'R0lGODlhBQAFAIEAAAoUHshkMgD/AAcICSH5BAEAAAEALAEAAQADAAQAAAgMAAEEEDBAIEGDAwICADs=';
const CMYK_JPEG =
  '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD7Yr+miv5t6/sIr//Z';
/** Levels 0 and 70,000, written by Pillow. */
const INT32_TIFF =
  'SUkqAAgAAAAKAAABBAABAAAAAgAAAAEBBAABAAAAAQAAAAIBAwABAAAAIAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAAABEBBAABAAAAhgAAABYBBAABAAAAAQAAABcBBAABAAAACAAAABwBAwABAAAAAQAAAFMBAwABAAAAAgAAAAAAAAAAAAAAcBEBAA==';
const CMYK_TIFF =
  'SUkqAAgAAAAKAAABBAABAAAAAgAAAAEBBAABAAAAAQAAAAIBAwAEAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAABQAAABEBBAABAAAAjgAAABUBAwABAAAABAAAABYBBAABAAAAAQAAABcBBAABAAAACAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAIAGQyyB5kMsge';
// cspell:enable

describe('images of a folder, decoded,', () => {
  const folder = temporaryFolder();
  const colour = { channels: 3, orient: false } as const;
  const put = (name: string, content: Uint8Array): string => {
    writeFileSync(folder.within(name), content);
    return folder.within(name);
  };

  it('drops transparency without touching colours, also when it makes images smaller', async () => {
    const hidden = put('a.png', await plain([200, 100, 50, 0], 40, 20).png().toBuffer());
    expect([...(await decodeFile(hidden, colour)).bytes.subarray(0, 3)]).to.deep.equal([200, 100, 50]);
    const small = await decodeFile(hidden, { ...colour, maxSide: 10 });
    expect(small.size).to.deep.equal([5, 10]);
    expect([...small.bytes]).to.deep.equal(Array.from({ length: 50 }, () => [200, 100, 50]).flat());
  });

  it('makes images smaller only if they are larger', async () => {
    const file = put('a.jpg', await plain([9, 9, 9], 30, 90).jpeg().toBuffer());
    expect((await decodeFile(file, { ...colour, maxSide: 45 })).size).to.deep.equal([45, 15]);
    expect((await decodeFile(file, { ...colour, maxSide: 90 })).size).to.deep.equal([90, 30]);
    expect((await decodeFile(file, { ...colour, maxSide: 900 })).size).to.deep.equal([90, 30]);
  });

  it('gives RGB for grey, grey with alpha, 16-bit and CMYK images, and takes WebP, TIFF, GIF and AVIF', async () => {
    const rgb = async (name: string, image: Sharp) => [
      ...(await decodeFile(put(name, await image.toBuffer()), colour)).bytes.subarray(0, 3),
    ];
    expect(await rgb('g.png', plain([77]).toColourspace('b-w').png())).to.deep.equal([77, 77, 77]);
    expect(await rgb('ga.png', plain([77, 10]).toColourspace('b-w').png())).to.deep.equal([77, 77, 77]);
    expect(await rgb('deep.png', plain([255, 128, 0]).toColourspace('rgb16').png())).to.deep.equal([255, 128, 0]);
    const cmyk = await rgb('c.jpg', plain([255, 255, 255]).toColourspace('cmyk').jpeg({ quality: 100 }));
    expect(cmyk.every(level => level > 250)).to.equal(true);
    expect(await rgb('w.webp', plain([1, 2, 3]).webp({ lossless: true }))).to.deep.equal([1, 2, 3]);
    expect(await rgb('t.tif', plain([1, 2, 3]).tiff({ compression: 'lzw' }))).to.deep.equal([1, 2, 3]);
    expect(await rgb('g.gif', plain([255, 0, 0]).gif())).to.deep.equal([255, 0, 0]);
    expect(await rgb('a.avif', plain([128, 128, 128]).avif({ lossless: true }))).to.deep.equal([128, 128, 128]);
  });

  it('takes grey levels of 32 bits up to 255, and refuses greater ones, which would become white', async () => {
    const tiff = Buffer.from(INT32_TIFF, 'base64');
    expect(await dataRefusal(decodeFile(put('i.tif', tiff), colour))).to.include('its levels are 0 to 70000');
    tiff.writeInt32LE(200, tiff.length - 4);
    expect([...(await decodeFile(put('i.tif', tiff), colour)).bytes]).to.deep.equal([0, 0, 0, 200, 200, 200]);
  });

  it('gives levels as stored, whatever colour profile is attached', async () => {
    const file = put('p3.png', await plain([255, 0, 0]).withIccProfile('p3').png().toBuffer());
    const [red, green, blue] = (await decodeFile(file, colour)).bytes;
    // sRGB's pure red is about (234, 51, 35) in Display P3.
    expect(Math.abs(red - 234) + Math.abs(green - 51) + Math.abs(blue - 35)).to.be.below(9);
  });

  it('weighs red, green and blue for grey', async () => {
    const grey = async (levels: number[]) =>
      (await decodeFile(put('a.png', await plain(levels).png().toBuffer()), { channels: 1, orient: false })).bytes;
    expect([...(await grey([255, 0, 0]))]).to.deep.equal(new Array(12).fill(76));
    expect((await grey([0, 255, 0]))[0]).to.equal(150);
    expect((await grey([0, 0, 255]))[0]).to.equal(29);
    expect((await grey([255, 255, 255]))[0]).to.equal(255);
  });

  it('applies the EXIF orientation if `orient` is set, which it is by default', async () => {
    for (const { options } of plugin.components.filter(({ slot: { name } }) => name === 'dataset' || name === 'reader'))
      expect((options as unknown as { properties: Record<string, object> }).properties.orient).to.include({
        default: true,
      });
    const file = put('a.jpg', await plain([1, 2, 3], 20, 10).withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect((await decodeFile(file, colour)).size).to.deep.equal([10, 20]);
    expect((await decodeFile(file, { ...colour, orient: true })).size).to.deep.equal([20, 10]);
    expect((await decodeFile(file, { ...colour, orient: true, maxSide: 10 })).size).to.deep.equal([10, 5]);
  });

  it('does not render SVG files', async () => {
    const file = put('a.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
    expect(await dataRefusal(decodeFile(file, colour)))
      .to.include(file)
      .and.include('svg files are not supported');
  });

  it('refuses images that end early', async () => {
    const noise = sharp(Buffer.from(Array.from({ length: 48 * 48 * 3 }, (_, i) => (i * i * 7919) >> 3)), {
      raw: { width: 48, height: 48, channels: 3 },
    });
    const files = {
      jpg: await noise.jpeg().toBuffer(),
      png: await noise.png().toBuffer(),
      webp: await noise.webp().toBuffer(),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('jpg', 'png', 'webp'),
        fc.double({ min: 0, max: 0.95, noNaN: true }),
        async (kind, share) => {
          const whole = files[kind];
          const file = put(`cut.${kind}`, whole.subarray(0, Math.floor(whole.length * share)));
          expect(await dataRefusal(decodeFile(file, colour))).to.include(file);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('have the pixels of Pillow where a GIF has transparency, a frame smaller than its screen and interlaced rows', async () => {
    const file = put('t.gif', Buffer.from(TRANSPARENT_GIF, 'base64'));
    const { bytes, size } = await decodeFile(file, colour);
    const [a, b, c, d] = [[10, 20, 30], [200, 100, 50], [0, 255, 0], [7, 8, 9]]; // prettier-ignore
    const rows = [[b, b, b, b, b], [b, a, b, c, b], [b, d, a, b, b], [b, c, d, a, b], [b, b, c, d, b]]; // prettier-ignore
    expect(size).to.deep.equal([5, 5]);
    expect([...bytes]).to.deep.equal(rows.flat(2));
    expect((await decodeFile(file, { ...colour, maxSide: 4 })).size).to.deep.equal([4, 4]);
    const cut = put('cut.gif', Buffer.from(TRANSPARENT_GIF, 'base64').subarray(0, 52));
    expect(await dataRefusal(decodeFile(cut, colour))).to.include(cut);
  });

  it('damaged GIF files with transparency are refused or read, whatever their bytes are', async () => {
    const gif = Buffer.from(TRANSPARENT_GIF, 'base64');
    const byte = fc.tuple(fc.nat(gif.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(byte, { minLength: 1, maxLength: 4 }), async changes => {
        const damaged = Buffer.from(gif);
        for (const [place, value] of changes) damaged[place] = value;
        const file = put('damaged.gif', damaged);
        const decoded = await decodeFile(file, { ...colour, maxSide: 64 }).catch((error: unknown) => error as Error);
        if (decoded instanceof Error) expect(decoded.message).to.include(file);
        else expect(decoded.bytes).to.have.length(3 * decoded.size[0] * decoded.size[1]);
      }),
      { numRuns: 80 },
    );
    // A frame of 65,535 x 65,535 pixels on a screen of 5 x 5.
    gif.fill(255, gif.indexOf(',') + 5, gif.indexOf(',') + 9);
    expect(await dataRefusal(decodeFile(put('bomb.gif', gif), colour))).to.match(/too (large|many)/);
  });

  it('have the pixels of Pillow where they are CMYK', async () => {
    for (const [name, content] of [
      ['c.jpg', CMYK_JPEG],
      ['c.tif', CMYK_TIFF],
    ]) {
      // prettier-ignore
      const { bytes } = await decodeFile(put(name, Buffer.from(content, 'base64')), colour);
      expect([...bytes.subarray(0, 6)], name).to.deep.equal([137, 181, 49, 137, 181, 49]);
    }
    const small = await decodeFile(folder.within('c.jpg'), { ...colour, maxSide: 4 });
    expect([small.size, [...small.bytes.subarray(0, 3)]]).to.deep.equal([[4, 4], [137, 181, 49]]); // prettier-ignore
    const turned = await plain([9, 9, 9, 9], 20, 10).withMetadata({ orientation: 6 }).toColourspace('cmyk').jpeg().toBuffer(); // prettier-ignore
    expect((await decodeFile(put('o.jpg', turned), { ...colour, orient: true })).size).to.deep.equal([20, 10]);
  });
});
