import { decodeFile, type DecodeRules } from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { temporaryFolder } from '../e2e/tiny.js';

describe('image-folder: large images', () => {
  const folder = temporaryFolder();

  it('are refused by their number of pixels before they are decoded', async () => {
    const png = await sharp({ create: { width: 4, height: 3, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    /** The error for an image that claims to be a square of that side. */
    const refusal = async (side: number, limits: Partial<DecodeRules> = {}): Promise<string> => {
      png.writeUInt32BE(side, 16);
      png.writeUInt32BE(side, 20);
      png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
      writeFileSync(folder.within('large.png'), png);
      const rules = { channels: 3, orient: false, ...limits } as const;
      const error: unknown = await decodeFile(folder.within('large.png'), rules).catch((reason: unknown) => reason);
      return (error as Error).message;
    };
    expect(await refusal(16_000))
      .to.include('large.png is too large to be decoded: it has 16000 x 16000 pixels, at most 100 million')
      .and.include('Set `maxSide`');
    expect(await refusal(60_000, { maxSide: 64 })).to.include('at most 1000 million');
    expect(await refusal(900, { maxMegapixels: 0.5 })).to.include('at most 0.5 million');
    // Within the limit, decoding begins and finds that the pixels are missing.
    expect(await refusal(16_000, { maxMegapixels: 300 })).to.include('cannot be decoded');
  });
});
