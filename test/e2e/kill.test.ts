import { type Random, seededStreams } from '@carl-ssl/core';
import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { start, type Started } from './cli.js';
import { remains, temporaryFolder, writePipeline } from './tiny.js';

/** Everything a run is worth: losses, weights and what the evaluation found. */
const outcome = (run: string) => ({ ...remains(run), results: readFileSync(join(run, 'results.json'), 'utf8') });

interface Fire {
  readonly random: Random;
  /** Milliseconds an undisturbed process takes until it trains, and until it ends. */
  readonly startup: number;
  readonly whole: number;
  /** Kills that are left. */
  kills: number;
  /** Steps at which processes went on. */
  readonly from: number[];
}

/** Kills a process at a random moment: every third while it starts, the others soon after, however long that took. */
async function shoot({ child, says }: Started, { random, startup, whole, kills }: Fire): Promise<void> {
  const training = says('training ').catch(() => undefined);
  if (kills % 3 === 0) await setTimeout(startup * random.uniform());
  else await training.then(() => setTimeout(0.4 * (whole - startup) * random.uniform()));
  child.kill('SIGKILL');
}

/** Trains to the end in processes that are killed. */
async function trainUnderFire(run: string, pipeline: string, fire: Fire): Promise<void> {
  for (;;) {
    const args = existsSync(join(run, 'lock.json')) ? ['--resume', run] : [pipeline, '--out', run];
    const started = start(['train', ...args]);
    if (fire.kills > 0) void shoot(started, fire);
    const { code, stderr } = await started.ended;
    fire.from.push(Number(/from step (\d+)/.exec(stderr)?.[1] ?? 0));
    if (code === 0) return;
    if (code !== null) throw new Error(`the process was to be killed and ended with ${code}:\n${stderr}`);
    fire.kills -= 1;
  }
}

describe('a training that is killed again and again', () => {
  const folder = temporaryFolder();

  const cases = {
    'between steps': { trainer: { epochs: 40, batchSize: 16 }, observers: [{ use: 'dawdler', milliseconds: 8 }] },
    'while it writes checkpoints': {
      data: { use: 'stripes', count: 16 },
      trainer: { epochs: 150, batchSize: 16, checkpointEvery: 1, keepCheckpoints: 1 },
    },
    'within epochs': {
      data: { use: 'stripes', count: 1200 },
      trainer: { epochs: 2, batchSize: 16, checkpointMinutes: 1e-3 },
    },
  };

  for (const [index, [when, changes]] of Object.entries(cases).entries()) {
    it(`${when} ends with the same losses, weights and results`, async () => {
      const pipeline = writePipeline(folder.within(`${index}.yaml`), { ...changes, evaluate: [{ use: 'knn', k: 5 }] });
      const whole = folder.within(`whole-${index}`);
      const { fire, code } = await undisturbed(pipeline, whole, 3 + index);
      expect(code).to.equal(0);
      for (let repetition = 0; fire.kills > 0; repetition++) {
        const run = folder.within(`killed-${index}-${repetition}`);
        await trainUnderFire(run, pipeline, fire);
        expect(outcome(run)).to.deep.equal(outcome(whole));
      }
      expect(new Set(fire.from).size, `went on from ${fire.from.join(', ')}`).to.be.at.least(3);
    });
  }
});

/** A training nobody disturbs, and how long it took. */
async function undisturbed(pipeline: string, run: string, seed: number): Promise<{ fire: Fire; code: number | null }> {
  const began = performance.now();
  const { says, ended } = start(['train', pipeline, '--out', run]);
  await says('training ');
  const startup = performance.now() - began;
  const { code } = await ended;
  const random = seededStreams(seed).at('kill');
  return { code, fire: { random, startup, whole: performance.now() - began, kills: 10, from: [] } };
}
