import { expect } from 'chai';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carl } from './cli.js';
import { mpirun, needsMpirun } from './mpirun.js';
import { remains, temporaryFolder, writePipeline } from './tiny.js';

const REPRODUCED = 'losses and all weights are the same to the last bit\n';

/** Processes of the real command line that repeat a run together. */
describe('mpirun carl reproduce', function () {
  this.timeout(90_000);
  const folder = temporaryFolder();

  /** The same command as a number of workers. */
  const together = (count: number, ...words: string[]) =>
    mpirun(
      folder.path,
      Array.from({ length: count }, () => [...words, '--quiet']),
    );

  before(function () {
    needsMpirun(this);
    const data = { use: 'stripes', count: 32 };
    writePipeline(folder.within('tiny.yaml'), { data, trainer: { epochs: 2, batchSize: 16 }, evaluate: [] });
    const { status, stderr } = together(2, 'train', 'tiny.yaml', '--out', 'run');
    expect(status, stderr).to.equal(0);
  });

  it('repeats a run of as many workers to the last bit, and worker 0 reports so', () => {
    const { status, stdout, stderr } = together(2, 'reproduce', 'run');
    expect([status, stdout, stderr]).to.deep.equal([0, `reproduced: 4 ${REPRODUCED}`, '']);
    expect(remains(folder.within('run-reproduced'))).to.deep.equal(remains(folder.within('run')));
    const lock = JSON.parse(readFileSync(folder.within('run-reproduced', 'lock.json'), 'utf8')) as object;
    expect(lock).to.include({ workers: 2 });
  });

  it('compares the repetition again, and ends with 1 if a loss differs', () => {
    const lines = (from: string) => readFileSync(join(folder.within(from), 'metrics.jsonl'), 'utf8').split('\n');
    cpSync(folder.within('run'), folder.within('changed'), { recursive: true });
    const changed = lines('run').map(line => line.replace(/"loss":(\d)/, '"loss":1$1'));
    writeFileSync(join(folder.within('changed'), 'metrics.jsonl'), changed.join('\n'));
    const { status, stdout, stderr } = together(2, 'reproduce', 'changed', '--out', 'run-reproduced');
    expect(stdout).to.match(/^not reproduced: losses differ from step 1 on/);
    expect(stderr.split('is an earlier repetition: it is continued and compared')).to.have.length(2);
    expect(status).to.equal(1);
  });

  it('repeats a run that was trained further in the same stages', () => {
    cpSync(folder.within('run'), folder.within('further'), { recursive: true });
    const { status, stderr } = together(2, 'train', '--resume', 'further', '--set', 'trainer.epochs=3');
    expect(status, stderr).to.equal(0);
    const { status: repeated, stdout } = together(2, 'reproduce', 'further');
    expect([repeated, stdout]).to.deep.equal([0, `reproduced: 6 ${REPRODUCED}`]);
    expect(remains(folder.within('further-reproduced'))).to.deep.equal(remains(folder.within('further')));
  });

  it('is named where another number of workers repeats the run', async () => {
    const exactly = 'To repeat it exactly: mpirun -n 2 carl reproduce run --out alone\n';
    const { code, stdout, stderr } = await carl(['reproduce', 'run', '--out', 'alone', '--quiet'], {
      cwd: folder.path,
    });
    expect(stderr).to.contain(
      'warning: run was trained by 2 workers, and the repetition is computed by 1 worker: sums are added in another order, so',
    );
    expect(stderr).to.contain(exactly);
    expect(code).to.be.oneOf([0, 1]);
    expect(stdout).to.contain('reproduced: ');
    const { stderr: four } = together(4, 'reproduce', 'run', '--out', 'four');
    expect(four.split('and the repetition is computed by 4 workers')).to.have.length(2);
  });

  it('does not continue a repetition by another number of workers', () => {
    const { status, stderr } = together(2, 'reproduce', 'run', '--out', 'alone');
    expect(stderr).to.contain(
      'INPUT_RUN alone is an earlier repetition by 1 worker, and cannot be continued by 2 workers. Delete it to begin again, ' +
        'choose another folder with --out, or continue and compare it: carl reproduce run --out alone\n',
    );
    expect(status).to.equal(2);
  });

  it('ends with 2 if the batches cannot be divided, or the workers were given different runs', () => {
    const { status, stderr } = together(3, 'reproduce', 'run', '--out', 'none');
    expect(stderr).to.contain(
      'INPUT_RUN The batches of run, of 16 images, cannot be divided equally among 3 workers. Start 2 workers, as in its training,',
    );
    const { status: differing, stderr: runs } = mpirun(
      folder.path,
      ['run', 'further'].map(run => ['reproduce', run, '--out', 'none', '--quiet']),
    );
    expect(runs).to.contain('Worker 1 was given the run further --out none, and worker 0 the run run --out none.');
    expect([status, differing]).to.deep.equal([2, 2]);
    expect(existsSync(folder.within('none'))).to.equal(false);
  });
});
