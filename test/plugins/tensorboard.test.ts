import tensorboardPlugin from '@carl-ssl/tensorboard';
import type { Observer } from '@carl-ssl/core';
import { expect } from 'chai';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../e2e/tiny.js';

/** Written by TensorBoard's own writer: python benchmarks/event_files.py record FILE */
const recorded = fileURLToPath(new URL('../samples/tensorboard-events.bin', import.meta.url));

describe('observer tensorboard', () => {
  const folder = temporaryFolder();
  const observer = (name: string): Observer => tensorboardPlugin.components[0].create({ folder: name }, {}) as Observer;

  it('writes the bytes of the writer of TensorBoard', async () => {
    const now = Date.now;
    Date.now = () => 1_000_000;
    try {
      mkdirSync(folder.within('run'));
      const one = observer('events');
      await one.onStart!({ run: folder.within('run'), steps: 200, epochs: 2, startStep: 2 });
      const step = { step: 3, epoch: 1, steps: 200, epochs: 2, imagesPerSecond: 1000, imagesPerStep: 16 };
      const numbers = { loss: 2.5, parts: { consistency: 1.5 }, notes: { 'x.y': 0 }, learningRate: 0.1, gradientNorm: 300 }; // prettier-ignore
      await one.onStep!({ ...step, ...numbers });
      const prototypes = { used: 7 } as never;
      await one.onHealth!({ step: 3, health: { featureSpread: 0.5, rankMe: 3.25, rankLimit: 8, prototypes } });
      await one.onEpoch!({ epoch: 1, metrics: { loss: 2.25, probe: 0.75 } });
      const evaluation = { step: 200, evaluator: 'knn', subject: 'trained encoder', number: 1, count: 1 };
      await one.onEvaluation!({ ...evaluation, status: 'running' });
      const result = { metric: 'knn20@t0.1', split: 'test', value: 0.5, kind: 'accuracy' } as const;
      await one.onEvaluation!({ ...evaluation, status: 'done', results: [result] as never });
    } finally {
      Date.now = now;
    }
    const [name, ...others] = readdirSync(folder.within('run', 'events'));
    expect([name, others]).to.deep.equal(['events.out.tfevents.1000.carl', []]);
    const written = readFileSync(folder.within('run', 'events', name));
    expect(written.toString('hex')).to.equal(readFileSync(recorded).toString('hex'));
  });

  it('writes a file of its own for every part of a training', async () => {
    for (const startStep of [0, 4, 8])
      await observer('parts').onStart!({ run: folder.within('run'), steps: 9, epochs: 1, startStep });
    expect(readdirSync(folder.within('run', 'parts'))).to.have.lengthOf(3);
  });
});
