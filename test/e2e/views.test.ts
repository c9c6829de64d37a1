import { Augmenter, seededStreams } from '@carl-ssl/core';
import { assemble, loadPipeline, openData } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { carl } from './cli.js';
import { temporaryFolder, writePipeline } from './tiny.js';

/** Levels of the PNG images of a page, in their order. */
async function picturesOf(page: string): Promise<readonly (readonly number[])[]> {
  const encoded = [...page.matchAll(/data:image\/png;base64,([^"]*)/g)].map(([, text]) => Buffer.from(text, 'base64'));
  return Promise.all(
    encoded.map(async bytes => [...(await sharp(bytes).toColourspace('b-w').raw().toBuffer()).values()]),
  );
}

describe('carl views', () => {
  const folder = temporaryFolder();
  const changes = {
    augmenter: { use: 'simclr-views', size: 8, blur: 0, flip: 1, minScale: 0.3, mean: [0.4], std: [0.25] },
  };

  it('shows images with the views that training makes of them, before normalisation', async () => {
    const file = writePipeline(folder.within('tiny.yaml'), changes);
    const out = folder.within('page.html');
    const args = ['views', file, '--out', out, '--images', '2', '--epoch', '3', '--seed', '5'];
    expect(await carl(args)).to.include({ code: 0, stdout: `${out}\n` });
    const page = readFileSync(out, 'utf8');
    expect(page).to.not.match(/<script|<link|href="http/i);
    expect(page)
      .to.contain('first 2 images of epoch 3 with seed 5')
      .and.to.match(/view 1, global, 8×8<br \/>crop \d+×/);
    expect(page).to.contain('<br />horizontal flip');

    const { services, train } = await openData(assemble(await loadPipeline(file, { seed: 5 })));
    const [streams, augmenter] = [seededStreams(5), services.get(Augmenter)];
    const order = [...streams.at('order', 2).permutation(train.length).subarray(0, 2)];
    const expected: number[][] = [];
    for (const [place, image] of (await train.read(order)).entries()) {
      const views = augmenter.augment(image, [0, 1].map(view => streams.at('augment', 2, order[place], view))); // prettier-ignore
      const [unit, byte] = [image.data instanceof Uint8Array ? 1 : 255, (value: number) => Math.min(1, Math.max(0, value))]; // prettier-ignore
      expected.push(Array.from(image.data, value => Math.round(value * unit)));
      for (const { data } of views)
        expected.push(Array.from(data, value => Math.round(255 * byte(value * 0.25 + 0.4))));
    }
    const shown = await picturesOf(page);
    expect(shown.map(({ length }) => length)).to.deep.equal(expected.map(({ length }) => length));
    const differences = shown.flatMap((levels, i) => levels.map((level, j) => Math.abs(level - expected[i][j])));
    expect(Math.max(...differences)).to.be.at.most(1);
  });

  it('creates the folder of the page, and says so if there is a file in its place', async () => {
    const file = writePipeline(folder.within('tiny.yaml'), changes);
    const out = folder.within('new', 'pages', 'page.html');
    expect(await carl(['views', file, '--images', '1', '--out', out])).to.include({ code: 0, stdout: `${out}\n` });
    expect(readFileSync(out, 'utf8')).to.match(/^<!doctype html>/);
    const { code, stderr } = await carl(['views', file, '--images', '1', '--out', join(file, 'page.html')]);
    expect(stderr).to.match(
      /INPUT_ARGUMENT Cannot write .*tiny\.yaml: this is a file, not a folder: choose another path\.\n$/,
    );
    expect(code).to.equal(2);
  });

  it('refuses more images than a page can show', async () => {
    const file = writePipeline(folder.within('tiny.yaml'), changes);
    const { code, stderr } = await carl(['views', file, '--images', '5000']);
    expect([code, stderr]).to.deep.equal([2, stderr]);
    expect(stderr).to.contain('--images 5000: a page shows at most 100 images');
  });
});
