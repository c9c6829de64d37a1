import dataImageFolder from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import { mkdirSync, symlinkSync } from 'node:fs';
import sharp from 'sharp';
import { dataRefusal } from '../refusal.js';
import { readersOf, scratch } from './reader-support.js';

const reader = readersOf(dataImageFolder);

describe('links to images that do not exist', () => {
  const { at, write } = scratch();
  before(async () => {
    for (const folder of ['root', 'root/cat', 'root/dog']) mkdirSync(at(folder));
    const image = sharp({ create: { width: 2, height: 2, channels: 3, background: { r: 9, g: 9, b: 9 } } });
    for (const name of ['cat/a.png', 'dog/b.png']) write(`root/${name}`, await image.png().toBuffer());
    symlinkSync('gone.png', at('root/cat/lost.png'));
  });
  const read = (options: object) => reader('image-folder', { root: at('root'), ...options }).read();

  it('are refused with what to do', async () => {
    expect(await dataRefusal(read({}))).to.include(
      'lost.png is a link to a file that does not exist. Remove it, restore the file, or set `onCorrupt: skip`.',
    );
  });

  it('are left out with damaged images, up to the share that is allowed', async () => {
    const { length, labels, leftOut } = await read({ onCorrupt: 'skip', maxSkipped: 0.5 });
    expect([length, ...labels!]).to.deep.equal([2, 0, 1]);
    const lost = { file: 'cat/lost.png', reason: 'cannot be decoded', detail: 'the file does not exist' };
    expect(leftOut).to.deep.equal([lost]);
    expect(await dataRefusal(read({ onCorrupt: 'skip' }))).to.include('1 of 3 images cannot be decoded');
  });
});
