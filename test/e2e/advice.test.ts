// cspell:ignore epohs
import { expect } from 'chai';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { carl } from './cli.js';
import { onCpu, temporaryFolder, trainTinyUnseen } from './tiny.js';

describe('advice on mistakes', () => {
  const folder = temporaryFolder();
  const run = (): string => folder.within('run');
  const pipeline = (): string => folder.within('run.yaml');
  const says = async (args: readonly string[], message: string): Promise<void> => {
    const { code, stderr } = await carl(args);
    expect([code, stderr.split('\n').slice(-2)[0]]).to.deep.equal([2, message]);
  };

  before(onCpu);
  before(() => trainTinyUnseen(run(), { changes: { evaluate: ['knn'], trainer: { epochs: 1, batchSize: 16 } } }));

  it('names the `--set` for options that are keys of a pipeline', async () => {
    const set = (text: string) => `Keys of a pipeline are changed with --set ${text}`;
    await says(['train', pipeline(), '--precision', 'bf16'], set('trainer.precision=bf16'));
    await says(['plan', pipeline(), '--epochs=3'], set('trainer.epochs=3'));
    await says(['plan', pipeline(), '--batch-size', '--quiet'], set('trainer.batchSize=VALUE'));
    await says(['plan', pipeline(), '--encoder', 'vit small'], set("'encoder=vit small'"));
    await says(['plan', pipeline(), '--epohs', '3'], "error: unknown option '--epohs'");
    await says(['backend', 'list', '--epochs', '3'], "error: unknown option '--epochs'");
  });

  it('refuses a key that `--set` gives twice', async () => {
    const set = ['--set', 'trainer.epochs=4', '--set', 'trainer.epochs=5'];
    const { code, stderr } = await carl(['plan', pipeline(), ...set]);
    expect(code).to.equal(2);
    expect(stderr).to.contain(
      '--set SET_REPEATED `trainer.epochs` is given more than once: also by `--set trainer.epochs=4`.',
    );
    await says(
      ['train', '--resume', run(), ...set],
      'INPUT_ARGUMENT --set trainer.epochs=5: --set trainer.epochs=4 gives the same key. Leave out one of the two.',
    );
  });

  it('names the run of a checkpoint that is given in its place', async () => {
    for (const place of ['checkpoints', join('checkpoints', 'step-00000004'), 'checkpoints/'])
      await says(
        ['train', '--resume', join(run(), place)],
        `INPUT_RUN ${join(run(), place)} lies in a run directory. Name the run directory itself: ${run()}`,
      );
  });

  it('says that a file of a run directory is missing', async () => {
    const copy = folder.within('incomplete');
    cpSync(run(), copy, { recursive: true });
    rmSync(join(copy, 'pipeline.json'));
    await says(
      ['train', '--resume', copy],
      `INPUT_RUN ${join(copy, 'pipeline.json')} cannot be read: it does not exist. The run directory is damaged: restore the file from a copy, or train a new run.`,
    );
  });

  it('refuses a folder below a file', async () => {
    const reason = `Cannot write ${pipeline()}: this is a file, not a folder: choose another path.`;
    await says(['train', pipeline(), '--out', join(pipeline(), 'below'), '--quiet'], `INPUT_ARGUMENT ${reason}`);
  });

  it('explains the name of a component', async () => {
    const { code, stdout } = await carl(['explain', pipeline(), 'backend.use']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^means {2}Name of the component\.$/m);
    expect(stdout).to.match(/^takes {2}"auto", "cpu"; `carl plugins` lists those of other packages$/m);
  });

  it('says what is wrong with the budget and the added results of a comparison', async () => {
    const compare = ['compare', pipeline(), '--seeds', '1', '--out', folder.within('compared')];
    await says(
      [...compare, '--budget', '10images'],
      'INPUT_ARGUMENT --budget 10images: this is less than one epoch of run. Give at least 64images.',
    );
    await says(
      [...compare, '--add', pipeline()],
      `INPUT_ARGUMENT --add ${pipeline()}: this is a pipeline. Name it without --add to train it, or give the directory of a finished run of it.`,
    );
  });
});
