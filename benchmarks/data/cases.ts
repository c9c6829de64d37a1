import { seededStreams } from '@carl-ssl/core';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePhotographs } from '../evaluation/write-photographs.js';

/** Views of one kind of images, the same as in peer.py. */
export interface Case {
  readonly name: string;
  readonly title: string;
  readonly batch: number;
  /** Ratio of speed to reach. */
  readonly target: number;
  readonly data: (root: string) => object;
  readonly augmenter: object;
}

const SMALL_IMAGES = 10_000;
const PHOTOGRAPHS = 128;

const small = { use: 'simclr-views', strength: 0.5, blur: 0 };
const byChannel = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const files = (train: object) => ({ use: 'files', train });
/** Nothing is kept between epochs, because the peer keeps nothing. */
const photographs = (root: string) =>
  files({ use: 'image-folder', root: join(root, 'photographs'), cacheMegabytes: 0 });

export const CASES: readonly Case[] = [
  {
    ...{ name: 'grey', title: '28x28 grey, 2 views', batch: 256, target: 10 },
    data: root => files({ use: 'idx', images: join(root, 'images.idx') }),
    augmenter: { ...small, size: 28, mean: [0.5], std: [0.25] },
  },
  {
    ...{ name: 'colour', title: '32x32 RGB, 2 views', batch: 256, target: 10 },
    data: root => files({ use: 'cifar10', files: [join(root, 'data_batch_1.bin')] }),
    augmenter: { ...small, ...byChannel, size: 32 },
  },
  {
    ...{ name: 'photograph', title: '500x375 JPEG, one view of 224', batch: 32, target: 2, data: photographs },
    augmenter: { use: 'simclr-views', size: 224, views: 1, ...byChannel },
  },
  {
    ...{ name: 'multi-crop', title: '500x375 JPEG, 2x224 + 6x96', batch: 32, target: 2, data: photographs },
    augmenter: { use: 'multi-crop', global: { size: 224 }, local: { size: 96 }, ...byChannel },
  },
];

/** Writes the images of all cases to a folder, unless they are there. */
export async function writeImages(root: string): Promise<void> {
  mkdirSync(root, { recursive: true });
  if (readdirSync(root).includes('photographs')) return;
  const random = seededStreams(0).at('images');
  const noise = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, () => random.integer(256));
  const header = new DataView(new ArrayBuffer(16));
  [0x0803, SMALL_IMAGES, 28, 28].forEach((value, i) => header.setInt32(4 * i, value));
  writeFileSync(
    join(root, 'images.idx'),
    Buffer.concat([new Uint8Array(header.buffer), noise(SMALL_IMAGES * 28 * 28)]),
  );
  const rows = noise(SMALL_IMAGES * 3073).map((level, i) => (i % 3073 === 0 ? level % 10 : level));
  writeFileSync(join(root, 'data_batch_1.bin'), rows);
  await writePhotographs(join(root, 'photographs'), { images: PHOTOGRAPHS, width: 500, height: 375, classes: 2 });
}

/** A pipeline whose views are those of a case. */
export function pipelineOf({ data, augmenter, batch }: Case, root: string): object {
  return {
    name: 'data',
    plugins: ['contrastive', 'resnet', 'heads', 'augment', 'optim', 'data-idx', 'data-cifar', 'data-image-folder'].map(
      name => `@carl-ssl/${name}`,
    ),
    data: data(root),
    augmenter,
    encoder: { use: 'resnet', depth: 18, width: 8, stem: 'cifar' },
    head: { use: 'mlp-head', layers: [{ units: 8 }] },
    objective: 'nt-xent',
    optimizer: { use: 'sgd', learningRate: 0.05 },
    schedule: 'constant',
    trainer: { epochs: 1, batchSize: batch },
    evaluate: [],
  };
}
