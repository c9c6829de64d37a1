import type { DamagedFile, ImageSet } from '@carl-ssl/core';
import dataCompose from '@carl-ssl/data-compose';
import dataImageFolder from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { readersOf, scratch } from './reader-support.js';

const reader = readersOf(dataCompose, dataImageFolder);
const png = await sharp({ create: { width: 4, height: 3, channels: 3, background: '#204060' } })
  .png()
  .toBuffer();

describe('images with another number of channels', () => {
  const { at, write } = scratch();

  it('are those that a reader with that number gives; grey levels become those of all channels', async () => {
    const [width, height] = [5, 7];
    const raw = Buffer.from(Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 97) % 256));
    const picture = await sharp(raw, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    for (const name of ['a', 'b']) {
      mkdirSync(at(name));
      write(`${name}/1.png`, picture);
    }
    const folder = { use: 'image-folder', root: at('.') };
    const [expected] = await (await reader('image-folder', { root: at('.'), channels: 1 }).read()).read([1]);
    const grey = await reader('channels', { of: folder, count: 1 }).read();
    expect([grey.channels, [...grey.labels!], grey.classes]).to.deep.equal([1, [0, 1], ['a', 'b']]);
    expect((await grey.read([1]))[0]).to.deep.equal(expected);
    const rgb = await reader('channels', { of: { use: 'channels', of: folder, count: 1 }, count: 3 }).read();
    const [{ channels, data }] = await rgb.read([1]);
    expect([channels, data.length]).to.deep.equal([3, raw.length]);
    expect(data.every((level, i) => level === expected.data[Math.floor(i / 3)])).to.equal(true);
    const own = await reader('image-folder', { root: at('.') }).read();
    expect(new Set(await Promise.all([own, grey, rgb].map(set => set.fingerprint()))).size).to.equal(3);
    expect(await reader('channels', { of: folder, count: 3 }).read().then(set => set.fingerprint())).to.equal(await own.fingerprint()); // prettier-ignore
  });
});

describe('several readers joined', () => {
  const { at, write } = scratch();

  /** State of a file as a run keeps it. */
  const stateOf = (root: string, file: string, index: number): DamagedFile => {
    const { size, mtimeMs } = statSync(at(`${root}/${file}`));
    return { file, index, size, modified: mtimeMs };
  };

  it('have the quick fingerprint of before the repair of a damaged file', async () => {
    for (const file of ['one/a.png', 'one/b.png', 'two/c.png', 'two/d.png']) {
      mkdirSync(at(dirname(file)), { recursive: true });
      write(file, png);
    }
    const open = (): Promise<ImageSet> =>
      reader('concat', {
        readers: ['one', 'two'].map(root => ({ use: 'image-folder', root: at(root), labels: 'none' })),
      }).read();
    writeFileSync(at('two/d.png'), 'damaged');
    utimesSync(at('two/d.png'), 1e9, 1e9);
    const damaged = stateOf('two', 'd.png', 1);
    const before = await (await open()).quickFingerprint!();
    write('two/d.png', png);
    const repaired = await open();
    expect((await repaired.quickFingerprint!()).sha256).not.to.equal(before.sha256);
    expect((await repaired.quickFingerprint!([damaged])).sha256).to.equal(before.sha256);
  });
});
