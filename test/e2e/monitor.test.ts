import { readRun } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { carl } from './cli.js';
import { onCpu, remains, temporaryFolder, trainTiny, writePipeline } from './tiny.js';

const trainer = { epochs: 25, batchSize: 16 };
const prototypes = (temperature: number) => ({ use: 'prototypes', count: 8, temperature });
const collapsing = { objective: { use: 'carl', entropyWeight: 0 }, schedule: 'constant', trainer };

/** What is wrong with a pipeline, what the monitor calls it, and the key its advice names. */
const collapses = {
  'no entropy regulariser': [collapsing, 'prototype-collapse', 'objective.entropyWeight'],
  'a temperature far too high': [{ assigner: prototypes(50), trainer }, 'uniform-assignments', 'assigner.temperature'],
  'a temperature far too low': [
    { assigner: prototypes(1e-4), schedule: 'constant', trainer },
    'vanished-gradient',
    'assigner.temperature',
  ],
  'weights that are decayed away': [
    { optimizer: { use: 'sgd', learningRate: 1, weightDecay: 0.9 }, schedule: 'constant', trainer },
    'complete-collapse',
    'optimizer.learningRate',
  ],
} as const;

describe('the monitor of a real training', () => {
  const folder = temporaryFolder();
  before(onCpu);

  for (const [index, [wrong, [changes, kind, key]]] of Object.entries(collapses).entries()) {
    it(`finds ${kind} with ${wrong}, and advises on ${key}`, async () => {
      const { warnings, run } = await trainTiny(folder.within(`collapse-${index}`), { changes });
      const warning = warnings.find(one => one.kind === kind);
      expect(warnings.map(one => one.kind)).to.include(kind);
      expect(warning).to.include({ collapsed: true });
      expect(warning!.message).to.contain(key);
      expect(warnings.filter(one => one.kind === kind)).to.have.length(1);
      expect((await readRun(run.path)).warnings).to.deep.equal(warnings);
    });
  }

  it('reports nothing for a healthy training', async () => {
    const { warnings } = await trainTiny(folder.within('sound'), { changes: { trainer } });
    expect(warnings).to.deep.equal([]);
  });

  it('keeps its state over an interruption', async () => {
    const [whole, stopped] = [folder.within('whole'), folder.within('stopped')];
    await trainTiny(whole, { changes: collapsing });
    for (const stop of [35, 58, undefined]) {
      await trainTiny(stopped, {
        changes: collapsing,
        observer: abort => ({ onStep: ({ step }) => step === stop && abort() }),
      });
    }
    const metrics = remains(stopped)['metrics.jsonl'];
    expect(metrics).to.equal(remains(whole)['metrics.jsonl']);
    expect(metrics.match(/"kind":"prototype-collapse"/g)).to.have.length(1);
  });

  it('stops the command with a checkpoint, or continues, as trainer.onCollapse says', async () => {
    const pipeline = writePipeline(folder.within('stop.yaml'), {
      ...collapsing,
      trainer: { ...trainer, checkpointEvery: 25, onCollapse: 'stop' },
    });
    const run = folder.within('stop');
    const { code, stderr } = await carl(['train', pipeline, '--out', run, '--quiet']);
    expect(code).to.equal(1);
    const [checkpoint] = readdirSync(join(run, 'checkpoints'));
    expect(stderr).to.match(/^TRAIN_COLLAPSE nearly all images share 1\.\d+ of 8 prototypes/m);
    expect(stderr).to.contain(
      `stopped because trainer.onCollapse is stop; checkpoint ${join(run, 'checkpoints', checkpoint)}`,
    );
    expect((await carl(['train', '--resume', run, '--quiet'])).code).to.equal(0);
  });
});
