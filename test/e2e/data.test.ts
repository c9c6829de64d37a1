import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { carl, start } from './cli.js';
import { temporaryFolder, writePipeline } from './tiny.js';

const slow = fileURLToPath(new URL('../samples/plugins/slow-images.mjs', import.meta.url));

describe('carl data', () => {
  const folder = temporaryFolder();

  it('names duplicates and damaged images, and fails because of the latter', async () => {
    mkdirSync(folder.within('photos', 'cat'), { recursive: true });
    for (const name of ['a.png', 'b.png'])
      await sharp({ create: { width: 4, height: 3, channels: 3, background: '#ff0000' } }).toFile(
        folder.within('photos', 'cat', name),
      );
    writeFileSync(folder.within('photos', 'cat', 'c.png'), 'no image');
    const root = folder.within('photos');
    const plugins = ['carl', 'heads', 'augment', 'optim', 'resnet', 'data-image-folder'].map(one => `@carl-ssl/${one}`);
    const file = writePipeline(folder.within('photos.yaml'), {
      plugins,
      data: { use: 'image-folder', root, validation: 0 },
      encoder: { use: 'resnet', depth: 18 },
    });
    const { code, stdout } = await carl(['data', file]);
    expect(stdout)
      .to.match(/sizes +all 3x4 \(height x width\)/)
      .and.include('mean: [1.0000, 0.0000, 0.0000]')
      .and.include('train: cat/a.png  =  train: cat/b.png')
      .and.include('1 image of train cannot be decoded');
    expect(code).to.equal(1);
  });

  it('stops at Ctrl-C without a table', async () => {
    const plugins = ['carl', 'heads', 'augment', 'optim', 'resnet'].map(one => `@carl-ssl/${one}`);
    const encoder = { use: 'resnet', depth: 18 };
    const file = writePipeline(folder.within('interrupted.yaml'), {
      plugins: [...plugins, slow],
      data: 'slow-images',
      encoder,
    });
    const { child, ended, says } = start(['data', file]);
    await says('reading');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).to.deep.equal([130, '']);
    expect(stderr).to.include('Stopping.').and.not.include('unexpected error');
  });
});
