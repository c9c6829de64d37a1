import type { CarlError, Dataset, ImageSet, SplitName } from '@carl-ssl/core';
import plugin, { classNames } from '@carl-ssl/data-fashion-mnist';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { skipped } from '../skipped.js';

const SOURCE = '/usr/share/datasets/fashion-mnist';
const repository = fileURLToPath(new URL('../..', import.meta.url));
const data = join(repository, 'plugins/data-fashion-mnist/data');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map(name => [name, sha256(gunzipSync(readFileSync(join(folder, name))))]));
const make = (use: string, options: object): Dataset =>
  plugin.components.find(component => component.use === use)!.create(options, {}) as Dataset;

describe('fashion-mnist-mini', () => {
  const dataset = make('fashion-mnist-mini', {});
  const split = async (name: SplitName): Promise<ImageSet> => (await dataset.split(name))!;

  it('has the sizes, the classes and the number of images of each class that its provenance tells', async () => {
    const provenance = readFileSync(join(data, '../PROVENANCE.md'), 'utf8');
    for (const [name, length] of [
      ['train', 10000],
      ['validation', 2000],
      ['test', 2000],
    ] as const) {
      const set = await split(name);
      expect([set.length, set.size, set.channels, set.classes]).to.deep.equal([length, [28, 28], 1, [...classNames]]);
      const counts = classNames.map((_, label) => set.labels!.filter(other => other === label).length);
      expect(provenance).to.match(new RegExp(`\\| ${name} +\\| ${counts.join(' +\\| ')} +\\|`));
    }
    expect(dataset.classCount).to.equal(10);
  });

  it('holds the very bytes its provenance tells', () => {
    const provenance = readFileSync(join(data, '../PROVENANCE.md'), 'utf8');
    const digests = Object.entries(contents(data));
    expect(digests).to.have.length(6);
    for (const [name, digest] of digests) expect(provenance).to.match(new RegExp(`\`${name}\`.*\`${digest}\``));
  });

  it('never has an image in two splits', async () => {
    const seen = new Map<string, SplitName>();
    for (const name of ['train', 'validation', 'test'] as const) {
      const set = await split(name);
      const images = await set.read(Array.from({ length: set.length }, (_, i) => i));
      for (const image of images) {
        const digest = sha256(image.data as Uint8Array);
        expect(seen.get(digest) ?? name).to.equal(name);
        seen.set(digest, name);
      }
    }
  });

  it('is made again, the same, by its script', function () {
    if (!existsSync(SOURCE)) skipped(this, `there is no ${SOURCE} (apt-get install dataset-fashion-mnist)`);
    const folder = mkdtempSync(join(tmpdir(), 'fashion-'));
    execFileSync(process.execPath, [join(repository, 'scripts/make-fashion-mnist-mini.mjs'), SOURCE, folder]);
    expect(contents(folder)).to.deep.equal(contents(data));
    rmSync(folder, { recursive: true });
  });
});

describe('fashion-mnist', () => {
  let root: string;
  /** An IDX file whose last dimension counts up, so that images differ by their place. */
  const idx = (shape: readonly number[], value: (i: number) => number): Buffer => {
    const file = Buffer.alloc(4 + 4 * shape.length + shape.reduce((a, b) => a * b));
    file.set([0, 0, 8, shape.length]);
    shape.forEach((length, axis) => file.writeUInt32BE(length, 4 + 4 * axis));
    const stride = (file.length - 4 - 4 * shape.length) / shape[0];
    for (let i = 0; i < shape[0]; i++) file[4 + 4 * shape.length + i * stride] = value(i);
    return file;
  };
  const error = async (work: Promise<unknown>): Promise<CarlError> =>
    (await work.then(
      () => undefined,
      (reason: unknown) => reason,
    )) as CarlError;

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'fashion-'));
    writeFileSync(
      join(root, 'train-images-idx3-ubyte.gz'),
      gzipSync(
        idx([60000, 28, 28], i => i % 251),
        { level: 1 },
      ),
    );
    writeFileSync(
      join(root, 'train-labels-idx1-ubyte'),
      idx([60000], i => i % 10),
    );
    writeFileSync(
      join(root, 't10k-images-idx3-ubyte'),
      idx([9999, 28, 28], () => 0),
    );
    writeFileSync(
      join(root, 't10k-labels-idx1-ubyte'),
      idx([9999], () => 0),
    );
  });
  after(() => rmSync(root, { recursive: true }));

  it('holds out the end of the training images, with files packed or not', async () => {
    const dataset = make('fashion-mnist', { root, validation: 5000 });
    const [train, validation] = [(await dataset.split('train'))!, (await dataset.split('validation'))!];
    expect([train.length, validation.length]).to.deep.equal([55000, 5000]);
    const level = async (set: ImageSet, i: number) => (await set.read([i]))[0].data[0];
    expect([await level(train, 54999), await level(validation, 0)]).to.deep.equal([54999 % 251, 55000 % 251]);
    expect([...validation.labels!.slice(0, 3)]).to.deep.equal([0, 1, 2]);
    expect(validation.classes![0]).to.equal('T-shirt/top');
  });

  it('has no validation split if none is held out', async () => {
    const dataset = make('fashion-mnist', { root, validation: 0 });
    expect(await dataset.split('validation')).to.equal(undefined);
    expect((await dataset.split('train'))!.length).to.equal(60000);
  });

  it('refuses files of another dataset', async () => {
    const { code, message } = await error(make('fashion-mnist', { root, validation: 0 }).split('test'));
    expect(code).to.equal('INPUT_DATA');
    expect(message).to.include('9999 images of 28 x 28').and.include('has 10000');
  });

  it('says where to get missing files', async () => {
    const { code, message } = await error(
      make('fashion-mnist', { root: join(root, 'none'), validation: 0 }).split('train'),
    );
    expect(code).to.equal('INPUT_FILE');
    expect(message)
      .to.include('train-images-idx3-ubyte.gz')
      .and.include('dataset-fashion-mnist')
      .and.include('fashion-mnist-mini');
  });

  it('reads the published files', async function () {
    if (!existsSync(SOURCE)) skipped(this, `there is no ${SOURCE} (apt-get install dataset-fashion-mnist)`);
    const dataset = make('fashion-mnist', { root: SOURCE, validation: 5000 });
    const [full, mini] = [(await dataset.split('test'))!, (await make('fashion-mnist-mini', {}).split('test'))!];
    expect(full.length).to.equal(10000);
    expect(await full.read([0, 1999])).to.deep.equal(await mini.read([0, 1999]));
    expect([...full.labels!.slice(0, 2000)]).to.deep.equal([...mini.labels!]);
  });
});
