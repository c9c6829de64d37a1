import { CarlError } from '@carl-ssl/core';
import { readRun, RunDirectory } from '@carl-ssl/core/host';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carl } from './cli.js';
import {
  onCpu,
  remains,
  replacePipeline,
  reseal,
  temporaryFolder,
  trainTiny,
  writePipeline,
  type TrainingAsk,
} from './tiny.js';

async function failure(work: Promise<unknown>): Promise<CarlError> {
  const error: unknown = await work.then(
    () => new Error('nothing went wrong'),
    (reason: unknown) => reason,
  );
  if (!CarlError.is(error)) throw error as Error;
  return error;
}

describe('a training that goes wrong', () => {
  const folder = temporaryFolder();
  before(onCpu);

  describe('because numbers overflow', () => {
    const ask = (learningRate: number, more: object = {}): TrainingAsk => ({
      changes: {
        optimizer: { use: 'sgd', learningRate },
        schedule: 'constant',
        trainer: { epochs: 3, batchSize: 16, ...more },
      },
    });

    it('reports the step, the parts of the loss and the last good checkpoint', async () => {
      // Batch normalisation bounds everything but the gradient's own square.
      const path = folder.within('overflow');
      const schedule = { use: 'step', milestones: [1.4], factor: 1e36, startValue: 0.01 };
      const before = tf.memory().numTensors;
      const error = await failure(trainTiny(path, { changes: { ...ask(0.01).changes, schedule } }));
      expect(error.code).to.equal('TRAIN_NOT_FINITE');
      expect(error.exitCode).to.equal(1);
      expect(error.message).to.match(/^step \d+: loss NaN, gradient norm NaN; consistency NaN, regulariser NaN\.\n/);
      expect(error.message).to.contain(join(path, 'checkpoints', 'step-00000004'));
      expect(tf.memory().numTensors).to.equal(before);
      expect(readFileSync(join(path, 'log.txt'), 'utf8')).to.contain('TRAIN_NOT_FINITE: step ');
    });

    it('never treats a checkpoint with infinite weights as good', async () => {
      const error = await failure(
        trainTiny(folder.within('one-step'), {
          changes: {
            ...ask(1e300).changes,
            data: { use: 'stripes', count: 16 },
            trainer: { epochs: 1, batchSize: 16 },
          },
        }),
      );
      expect(error.code).to.equal('TRAIN_NOT_FINITE');
      expect(error.message).to.match(
        /^step 1: .* became infinite or not a number in the update, so no checkpoint was written/,
      );
      expect(readdirSync(folder.within('one-step', 'checkpoints'))).to.deep.equal([]);
    });
  });

  describe('because its run directory is damaged', () => {
    // A step is told of while the next one is under way, so this is asked to stop in step 6.
    const stopped: TrainingAsk = { observer: abort => ({ onStep: ({ step }) => step === 5 && abort() }) };
    let copies = 0;
    /** A copy of a run that was stopped after step 6; its checkpoints are those of step 4 and 6. */
    const copy = (): string => {
      const path = folder.within(`copy-${copies++}`);
      cpSync(folder.within('stopped'), path, { recursive: true });
      return path;
    };
    const newest = (run: string, file: string) => join(run, 'checkpoints', 'step-00000006', file);
    before(() => trainTiny(folder.within('stopped'), stopped));
    before(() => trainTiny(folder.within('whole')));

    for (const file of ['weights.safetensors', 'optimizer.safetensors', 'state.safetensors', 'checkpoint.json']) {
      it(`refuses a truncated ${file}, and continues from the previous checkpoint after it is deleted`, async () => {
        const run = copy();
        truncateSync(newest(run, file), 30);
        const error = await failure(trainTiny(run));
        expect(error.code).to.equal('INPUT_RUN');
        expect(error.message).to.contain(`${newest(run, file)}: this checkpoint is damaged: `);
        expect(error.message).to.contain('Delete its folder to use the previous checkpoint.');
        rmSync(join(run, 'checkpoints', 'step-00000006'), { recursive: true });
        const { reports } = await trainTiny(run);
        expect(reports[0].step).to.equal(5);
        expect(remains(run)).to.deep.equal(remains(folder.within('whole')));
      });

      it(`finds any flipped bit in ${file}`, async () => {
        const original = readFileSync(newest(folder.within('stopped'), file));
        const run = copy();
        for (let at = 0; at < original.length; at += Math.ceil(original.length / 12)) {
          const bytes = Buffer.from(original);
          bytes[at] ^= 1 << (at % 7);
          // Space between the parts of a JSON file says nothing.
          if (/\s/.test(String.fromCharCode(original[at])) && /\s/.test(String.fromCharCode(bytes[at]))) continue;
          writeFileSync(newest(run, file), bytes);
          const error = await failure(trainTiny(run));
          expect(error.code, `byte ${at}`).to.equal('INPUT_RUN');
        }
      });

      it(`names ${file} if it is missing`, async () => {
        const run = copy();
        rmSync(newest(run, file));
        const error = await failure(trainTiny(run));
        expect(error.code).to.equal('INPUT_RUN');
        expect(error.message).to.contain(file);
      });
    }

    for (const file of ['pipeline.json', 'lock.json']) {
      it(`reports that ${file} cannot be read`, async () => {
        const run = copy();
        truncateSync(join(run, file), 40);
        const { code, stderr } = await carl(['train', '--resume', run, '--quiet']);
        expect(code).to.equal(2);
        expect(stderr).to.match(
          new RegExp(`^INPUT_RUN ${join(run, file)} cannot be read: .* The run directory is damaged.\n$`),
        );
      });

      it(`reports that ${file} is missing`, async () => {
        const run = copy();
        rmSync(join(run, file));
        const { code, stderr } = await carl(['train', '--resume', run, '--quiet']);
        expect([code, stderr]).to.satisfy(
          ([status, text]: [number, string]) => status === 2 && text.startsWith('INPUT_RUN') && text.includes(file),
        );
      });
    }

    it('says which part of its pipeline no plugin accepts', async () => {
      const run = copy();
      const file = join(run, 'pipeline.json');
      const pipeline = JSON.parse(readFileSync(file, 'utf8')) as { optimizer: { use: string }; trainer: object };
      for (const [wrong, reason] of [
        [{ ...pipeline, optimizer: { use: 'sdg' } }, 'COMPONENT_UNKNOWN There is no optimizer `sdg`.'],
        [{ ...pipeline, trainer: { ...pipeline.trainer, batchSize: 0 } }, 'NUMBER_RANGE `trainer.batchSize` is 0'],
      ] as const) {
        replacePipeline(run, wrong);
        const { code, stderr } = await carl(['evaluate', run]);
        expect(stderr).to.contain(`${file} does not fit the installed plugins:`);
        expect(stderr).to.contain(reason);
        expect(code).to.equal(2);
      }
    });

    it('reports that its lock.json is not a lock', async () => {
      const run = copy();
      writeFileSync(join(run, 'lock.json'), '{ "format": 1 }');
      const { code, stderr } = await carl(['train', '--resume', run]);
      expect(stderr).to.contain('lock.json cannot be read: it is not a lock that this version writes.');
      expect(code).to.equal(2);
    });

    it('names any file of another form', async () => {
      const run = copy();
      const lock = JSON.parse(readFileSync(join(run, 'lock.json'), 'utf8')) as Record<string, unknown>;
      const locks = [
        ...[null, 5, [], {}].map(value => JSON.stringify(value)),
        ...Object.keys({ data: 0, backend: 0, plugins: 0, pipeline: 0 }).map(key =>
          JSON.stringify({ ...lock, [key]: null }),
        ),
        ...[{ train: null }, { train: {} }, []].map(data => JSON.stringify({ ...lock, data })),
        ...[[null], [{}], {}].map(plugins => JSON.stringify({ ...lock, plugins })),
        JSON.stringify({ ...lock, backend: {} }),
      ];
      const results = ['[]', 'null', '5', '{}', '{"format":2,"step":1,"status":null}', '{"format":3}'];
      const timing = ['null\n', '[]\n', '{"step":4,"seconds":null}\n', '{"step":4\n'];
      const metrics = ['null\n', '5\n', '{"v":1,"type":"warning","step":1}\n'];
      const files = { 'lock.json': locks, 'results.json': results, 'timing.jsonl': timing, 'metrics.jsonl': metrics };
      for (const [file, contents] of Object.entries(files))
        for (const content of contents) {
          const damaged = copy();
          writeFileSync(join(damaged, file), content);
          const error = await failure(readRun(damaged));
          expect([error.code, error.message], content).to.satisfy(
            ([code, text]: string[]) => code === 'INPUT_RUN' && text.includes(file) && text.includes('cannot be read'),
          );
          rmSync(damaged, { recursive: true });
        }
      rmSync(join(run, 'pipeline.yaml'));
      expect((await failure((await RunDirectory.open(run)).source())).message).to.contain(
        'pipeline.yaml cannot be read',
      );
    });

    it('names the line of the metrics that cannot be read', async () => {
      const run = copy();
      const metrics = join(run, 'metrics.jsonl');
      writeFileSync(metrics, readFileSync(metrics, 'utf8').replace('"step":2,', '"step":2'));
      const error = await failure(trainTiny(run));
      expect(error.code).to.equal('INPUT_RUN');
      expect(error.message).to.match(/metrics\.jsonl, line 3, cannot be read/);
    });

    it('refuses metrics that are shorter than at its checkpoint, or altered', async () => {
      const mutations: readonly (readonly [string, (text: string) => string, RegExp])[] = [
        [
          'cut within a line',
          text => text.slice(0, text.length / 2),
          /it has \d+ bytes, and had \d+ then\. Restore it/,
        ],
        ['without its last lines', text => `${text.split('\n').slice(0, 3).join('\n')}\n`, /it has \d+ bytes/],
        ['empty', () => '', /it has 0 bytes, and had \d+ then/],
        ['with another loss', text => text.replace(/"loss":\d/, '"loss":9'), /bytes were changed since then/],
        ['without a line', text => text.slice(text.indexOf('\n') + 1) + ' '.repeat(9999), /bytes were changed since/],
      ];
      for (const [how, mutate, message] of mutations) {
        const run = copy();
        const metrics = join(run, 'metrics.jsonl');
        const text = mutate(readFileSync(metrics, 'utf8'));
        writeFileSync(metrics, text);
        const error = await failure(trainTiny(run));
        expect([error.code, error.message], how).to.satisfy(
          ([code, said]: string[]) => code === 'INPUT_RUN' && said.startsWith(metrics) && message.test(said),
        );
        expect(readFileSync(metrics, 'utf8')).to.equal(text);
      }
      const run = copy();
      rmSync(join(run, 'metrics.jsonl'));
      expect((await failure(trainTiny(run))).message).to.contain('metrics.jsonl cannot be read');
    });

    it('refuses a checkpoint whose folder was renamed, or that is of another run', async () => {
      const renamed = copy();
      const checkpoints = join(renamed, 'checkpoints');
      renameSync(join(checkpoints, 'step-00000006'), join(checkpoints, 'step-00000009'));
      const misnamed = /step-00000009: this checkpoint was saved at step 6, and its folder was renamed/;
      expect((await failure(trainTiny(renamed))).message).to.match(misnamed);
      const changes = { evaluate: ['knn'] };
      const foreign = folder.within('seed-0');
      await trainTiny(foreign, { ...stopped, changes });
      await trainTiny(folder.within('seed-1'), { ...stopped, changes, seed: 1 });
      const newer = join(foreign, 'checkpoints', 'step-00000006');
      rmSync(newer, { recursive: true });
      cpSync(folder.within('seed-1', 'checkpoints', 'step-00000006'), newer, { recursive: true });
      const error = await failure(trainTiny(foreign, { changes }));
      expect(error.code).to.equal('INPUT_RUN');
      expect(error.message).to.contain(`${newer}: this checkpoint is of a run with another pipeline or seed.`);
      expect((await carl(['evaluate', foreign])).stderr).to.contain('this checkpoint is of a run with another');
    });

    it('resumes from a checkpoint of an earlier version, which names neither its run nor its metrics', async () => {
      const run = copy();
      for (const name of readdirSync(join(run, 'checkpoints')))
        reseal(join(run, 'checkpoints', name), { pipeline: undefined, metrics: undefined });
      await trainTiny(run);
      expect(remains(run)['metrics.jsonl']).to.equal(remains(folder.within('whole'))['metrics.jsonl']);
    });

    it('drops a line of the metrics that was cut off', async () => {
      const run = copy();
      const metrics = join(run, 'metrics.jsonl');
      writeFileSync(metrics, `${readFileSync(metrics, 'utf8')}{"v":1,"type":"step","step":7,"lo`);
      await trainTiny(run);
      expect(remains(run)['metrics.jsonl']).to.equal(remains(folder.within('whole'))['metrics.jsonl']);
    });

    it('starts again without any checkpoint', async () => {
      const run = copy();
      rmSync(join(run, 'checkpoints'), { recursive: true });
      const { reports } = await trainTiny(run);
      expect(reports[0].step).to.equal(1);
      expect(remains(run)).to.deep.equal(remains(folder.within('whole')));
    });

    it('removes an incomplete checkpoint of a killed process', async () => {
      const run = copy();
      mkdirSync(join(run, 'checkpoints', '.step-00000008.0123456789ab.tmp'));
      renameSync(
        join(run, 'checkpoints', 'step-00000006'),
        join(run, 'checkpoints', '.step-00000006.0123456789ab.old'),
      );
      const { reports } = await trainTiny(run);
      expect(reports[0].step).to.equal(7);
      expect(readdirSync(join(run, 'checkpoints')).filter(name => name.startsWith('.'))).to.deep.equal([]);
    });

    it('does not touch a checkpoint that another process is writing while the run is evaluated', async () => {
      const run = copy();
      const written = join(run, 'checkpoints', '.step-00000008.0123456789ab.tmp');
      mkdirSync(written);
      const { code } = await carl(['evaluate', run]);
      expect(code).to.equal(0);
      expect(readdirSync(join(run, 'checkpoints'))).to.include('.step-00000008.0123456789ab.tmp');
    });

    it('refuses a pipeline that was edited', async () => {
      const run = copy();
      const file = join(run, 'pipeline.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"learningRate": 0.05', '"learningRate": 0.5'));
      const { code, stderr } = await carl(['train', '--resume', run, '--quiet']);
      expect(code).to.equal(2);
      expect(stderr).to.contain(`${file} was changed after training began`);
    });

    it('refuses a lock with another seed', async () => {
      const run = copy();
      const file = join(run, 'lock.json');
      const lock = JSON.parse(readFileSync(file, 'utf8')) as { readonly seed: number };
      writeFileSync(file, JSON.stringify({ ...lock, seed: lock.seed + 5 }));
      const { code, stderr } = await carl(['evaluate', run, '--quiet']);
      expect(code).to.equal(2);
      expect(stderr).to.contain(`${file} was changed after training began: its seed is ${lock.seed + 5}, and that of`);
    });

    it('refuses other data', async () => {
      const run = copy();
      const { code, stderr } = await carl(['train', '--resume', run, '--quiet'], { env: { CARL_TEST_DATA: '5' } });
      expect(code).to.equal(2);
      expect(stderr).to.contain('data train: the content changed, its SHA-256 was');
    });

    it('refuses to start in a folder that exists', async () => {
      const run = copy();
      const before = remains(run);
      const pipeline = writePipeline(folder.within('again.yaml'));
      const { code, stderr } = await carl(['train', pipeline, '--out', run, '--quiet']);
      expect(code).to.equal(2);
      expect(stderr).to.contain(
        `${run} already exists. Continue it with \`carl train --resume ${run}\`, or choose another folder with --out.`,
      );
      expect(remains(run)).to.deep.equal(before);
    });
  });

  it('gets a folder of its own when another one starts in the same default folder', async () => {
    const pipeline = writePipeline(folder.within('default.yaml'), { trainer: { epochs: 1, batchSize: 16 } });
    const args = ['train', pipeline, '--quiet'];
    const ends = await Promise.all([carl(args, { cwd: folder.path }), carl(args, { cwd: folder.path })]);
    expect(ends.map(({ code }) => code)).to.deep.equal([0, 0]);
    expect(readdirSync(folder.within('runs', 'tiny')).sort()).to.deep.equal(['seed-0', 'seed-0-2']);
  });

  describe('because the disk is full', () => {
    // The limit of a file's length stands for the disk: the metrics outgrow it, or the checkpoint does at once.
    const train = (run: string, pipeline: string, kilobytes: number) =>
      carl(['train', pipeline, '--out', run, '--quiet'], { limit: `ulimit -f ${kilobytes}` });

    it('reports it, keeps the earlier checkpoint and continues to the same result', async () => {
      const pipeline = writePipeline(folder.within('full.yaml'), { trainer: { epochs: 15, batchSize: 16 } });
      const [whole, run] = [folder.within('full-whole'), folder.within('full')];
      expect((await carl(['train', pipeline, '--out', whole, '--quiet'])).code).to.equal(0);
      const { code, stderr } = await train(run, pipeline, 8);
      expect(code).to.equal(1);
      expect(stderr).to.match(
        /^(?:.*\n)*?DISK Cannot write .*full.* The file is larger than the system allows: raise the limit \(ulimit -f\)/,
      );
      const resumed = await carl(['train', '--resume', run, '--quiet']);
      expect(resumed.code).to.equal(0);
      expect(resumed.stderr).to.equal('');
      expect(remains(run)).to.deep.equal(remains(whole));
    });

    it('leaves no incomplete checkpoint', async () => {
      const wide = { head: { use: 'mlp-head', layers: [{ units: 900 }] } };
      const pipeline = writePipeline(folder.within('small.yaml'), wide);
      const run = folder.within('small');
      const { code, stderr } = await train(run, pipeline, 20);
      expect(code).to.equal(1);
      expect(stderr).to.contain(`DISK Cannot write ${join(run, 'checkpoints', 'step-00000004')}`);
      expect(readdirSync(join(run, 'checkpoints'))).to.deep.equal([]);
    });
  });
});
