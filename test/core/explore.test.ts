import {
  assigned,
  createProgram,
  findOutliers,
  main,
  neighboursOf,
  openImages,
  openQuery,
  trainedNetwork,
  type TrainedNetwork,
} from '@carl-ssl/core/host';
import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { onCpu, temporaryFolder, trainTiny } from '../e2e/tiny.js';
import { printed } from '../printed.js';
import { refusal } from '../refusal.js';

const control = { signal: new AbortController().signal, progress: () => Promise.resolve() };

describe('neighbours, assignments and outliers', () => {
  const folder = temporaryFolder();
  const count = 450;
  let network: TrainedNetwork;
  let cosines: readonly (readonly number[])[];
  before(onCpu);
  before(async () => {
    await trainTiny(folder.within('run'), {
      viewThreads: 0,
      changes: { data: { use: 'stripes', count }, trainer: { epochs: 1, batchSize: 64 } },
    });
    network = await trainedNetwork(folder.within('run'));
    cosines = await allCosines(network);
  });
  const sorted = (image: number) =>
    cosines[image]
      .map((cosine, index) => ({ index, cosine }))
      .filter(({ index }) => index !== image)
      .sort((a, b) => b.cosine - a.cosine);

  it('finds the images with the largest cosines, without the image itself', async () => {
    const query = await openQuery(network, 'test:7');
    const images = await openImages(network, 'test');
    const found = await neighboursOf(network, query, { images, count: 5, self: 7, control });
    expect(found).to.include({ compared: count - 1 });
    expect(found.query).to.deep.equal({ index: 7, name: 'test:7', class: 'd' });
    const wanted = sorted(7).slice(0, 5);
    found.neighbours.forEach((one, i) => expect(one.cosine).to.be.closeTo(wanted[i].cosine, 1e-5));
    expect(found.neighbours[0]).to.include({ index: wanted[0].index, name: String(wanted[0].index) });
  });

  it('ranks images by the distance to their k-th neighbour, and groups near duplicates', async () => {
    const images = await openImages(network, 'test');
    const threshold = 0.999;
    const found = await findOutliers(network, { images, count: 4, k: 3, threshold, control, comparison: control });
    const distances = cosines.map((_, image) => 1 - sorted(image)[2].cosine).sort((a, b) => b - a);
    found.outliers.forEach(({ distance }, i) => expect(distance).to.be.closeTo(distances[i], 1e-5));
    const { index, nearest } = found.outliers[0];
    expect(nearest.cosine).to.be.closeTo(sorted(index)[0].cosine, 1e-5);
    expect(found.duplicates.map(group => group.map(one => one.index))).to.deep.equal(components(cosines, threshold));
    expect(found.duplicates.length).to.be.above(1);
  });

  it('assigns an image to prototypes, with the images that have their largest probabilities', async () => {
    const images = await openImages(network, 'test');
    const query = await openQuery(network, 'test:7');
    const { sets } = await assigned(network, query, { count: 8, images, examples: 2, control });
    const [{ size, prototypes }] = sets;
    expect([sets.length, size, prototypes.length]).to.deep.equal([1, 8, 8]);
    expect(prototypes.reduce((sum, { probability }) => sum + probability, 0)).to.be.closeTo(1, 1e-5);
    const [{ prototype, examples }] = prototypes;
    const [first] = examples!;
    const other = await assigned(network, await openQuery(network, `test:${first.index}`), { count: 8, examples: 1, control }); // prettier-ignore
    const again = other.sets[0].prototypes.find(one => one.prototype === prototype)!;
    expect(again.probability).to.be.closeTo(first.probability, 1e-6);
    expect(again).not.to.have.property('examples');
  });

  it('writes self-contained pages with a picture of each image', async () => {
    const run = folder.within('run');
    const out = (name: string) => ['--quiet', '--format', 'json', '--out', folder.within(`${name}.html`)];
    for (const args of [
      ['neighbours', run, 'test:7', '--count', '3', ...out('neighbours')],
      ['assign', run, 'test:7', '--among', 'test', '--count', '1', '--examples', '3', ...out('assign')],
      ['outliers', run, 'test', '--count', '2', '--threshold', '0.9999', ...out('outliers')],
    ]) {
      const [status] = await printed(() => main(args));
      const page = readFileSync(folder.within(`${args[0]}.html`), 'utf8');
      expect([status, page.includes('<script'), /(src|href)="(?!data:)/.test(page)]).to.deep.equal([0, false, false]);
      expect(page.match(/<img /g)!.length, args[0]).to.be.at.least(4);
    }
  });

  it('ends with status 130 and without a page after Ctrl-C', async () => {
    const page = folder.within('stopped.html');
    const before = process.listenerCount('SIGINT');
    const program = await createProgram();
    const timer = setInterval(() => {
      if (process.listenerCount('SIGINT') === before) return;
      clearInterval(timer);
      process.listeners('SIGINT').at(-1)!('SIGINT');
    }, 1);
    const args = ['outliers', folder.within('run'), 'test', '--quiet', '--out', page];
    const [error, text] = await printed<unknown>(() =>
      program.parseAsync(args, { from: 'user' }).catch((reason: unknown) => reason),
    );
    expect(error, text).to.have.property('status', 130);
    expect([existsSync(page), text]).to.deep.equal([
      false,
      '\nStopping after this batch. Press Ctrl-C again to stop immediately.\n',
    ]);
  });

  it('refuses images that are not there, methods without prototypes, and pages of another kind', async () => {
    expect((await refusal(openQuery(network, 'none.png'))).message).to.contain('no such file');
    expect((await refusal(openQuery(network, folder.path))).message).to.contain('is not a file');
    expect((await refusal(openQuery(network, 'test:450'))).message).to.contain('numbered from 0 to 449');
    const query = await openQuery(network, 'test:7');
    const without = { ...network, network: { ...network.network, assigner: undefined } };
    expect((await refusal(assigned(without, query, { count: 1, examples: 1, control }))).message).to.contain('no prototypes'); // prettier-ignore
    const [status, text] = await printed(() => main(['neighbours', folder.within('run'), 'test:7', '--out', 'a.png']));
    expect([status, text]).to.deep.equal([2, text.includes('must end in .html') ? text : 'another message']);
    const page = folder.within('mine.html');
    writeFileSync(page, 'mine');
    const replacing = (...more: readonly string[]) =>
      printed(() => main(['neighbours', folder.within('run'), 'test:7', '--quiet', '--out', page, ...more]));
    expect((await replacing())[1]).to.contain(
      'mine.html: this exists. Name another file, or replace it with --overwrite.',
    );
    expect(readFileSync(page, 'utf8')).to.equal('mine');
    await replacing('--overwrite');
    expect(readFileSync(page, 'utf8')).to.contain('<html');
  });
});

/** Cosines between all images of the split `test`, one image at a time. */
async function allCosines(network: TrainedNetwork): Promise<readonly (readonly number[])[]> {
  const images = await openImages(network, 'test');
  const rows: (readonly number[])[] = [];
  const subject = network.open();
  const [height, width, channels] = network.shape.image;
  for (const { data } of await images.read([...Array(images.length).keys()])) {
    const values = Float32Array.from(data, value => value / 255);
    const features = await subject.features.apply({ shape: [1, height, width, channels], data: values });
    const length = Math.hypot(...features);
    rows.push(Array.from(features, value => value / length));
  }
  subject.close();
  return rows.map(a => rows.map(b => a.reduce((sum, value, d) => sum + value * b[d], 0)));
}

/** Connected components of the pairs above a threshold, the largest first. */
function components(cosines: readonly (readonly number[])[], threshold: number): readonly (readonly number[])[] {
  const seen = new Set<number>();
  const groups = cosines.map((_, start) => {
    const group: number[] = [];
    const open = [start];
    for (let image = open.pop(); image !== undefined; image = open.pop()) {
      if (seen.has(image)) continue;
      seen.add(image);
      group.push(image);
      open.push(...cosines[image].flatMap((cosine, other) => (other !== image && cosine > threshold ? [other] : [])));
    }
    return group.sort((a, b) => a - b);
  });
  return groups.filter(group => group.length > 1).sort((a, b) => b.length - a.length || a[0] - b[0]);
}
