import { loadPipeline, openPipeline } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { planes, pythonBatch } from '../plugins/cifar-batches.js';
import { ROOT } from '../docs/blocks.js';
import { onCpu, temporaryFolder, trainTiny } from './tiny.js';

/** Settings that make any of the pipelines small. */
const SMALL = ['encoder.width=2', 'trainer.epochs=1', 'trainer.batchSize=8'];

const KNN = 'evaluate=[{ use: knn, k: 5 }]';

interface CommonSet {
  /** Folder in `pipelines`. */
  readonly name: string;
  /** Overrides for the generated files. */
  readonly set: readonly string[];
  readonly size: readonly number[] | undefined;
  readonly lengths: readonly (number | undefined)[];
}

describe('pipelines for common image sets, on small files of the same layout', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => folder.within(name);
  const sets: readonly CommonSet[] = [
    { name: 'cifar10', set: ['data.root=CIFAR10', KNN], size: [32, 32], lengths: [100, undefined, 20] },
    { name: 'cifar100', set: ['data.root=CIFAR100', KNN], size: [32, 32], lengths: [40, undefined, 20] },
    { name: 'stl10', set: ['data.root=STL10'], size: [96, 96], lengths: [16, undefined, 4] },
    {
      name: 'tiny-imagenet',
      set: [
        'data.train.root=TINY/train',
        'data.test.root=TINY/val/images',
        'data.test.file=TINY/val/val_annotations.txt',
        'data.holdout=6',
        KNN,
      ],
      size: undefined,
      lengths: [14, 6, 4],
    },
  ];

  before(async () => {
    await onCpu();
    writeCifar(at);
    writeStl(at);
    await writeTinyImagenet(at);
  });

  for (const { name, set, size, lengths } of sets)
    it(name, async () => {
      const located = [
        ...SMALL,
        ...set.map(text => text.replace(/=(CIFAR10|CIFAR100|STL10|TINY)\b/, (_, one: string) => `=${at(one)}`)),
      ];
      const pipelines = readdirSync(join(ROOT, 'pipelines', name));
      expect(pipelines.sort()).to.deep.equal(['byol.yaml', 'carl.yaml', 'simclr.yaml', 'swav.yaml', 'vicreg.yaml']);
      const loaded = await loadPipeline(join(ROOT, 'pipelines', name, 'simclr.yaml'), { set: located });
      const { dataset } = (await openPipeline(loaded)).experiment;
      const splits = [];
      for (const split of ['train', 'validation', 'test'] as const) splits.push(await dataset.split(split));
      expect(splits.map(one => one?.length)).to.deep.equal(lengths);
      expect(splits[0]!.size).to.deep.equal(size);
      const [image] = await splits[0]!.read([1]);
      expect([image.channels, image.data.length]).to.deep.equal([3, image.height * image.width * 3]);
    });

  it('train with threads that make views', async () => {
    const data = { use: 'cifar10', root: at('CIFAR10'), holdout: 20 };
    const { reports } = await trainTiny(at('run'), {
      changes: { data, trainer: { epochs: 1, batchSize: 16 } },
      viewThreads: 1,
    });
    expect([reports.length, reports.every(({ loss }) => Number.isFinite(loss))]).to.deep.equal([5, true]);
  });
});

function writeCifar(at: (name: string) => string): void {
  for (const name of ['CIFAR10', 'CIFAR100']) mkdirSync(at(name));
  for (const i of [1, 2, 3, 4, 5])
    writeFileSync(at(`CIFAR10/data_batch_${i}`), pythonBatch(20, { protocol: 2, modulo: 10 }));
  writeFileSync(at('CIFAR10/test_batch'), pythonBatch(20, { protocol: 2, modulo: 10 }));
  const keys = ['coarse_labels', 'fine_labels'];
  writeFileSync(at('CIFAR100/train'), pythonBatch(40, { protocol: 2, keys, modulo: 20 }));
  writeFileSync(at('CIFAR100/test'), pythonBatch(20, { protocol: 2, keys }));
}

function writeStl(at: (name: string) => string): void {
  mkdirSync(at('STL10'));
  writeFileSync(at('STL10/unlabeled_X.bin'), planes(9 * 16));
  writeFileSync(at('STL10/test_X.bin'), planes(9 * 4));
}

async function writeTinyImagenet(at: (name: string) => string): Promise<void> {
  const jpeg = (level: number) =>
    sharp({ create: { width: 64, height: 64, channels: 3, background: { r: level, g: 90, b: 255 - level } } })
      .jpeg()
      .toBuffer();
  const synsets = ['n01443537', 'n01629819'];
  for (const synset of synsets) {
    mkdirSync(at(`TINY/train/${synset}/images`), { recursive: true });
    for (let i = 0; i < 10; i++)
      writeFileSync(at(`TINY/train/${synset}/images/${synset}_${i}.JPEG`), await jpeg(20 * i));
    writeFileSync(at(`TINY/train/${synset}/${synset}_boxes.txt`), `${synset}_0.JPEG\t0\t0\t63\t63\n`);
  }
  mkdirSync(at('TINY/val/images'), { recursive: true });
  const lines = [0, 1, 2, 3].map(i => `val_${i}.JPEG\t${synsets[i % 2]}\t0\t32\t44\t62\n`);
  for (const i of [0, 1, 2, 3]) writeFileSync(at(`TINY/val/images/val_${i}.JPEG`), await jpeg(50 * i));
  writeFileSync(at('TINY/val/val_annotations.txt'), lines.join(''));
}
