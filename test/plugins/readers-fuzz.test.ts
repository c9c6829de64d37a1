import dataCifar from '@carl-ssl/data-cifar';
import dataIdx from '@carl-ssl/data-idx';
import dataImageFolder from '@carl-ssl/data-image-folder';
import dataNpz from '@carl-ssl/data-npz';
import dataParquet from '@carl-ssl/data-parquet';
import dataStl10 from '@carl-ssl/data-stl10';
import dataWebdataset from '@carl-ssl/data-webdataset';
import { expect } from 'chai';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { pythonBatch } from './cifar-batches.js';
import { fuzz, golden, readersOf, scratch, type Fuzz } from './reader-support.js';

const reader = readersOf(dataCifar, dataIdx, dataImageFolder, dataNpz, dataParquet, dataStl10, dataWebdataset);
const tar = golden('webdataset/files/shard-000000.tar');

/** Each format with options for one file. */
const FORMATS: Readonly<
  Record<string, Omit<Fuzz, 'at' | 'read'> & { readonly options: (path: string) => object; readonly use: string }>
> = {
  idx: {
    use: 'idx',
    original: golden('idx/files/train-images-idx3-ubyte'),
    options: images => ({ images }),
    rounds: 80,
  },
  'idx in gzip': {
    use: 'idx',
    original: golden('idx-gzip/files/train-images-idx3-ubyte.gz'),
    options: images => ({ images }),
    rounds: 80,
    checked: true,
  },
  cifar10: {
    use: 'cifar10',
    original: golden('cifar10/files/data_batch_1.bin'),
    options: path => ({ files: [path] }),
    rounds: 60,
  },
  cifar100: {
    use: 'cifar100',
    original: golden('cifar100/files/train.bin'),
    options: path => ({ files: [path] }),
    rounds: 60,
  },
  stl10: { use: 'stl10', original: golden('stl10/files/train_X.bin'), options: images => ({ images }), rounds: 40 },
  npz: {
    use: 'npz',
    original: golden('npz/files/data.npz'),
    options: file => ({ file, labels: 'labels' }),
    rounds: 200,
    checked: true,
  },
  'compressed npz': {
    use: 'npz',
    original: golden('npz-compressed/files/data.npz'),
    options: file => ({ file, labels: 'labels' }),
    rounds: 200,
    checked: true,
  },
  webdataset: { use: 'webdataset', original: tar, options: path => ({ shards: [path], label: 'cls' }), rounds: 200 },
  'webdataset with long names': {
    use: 'webdataset',
    original: golden('webdataset-long-names-pax/files/shard-000000.tar'),
    options: path => ({ shards: [path], label: 'cls' }),
    rounds: 100,
  },
  parquet: {
    use: 'parquet',
    original: golden('parquet-snappy/files/train-00000-of-00001.parquet'),
    options: path => ({ files: [path], label: 'label' }),
    rounds: 300,
  },
  'parquet with pages of version 2': {
    use: 'parquet',
    original: golden('parquet-fine-label/files/train-00000-of-00001.parquet'),
    options: path => ({ files: [path], label: 'fine_label' }),
    rounds: 200,
  },
};

describe('damaged files are refused or read right', () => {
  const { at, write } = scratch();
  for (const [name, { use, options, ...format }] of Object.entries(FORMATS))
    it(name, async () => {
      const counts = await fuzz({ ...format, at: at('damaged'), read: path => reader(use, options(path)).read() });
      expect(counts.refused).to.be.above(0);
    });

  it('Python batches of CIFAR', async () => {
    const original = write('batch', pythonBatch(3, { protocol: 2 }));
    const read = (path: string) => reader('cifar10', { files: [path] }).read();
    expect((await fuzz({ original, read, at: at('damaged'), rounds: 150 })).refused).to.be.above(0);
  });

  it('webdataset in gzip', async () => {
    const original = write('shard.tar.gz', gzipSync(readFileSync(tar)));
    const read = (path: string) => reader('webdataset', { shards: [path], label: 'cls' }).read();
    expect((await fuzz({ original, read, at: at('damaged'), rounds: 80, checked: true })).refused).to.be.above(0);
  });
});
