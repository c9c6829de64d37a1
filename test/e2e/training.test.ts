import type { Observer } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getHeapSpaceStatistics, queryObjects, setFlagsFromString } from 'node:v8';
import { onCpu, remains, smallResnet, temporaryFolder, trainTiny, trainTinyUnseen } from './tiny.js';

const head = { use: 'mlp-head', layers: [{ units: 8, norm: 'batch', activation: 'relu' }, { units: 6 }] };
const trainer = { epochs: 2, batchSize: 16 };

/** A teacher, a predictor and an objective with a state. */
const taught = {
  head,
  predictor: head,
  assigner: undefined,
  objective: 'prediction',
  teacher: { use: 'moving-average', momentum: 0.9 },
};

/** Ways through the training step. */
const ways: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'joint views': { encoder: smallResnet },
  'joint views of a single layer': {},
  'separate views': { trainer: { ...trainer, forward: 'separate' } },
  'accumulated gradients': { trainer: { ...trainer, batchSize: 8, accumulate: 2 } },
  'numbers in bf16': { encoder: smallResnet, trainer: { ...trainer, precision: 'bf16' } },
  'clipped gradients': { trainer: { ...trainer, clipNorm: 0.5 } },
  'frozen prototypes': { assigner: { use: 'prototypes', count: 8, frozenSteps: 3, normalizePrototypes: 'step' } },
  'several optimizer slots and scheduled weight decay': {
    optimizer: { use: 'adamw', learningRate: 0.003, weightDecay: { from: 0.04, to: 4, curve: 'cosine' } },
  },
  'global and local crops': {
    encoder: smallResnet,
    augmenter: { use: 'multi-crop', blur: 0, global: { size: 8 }, local: { size: 6, count: 2 } },
  },
  'a teacher and a predictor': taught,
  'a teacher that is updated first, accumulated and clipped': {
    ...taught,
    teacher: { use: 'moving-average', momentum: { from: 0.9, to: 1, over: 1.25 }, update: 'before-step' },
    trainer: { ...trainer, batchSize: 8, accumulate: 2, clipNorm: 1 },
  },
};

describe('training', () => {
  const folder = temporaryFolder();
  before(onCpu);

  for (const [way, changes] of Object.entries(ways)) {
    it(`with ${way} gives the same bits twice, and stopped and resumed`, async () => {
      const at = (name: string) => folder.within(`${way.replaceAll(/\W+/g, '-')}-${name}`);
      const before = tf.memory().numTensors;
      const once = await trainTiny(at('once'), { changes: { trainer, ...changes } });
      await trainTiny(at('again'), { changes: { trainer, ...changes } });
      for (const stop of [2, 5, undefined]) {
        await trainTiny(at('stopped'), {
          changes: { trainer, ...changes },
          observer: abort => ({ onStep: ({ step }) => step === stop && abort() }),
        });
      }
      expect(once.status).to.equal('finished');
      expect(once.reports.map(({ step }) => step)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(remains(at('again'))).to.deep.equal(remains(at('once')));
      // The checkpoints kept are the newest ones; a stop made others before.
      expect(remains(at('stopped'))['metrics.jsonl']).to.equal(remains(at('once'))['metrics.jsonl']);
      expect(last(at('stopped'))).to.deep.equal(last(at('once')));
      expect(tf.memory().numTensors).to.equal(before);
    });
  }

  it('with another seed gives other losses from the first step on', async () => {
    const [a, b] = [await trainTiny(folder.within('seed-0')), await trainTiny(folder.within('seed-1'), { seed: 1 })];
    expect(a.reports[0].loss).to.not.equal(b.reports[0].loss);
    expect(a.reports.map(({ learningRate }) => learningRate)).to.deep.equal(
      b.reports.map(({ learningRate }) => learningRate),
    );
  });

  it('on two halves of a batch gives the gradient of neither alone', async () => {
    const of = async (name: string, options: object) =>
      (await trainTiny(folder.within(name), { changes: { trainer: { epochs: 1, ...options } } })).reports[0];
    const [whole, accumulated] = [
      await of('whole', { batchSize: 16 }),
      await of('halves', { batchSize: 8, accumulate: 2 }),
    ];
    const half = await of('half', { batchSize: 8 });
    expect(accumulated.imagesPerStep).to.equal(whole.imagesPerStep);
    expect(accumulated.loss).to.not.equal(whole.loss);
    expect(accumulated.loss).to.not.equal(half.loss);
  });

  it('clips the gradient it reports unclipped', async () => {
    const of = async (name: string, clipNorm: number | null) =>
      (await trainTiny(folder.within(name), { changes: { trainer: { epochs: 1, batchSize: 16, clipNorm } } })).reports;
    const [free, clipped] = [await of('free', null), await of('clipped', 0.01)];
    expect(clipped[0].gradientNorm).to.equal(free[0].gradientNorm);
    expect(clipped[0].gradientNorm).to.be.above(0.01);
    expect(clipped[1].loss).to.not.equal(free[1].loss);
  });

  it('leaves frozen prototypes as they were and moves them afterwards', async () => {
    const frozen = async (name: string, frozenSteps: number) => {
      const assigner = { use: 'prototypes', count: 8, frozenSteps };
      const { run } = await trainTiny(folder.within(name), {
        changes: { assigner, trainer: { epochs: 2, batchSize: 16, keepCheckpoints: 5 } },
      });
      return [4, 8]
        .map(step => readFileSync(join(run.checkpointPath(step), 'checkpoint.json'), 'utf8'))
        .map(text => (JSON.parse(text) as { updates: Record<string, number> }).updates['prototypes.weight']);
    };
    expect(await frozen('frozen-4', 4)).to.deep.equal([0, 4]);
    expect(await frozen('frozen-0', 0)).to.deep.equal([4, 8]);
  });

  it('saves checkpoints in between, of which the newest is kept, without an effect on the training', async () => {
    const of = async (name: string, checkpointMinutes: number, checkpointEvery = 1) => {
      const kept: number[][] = [];
      const { run } = await trainTiny(folder.within(name), {
        changes: { trainer: { epochs: 3, batchSize: 16, checkpointMinutes, checkpointEvery } },
        observer: () => ({
          onCheckpoint: path =>
            void kept.push(readdirSync(dirname(path)).map(step => Number(step.slice('step-'.length)))),
        }),
      });
      // The descriptions of checkpoints name the pipeline, which differs.
      const same = Object.entries(remains(run.path)).filter(([file]) => !file.endsWith('checkpoint.json'));
      return { kept, same };
    };
    const [often, rarely] = [await of('often', 1e-9), await of('rarely', 15)];
    const { kept } = await of('every-other', 1e-9, 2);
    expect(often.kept.slice(0, 6)).to.deep.equal([[1], [2], [3], [4], [4, 5], [4, 6]]);
    expect(often.kept.slice(6)).to.deep.equal([
      [4, 7],
      [4, 8],
      [8, 9],
      [8, 10],
      [8, 11],
      [8, 12],
    ]);
    expect(rarely.kept).to.deep.equal([[4], [4, 8], [8, 12]]);
    expect(kept.slice(3)).to.deep.equal([[4], [5], [6], [7], [8], [8, 9], [8, 10], [8, 11], [8, 12]]);
    expect(often.same).to.deep.equal(rarely.same);
  });

  it('keeps the number of tensors over four hundred steps, and the memory over the last two hundred', async () => {
    const tensors: number[] = [];
    const memory: number[] = [];
    const changes = {
      ...taught,
      data: { use: 'stripes', count: 8 },
      trainer: { epochs: 400, batchSize: 4, accumulate: 2, clipNorm: 1, checkpointEvery: 100, forward: 'joint' },
    };
    const observer: Observer = {
      onEpoch: ({ epoch }) => {
        tensors.push(tf.memory().numTensors);
        if (epoch % 100 === 0) memory.push(reachableBytes());
      },
    };
    await keepingBytecode(async () => trainTinyUnseen(folder.within('leak'), { changes, observer: () => observer }));
    expect(new Set(tensors.slice(1)).size, `${tensors[1]} to ${tensors.at(-1)}`).to.equal(1);
    // Half a megabyte: less than 3 KB a step.
    expect(memory[3] - memory[1], `bytes after each hundred steps: ${memory.join(', ')}`).to.be.below(2 ** 19);
  });
});

/** V8 throws away the bytecode of functions that did not run for a while, more than what a leak would be here. */
async function keepingBytecode(run: () => Promise<void>): Promise<void> {
  setFlagsFromString('--no-flush-bytecode');
  try {
    await run();
  } finally {
    setFlagsFromString('--flush-bytecode');
  }
}

/**
 * Bytes that something still refers to, machine code left out, which V8 makes when it finds the time. `gc` would leave now
 * more, now less of what nobody needs; a search for objects collects all of it first, whatever it then finds.
 */
function reachableBytes(): number {
  queryObjects(Map, { format: 'count' });
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith('code'));
  return spaces.reduce((sum, space) => sum + space.space_used_size, process.memoryUsage().external);
}

function last(run: string): Record<string, string> {
  return Object.fromEntries(Object.entries(remains(run)).filter(([name]) => name.startsWith('/step-00000008')));
}
