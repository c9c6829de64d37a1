import type { Dataset } from '@carl-ssl/core';
import dataCifar from '@carl-ssl/data-cifar';
import { expect } from 'chai';
import { mkdirSync } from 'node:fs';
import { dataRefusal, refusal } from '../refusal.js';
import { level, planes, pythonBatch } from './cifar-batches.js';
import { readersOf, scratch } from './reader-support.js';

const reader = readersOf(dataCifar);

/** A binary batch whose labels come from a function; `columns` label bytes for each image. */
function binaryBatch(count: number, labelsOf: (image: number) => readonly number[]): Buffer {
  const pixels = planes(count);
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => [
      Buffer.from(labelsOf(i)),
      pixels.subarray(i * 3072, (i + 1) * 3072),
    ]).flat(),
  );
}

const dataset = (use: string, options: object): Dataset =>
  dataCifar.components.find(one => one.slot.name === 'dataset' && one.use === use)!.create(options, {}) as Dataset;

describe('CIFAR', () => {
  const { at, write } = scratch();

  it('gives the same images from binary and Python batches, of Python 2 and 3', async () => {
    const files = [
      write(
        'binary',
        binaryBatch(3, i => [i]),
      ),
      write('python2', pythonBatch(3, { protocol: 2 })),
      write('python3', pythonBatch(3, { protocol: 4 })),
    ];
    for (const file of files) {
      const set = await reader('cifar10', { files: [file] }).read();
      expect([set.length, set.size, set.channels, [...set.labels!]]).to.deep.equal([3, [32, 32], 3, [0, 1, 2]]);
      const [{ data }] = await set.read([2]);
      for (const [x, y, c] of [
        [0, 0, 0],
        [31, 0, 1],
        [5, 31, 2],
      ])
        // prettier-ignore
        expect(data[3 * (32 * y + x) + c]).to.equal(level(2, c, 32 * y + x));
    }
  });

  it('has coarse or fine labels, in both versions', async () => {
    const binary = write(
      'train.bin',
      binaryBatch(4, i => [i, 90 + i]),
    );
    const read = async (file: string, labels: string) => [
      ...(await reader('cifar100', { files: [file], labels }).read()).labels!,
    ];
    expect(await read(binary, 'coarse')).to.deep.equal([0, 1, 2, 3]);
    expect(await read(binary, 'fine')).to.deep.equal([90, 91, 92, 93]);
    const python = write('train', pythonBatch(4, { protocol: 2, keys: ['coarse_labels', 'fine_labels'] }));
    expect(await read(python, 'fine')).to.deep.equal([0, 1, 2, 3]);
  });

  it('executes nothing: a pickle that names a function is refused by that name', async () => {
    const callee = Buffer.from('cos\nsystem\n', 'latin1');
    const evil = write('evil', pythonBatch(1, { protocol: 2, callee }));
    expect(await dataRefusal(reader('cifar10', { files: [evil] }).read())).to.match(
      /evil.*os\.system.*nothing in a pickle is executed/,
    );
  });

  it('refuses a batch of the other dataset, and one whose labels have another key', async () => {
    const hundred = write(
      'hundred',
      binaryBatch(3073, i => [i % 20, i % 100]),
    );
    expect(await dataRefusal(reader('cifar10', { files: [hundred] }).read())).to.include('hundred');
    const fine = write('fine', pythonBatch(2, { protocol: 2, keys: ['fine_labels'] }));
    expect(await dataRefusal(reader('cifar10', { files: [fine] }).read())).to.include('`labels`');
  });

  it('is found in its folder, in either version', async () => {
    mkdirSync(at('root'));
    for (const i of [1, 2, 3, 4])
      write(
        `root/data_batch_${i}.bin`,
        binaryBatch(2, () => [i]),
      );
    write('root/data_batch_5', pythonBatch(2, { protocol: 2 }));
    const absent = dataset('cifar10', { root: at('root') });
    expect((await absent.split('train'))!.length).to.equal(10);
    const error = await refusal(absent.split('test'));
    expect([error.code, error.message]).to.satisfy(([, text]: string[]) => text.includes('test_batch.bin'));
    write(
      'root/test_batch.bin',
      binaryBatch(3, i => [i]),
    );
    const data = dataset('cifar10', { root: at('root'), holdout: 0.2 });
    expect([(await data.split('train'))!.length, (await data.split('validation'))!.length]).to.deep.equal([8, 2]);
    expect([(await data.split('test'))!.classes![0], data.classCount]).to.deep.equal(['airplane', 10]);
    write(
      'root/train.bin',
      binaryBatch(2, () => [1, 5]),
    );
    const hundred = dataset('cifar100', { root: at('root'), labels: 'coarse' });
    expect([...(await hundred.split('train'))!.labels!, hundred.classCount]).to.deep.equal([1, 1, 20]);
  });
});
