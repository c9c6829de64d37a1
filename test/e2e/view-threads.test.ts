import { threadsFor } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { onCpu, remains, temporaryFolder, tinyPipeline, trainTiny } from './tiny.js';

describe('views made during the step', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const trainers: Readonly<Record<string, object>> = {
    'one batch a step': { epochs: 3, batchSize: 16 },
    'accumulated batches': { epochs: 3, batchSize: 8, accumulate: 2 },
  };
  for (const [name, trainer] of Object.entries(trainers)) {
    it(`are the same to the last bit with any number of threads, also resumed: ${name}`, async () => {
      const at = (way: string) => folder.within(`${name.replaceAll(' ', '-')}-${way}`);
      const tensors = tf.memory().numTensors;
      await trainTiny(at('none'), { changes: { trainer }, viewThreads: 0 });
      await trainTiny(at('two'), { changes: { trainer }, viewThreads: 2 });
      const stopping = (abort: () => void) => ({ onStep: ({ step }: { step: number }) => step === 5 && abort() });
      const first = await trainTiny(at('resumed'), { changes: { trainer }, viewThreads: 1, observer: stopping });
      expect(first.status).to.equal('interrupted');
      await trainTiny(at('resumed'), { changes: { trainer }, viewThreads: 0 });
      const metrics = (way: string) => remains(at(way))['metrics.jsonl'];
      expect(remains(at('two'))).to.deep.equal(remains(at('none')));
      expect(metrics('resumed')).to.equal(metrics('none'));
      expect(tf.memory().numTensors).to.equal(tensors);
    });
  }

  it('are the same from a folder of images, whose files the threads do not list again', async () => {
    const root = folder.within('images');
    for (const label of ['a', 'b']) {
      mkdirSync(join(root, label), { recursive: true });
      for (let i = 0; i < 16; i++) {
        const pixels = Buffer.from(Array.from({ length: 192 }, (_, at) => (at * (i + 3)) % 256));
        const png = sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } }).png();
        writeFileSync(join(root, label, `${i}.png`), await png.toBuffer());
      }
    }
    writeFileSync(join(root, 'a', 'scan.bmp'), 'BM');
    const changes = {
      plugins: [...(tinyPipeline().plugins as string[]), '@carl-ssl/data-image-folder'],
      data: { use: 'image-folder', root, cacheMegabytes: 1 },
      trainer: { epochs: 3, batchSize: 8 },
    };
    for (const viewThreads of [0, 1, 2])
      await trainTiny(folder.within(`folder-${viewThreads}`), { changes, viewThreads });
    expect(remains(folder.within('folder-1'))).to.deep.equal(remains(folder.within('folder-0')));
    expect(remains(folder.within('folder-2'))).to.deep.equal(remains(folder.within('folder-0')));
    const listed: unknown = JSON.parse(readFileSync(folder.within('folder-0', 'left-out.json'), 'utf8'));
    expect(listed).to.deep.equal({ train: [{ file: 'a/scan.bmp', reason: 'suffix .bmp' }] });
  });

  it('are made in the main thread if the threads fail', async () => {
    const trainer = { epochs: 2, batchSize: 16 };
    await trainTiny(folder.within('sound'), { changes: { trainer }, viewThreads: 0 });
    process.env.CARL_TEST_THREADS_FAIL = '1';
    try {
      const changes = { trainer, data: { use: 'stripes' } };
      await trainTiny(folder.within('failing'), { changes, viewThreads: 1 });
    } finally {
      delete process.env.CARL_TEST_THREADS_FAIL;
    }
    const metrics = (run: string) => remains(folder.within(run))['metrics.jsonl'];
    expect(metrics('failing')).to.equal(metrics('sound'));
  });
});

describe('threads that make views', () => {
  it('keep the process going while it only waits for them', () => {
    const file = new URL('../../core/dist/train/views/view-threads.js', import.meta.url).href;
    const waiting = `
      const { ViewThreads } = await import('${file}');
      const threads = new ViewThreads({ pipeline: {}, plugins: [] }, 1);
      await threads.make(0, [0]);
      await threads.close();
      console.log('answered');`;
    const { stdout, status } = spawnSync('node', ['--input-type=module', '--eval', waiting], { encoding: 'utf8' });
    expect({ stdout, status }).to.deep.equal({ stdout: 'answered\n', status: 0 });
  });

  const batches = 10;

  it('are as many as needed to keep up with the rest, and leave one core free', () => {
    expect(threadsFor({ making: 100, total: 1000, batches }, 10_000, 8)).to.equal(1);
    expect(threadsFor({ making: 900, total: 1300, batches }, 10_000, 8)).to.equal(3);
    expect(threadsFor({ making: 900, total: 1000, batches }, 10_000, 4)).to.equal(3);
    expect(threadsFor({ making: 900, total: 1000, batches }, 10_000, 1)).to.equal(1);
  });

  it('are none where they save too little', () => {
    expect(threadsFor({ making: 10, total: 1000, batches }, 1_000_000, 8)).to.equal(undefined);
    expect(threadsFor({ making: 500, total: 1000, batches }, 100, 8)).to.equal(undefined);
  });
});
