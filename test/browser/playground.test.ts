import { Augmenter } from '@carl-ssl/core';
import { openImages, trainedNetwork, writePlayground } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { onCpu, smallResnet, temporaryFolder, trainTiny } from '../e2e/tiny.js';
import { refusal } from '../refusal.js';
import { inChromium, seriousFindings } from './chromium.js';

const { playgroundScript } = (await import('../../scripts/write-playground.mjs' as string)) as {
  readonly playgroundScript: () => Promise<string>;
};

describe('the playground in a browser', () => {
  const folder = temporaryFolder();
  const { open } = inChromium();
  before(onCpu);
  before(async () => {
    await trainTiny(folder.within('run'), { changes: { encoder: smallResnet, trainer: { epochs: 1, batchSize: 32 } } });
    await writePlayground(folder.within('run'), folder.within('out'), {});
  });

  /** Places of images and cosines of their features with those of one of them, nearest first. */
  async function nearest(place: number): Promise<{ file: Buffer; cosines: readonly string[] }> {
    const network = await trainedNetwork(folder.within('run'));
    const images = await openImages(network, 'train');
    const stored = await images.read(Array.from({ length: images.length }, (_, i) => i));
    const augmenter = network.loaded.services.get(Augmenter);
    const plain = stored.map(image => augmenter.plain(image));
    const [{ height, width, channels }] = plain;
    const data = Float32Array.from(plain.flatMap(one => [...one.data]));
    const subject = network.open();
    const rows = (await subject.features.apply({ shape: [plain.length, height, width, channels], data })).slice();
    const { dim } = subject.features;
    subject.close();
    const row = (i: number) => rows.subarray(i * dim, (i + 1) * dim);
    const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, d) => sum + value * b[d], 0) / Math.hypot(...a) / Math.hypot(...b); // prettier-ignore
    const cosines = stored.map((_, i) => cosine(row(place), row(i))).sort((a, b) => b - a);
    const { height: h, width: w, channels: c, data: bytes } = stored[place];
    const raw = { height: h, width: w, channels: c as 1 | 3 };
    const levels = Uint8Array.from(bytes, value => (bytes instanceof Uint8Array ? value : Math.round(255 * value)));
    return { file: await sharp(levels, { raw }).png().toBuffer(), cosines: cosines.slice(0, 12).map(one => one.toFixed(3)) }; // prettier-ignore
  }

  const DROP = `bytes => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(bytes)], 'dropped <b>.png', { type: 'image/png' }));
    document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }`;

  it('opens without a server and answers a dropped image with its neighbours and prototypes', async () => {
    const { file, cosines } = await nearest(3);
    const { page, errors } = await open(pathToFileURL(folder.within('out', 'index.html')).href, { viewport: { width: 360, height: 740 } }); // prettier-ignore
    const status = page.getByRole('status');
    await status.getByText('Ready.').waitFor();
    await page.evaluate(`(${DROP})(${JSON.stringify([...file])})`);
    await status.getByText('on WebAssembly').waitFor();
    const found = await page.locator('#answer > .cells span:nth-of-type(1)').allTextContents();
    expect(found).to.deep.equal(cosines);
    expect(await page.locator('.prototypes > li').count()).to.equal(3);
    expect(await page.locator('#map svg').getAttribute('aria-label')).to.contain('Your image lies beside image');
    expect(await page.locator('#answer').textContent()).to.contain('dropped <b>.png');
    await page.locator('#samples button').first().press('Enter');
    await page.getByText('dropped <b>.png').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).to.equal(0); // prettier-ignore
    await page
      .locator('#file')
      .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
    await status.getByText('x.png is not an image').waitFor();
    // Chromium's own note where there is no GPU.
    expect(errors.filter(one => one !== 'No available adapters.')).to.deep.equal([]);
    await page.close();
  });

  it('has no serious finding of axe-core, in light and dark', async () => {
    const { page } = await open(pathToFileURL(folder.within('out', 'index.html')).href, { bypassCSP: true });
    await page.locator('#samples button').first().click();
    await page.locator('.prototypes > li').first().waitFor();
    expect(await seriousFindings(page)).to.deep.equal([]);
    await page.close();
  });

  it('replaces only the folder of a playground', async () => {
    const again = (out: string, overwrite: boolean) =>
      refusal(writePlayground(folder.within('run'), out, { overwrite }));
    expect((await again(folder.within('out'), false)).message).to.contain('--overwrite');
    expect((await again(folder.within('run'), true)).message).to.contain('not the folder of a playground');
  });

  it('has the script of the present sources', async () => {
    const asset = fileURLToPath(new URL('../../core/assets/playground.js', import.meta.url));
    expect(readFileSync(asset, 'utf8')).to.equal(await playgroundScript());
  });
});
