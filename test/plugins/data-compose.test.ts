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
