import { embed, openImages, trainedNetwork, type Embedding, type TrainedNetwork } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { parquetReadObjects } from 'hyparquet';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { onCpu, temporaryFolder, trainTiny } from '../e2e/tiny.js';
import { refusal } from '../refusal.js';

interface Row {
  readonly name: string;
  readonly label: number;
  readonly class: string;
  readonly prototype: number;
  readonly probability: number;
  readonly features: readonly number[];
  readonly assignments: readonly number[];
}

describe('embedding of images', () => {
  const folder = temporaryFolder();
  /** More than two blocks of images. */
  const count = 450;
  let network: TrainedNetwork;
  before(onCpu);
  before(async () => {
    await trainTiny(folder.within('run'), {
      viewThreads: 0,
      changes: { data: { use: 'stripes', count }, trainer: { epochs: 1, batchSize: 64 } },
    });
    network = await trainedNetwork(folder.within('run'));
  });

  /** Embeds a split, and stops before image `stop`. */
  const embedded = async (file: string, changes: Partial<Embedding> = {}, stop = Infinity) => {
    const resumed: number[] = [];
    await embed(network, {
      images: await openImages(network, 'test'),
      output: 'features',
      out: folder.within(file),
      onResume: done => resumed.push(done),
      control: {
        signal: new AbortController().signal,
        progress: done => (done >= stop ? Promise.reject(new Error('stopped')) : Promise.resolve()),
      },
      ...changes,
    });
    return resumed;
  };
  const bytes = (file: string) => readFileSync(folder.within(file));
  const rows = (file: string): readonly Row[] =>
    bytes(file)
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Row);

  it('writes names, labels, prototypes and vectors, the same in all formats', async () => {
    for (const format of ['jsonl', 'parquet', 'npz']) await embedded(`whole.${format}`);
    const lines = rows('whole.jsonl');
    expect(lines).to.have.length(count);
    expect(lines[5]).to.include({ name: '5', label: 1, class: 'b' });
    expect(lines.every(({ probability }) => probability >= 1 / 8 && probability <= 1)).to.equal(true);
    const file = new Uint8Array(bytes('whole.parquet'));
    const table = (await parquetReadObjects({ file: file.buffer })) as unknown as readonly Row[];
    const near = ({ probability, features, ...row }: Row) => ({
      ...row,
      values: [probability, ...features].map(Math.fround),
    });
    expect(table.map(near)).to.deep.equal(lines.map(near));
    const archive = bytes('whole.npz');
    const at = archive.indexOf("'shape': (450, 12), }");
    const start = archive.indexOf('\n', at) + 1;
    expect(archive.readFloatLE(start + 4 * (12 * 449 + 11))).to.equal(Math.fround(lines[449].features[11]));
  });

  it('continues after an interruption, and gives the same file', async () => {
    await embedded('one.parquet', { output: 'embeddings' });
    const stopped: unknown = await embedded('two.parquet', { output: 'embeddings' }, 300).catch((e: unknown) => e);
    expect(stopped).to.have.property('message', 'stopped');
    expect(await embedded('two.parquet', { output: 'embeddings' })).to.deep.equal([400]);
    expect(bytes('two.parquet').equals(bytes('one.parquet'))).to.equal(true);
    expect(readdirSync(folder.path).filter(name => name.includes('partial'))).to.deep.equal([]);
  });

  it('does not continue rows of another output', async () => {
    await embedded('three.jsonl', {}, 300).catch(() => undefined);
    expect(await embedded('three.jsonl', { output: 'assignments' })).to.deep.equal([]);
    for (const { assignments, prototype, probability } of rows('three.jsonl')) {
      expect(assignments).to.have.length(8);
      expect(assignments[prototype])
        .to.equal(probability)
        .and.to.equal(Math.max(...assignments));
    }
  });

  it('leaves out damaged images of a folder on request', async () => {
    mkdirSync(folder.within('images'));
    for (const name of ['a.png', 'c.png'])
      await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } }).toFile(folder.within('images', name)); // prettier-ignore
    writeFileSync(folder.within('images', 'b.png'), 'no image');
    const opened = (skipCorrupt: boolean) => openImages(network, folder.within('images'), { skipCorrupt });
    const damaged = await refusal(embedded('all.jsonl', { images: await opened(false) }));
    expect(damaged.message).to.contain('b.png cannot be decoded').and.to.contain('--skip-corrupt');
    await embedded('some.jsonl', { images: await opened(true) });
    expect(rows('some.jsonl').map(({ name }) => name)).to.deep.equal(['a.png', 'c.png']);
    expect((await refusal(openImages(network, 'test', { skipCorrupt: true }))).message).to.contain('`onCorrupt`');
  });

  it('gives no prototypes for an encoder without them', async () => {
    const tensors = Object.entries(network.weights.tensors).filter(([name]) => name.startsWith('encoder.'));
    const { opened: _, ...alone } = network.reopened({ tensors: Object.fromEntries(tensors), source: 'a file' });
    const control = { signal: new AbortController().signal, progress: () => Promise.resolve() };
    const embedding = { images: await openImages(network, 'test'), control };
    await embed(alone, { ...embedding, output: 'features', out: folder.within('alone.jsonl') });
    await embedded('with.jsonl');
    const features = (file: string) => rows(file).map(row => row.features);
    expect(features('alone.jsonl')).to.deep.equal(features('with.jsonl'));
    expect(rows('alone.jsonl')[0]).to.not.have.property('prototype');
    const refused = embed(alone, { ...embedding, output: 'embeddings', out: folder.within('refused.jsonl') });
    expect((await refusal(refused)).message).to.match(/^a file has no weights of the module 'head'/);
  });

  it('refuses other formats, files that exist, and images that are not there', async () => {
    expect((await refusal(embedded('x.csv'))).message).to.contain('.parquet, .npz, .jsonl');
    expect((await refusal(embedded('one.parquet'))).message).to.contain('--overwrite');
    expect((await refusal(openImages(network, 'tset'))).message).to.contain('Did you mean the split test?');
  });
});
