import { expect } from 'chai';
import { existsSync, writeFileSync } from 'node:fs';
import { mpirun, needsMpirun } from './mpirun.js';
import { temporaryFolder, writePipeline } from './tiny.js';

/** Two processes of the real command line, with different arguments. */
describe('mpirun, if the workers were given different things', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let pipeline = '';
  before(function () {
    needsMpirun(this);
    pipeline = writePipeline(folder.within('tiny.yaml'), { data: { use: 'stripes', count: 32 } });
  });

  const trained = (...workers: (readonly string[])[]) => started(workers.map(words => ['train', '--quiet', ...words]));

  const started = (workers: readonly (readonly string[])[]) => mpirun(folder.path, workers);

  it('ends with 2 and names the key of the pipeline', () => {
    const { status, stderr } = trained(...['1', '2'].map(seed => [pipeline, '--out', 'seeds', '--seed', seed]));
    expect(stderr).to.contain('INPUT_PIPELINE Worker 1 has another pipeline than worker 0: `seed` is 2 in place of 1.');
    expect(status).to.equal(2);
    expect(existsSync(folder.within('seeds'))).to.equal(false);
  });

  it('ends with 2 and names the files of different pipelines', () => {
    const other = writePipeline(folder.within('other.yaml'), { data: { use: 'stripes', count: 48 } });
    const { status, stderr } = trained([pipeline, '--out', 'files'], [other, '--out', 'files']);
    expect(stderr).to.contain(
      'INPUT_PIPELINE Worker 1 has another pipeline than worker 0: `data.count` is 48 in place of 32. Worker 1 reads ' +
        `${other}, and worker 0 ${pipeline}. Start all workers`,
    );
    expect(status).to.equal(2);
  });

  it('ends with 2 if one worker cannot read its pipeline, and leaves none waiting', () => {
    writeFileSync(folder.within('open.yaml'), 'name: tiny\ndata: [open\n');
    for (const [file, problem] of [
      ['none.yaml', 'none.yaml FILE_UNREADABLE There is no such file.'],
      ['open.yaml', 'open.yaml:3:1 YAML_SYNTAX'],
    ]) {
      const [good, bad] = [pipeline, file].map(name => [name, '--out', 'unread']);
      for (const workers of [
        [good, bad],
        [bad, good],
      ]) {
        const { status, stderr } = trained(...workers);
        expect(stderr).to.contain(problem).and.to.not.contain('    at ');
        expect(stderr.includes('worker 1 of 2, on ')).to.equal(workers[1] === bad);
        expect(status).to.equal(2);
      }
    }
    expect(existsSync(folder.within('unread'))).to.equal(false);
  });

  it('ends with 2 and names the run directories', () => {
    const { status, stderr } = trained([pipeline, '--out', 'one'], [pipeline, '--out', 'other']);
    expect(stderr).to.contain(
      'INPUT_ARGUMENT Worker 1 was given --out other, and worker 0 --out one. Start all workers',
    );
    expect(status).to.equal(2);
    const { stderr: without } = trained([pipeline], [pipeline, '--out', 'one']);
    expect(without).to.contain('Worker 1 was given --out one, and worker 0 neither --out nor --resume.');
    expect(existsSync(folder.within('one'))).to.equal(false);
  });

  it('takes one run directory that is written differently', () => {
    const { status, stderr } = trained([pipeline, '--out', 'same'], [pipeline, '--out', './same/']);
    expect(status, stderr).to.equal(0);
    const { status: resumed, stderr: differing } = trained(['--resume', 'same'], ['--resume', 'none']);
    expect(differing).to.contain('Worker 1 was given --resume none, and worker 0 --resume same.');
    expect(resumed).to.equal(2);
    const { stderr: begun } = trained(['--resume', 'same'], [pipeline, '--out', 'same']);
    expect(begun).to.contain('Worker 1 begins a run, --out same, and worker 0 continues one, --resume same.');
  });

  it('refuses commands that do not divide their work, once', () => {
    for (const words of [
      ['evaluate', 'same'],
      ['report', 'same'],
      ['plugin', 'check', 'same'],
    ]) {
      const { status, stderr } = started([words, words]);
      expect(stderr.split(`carl ${words[0]} was started in 2 processes`)).to.have.length(2);
      expect(stderr).to.contain('Start it once, without mpirun').and.to.not.contain('unexpected');
      expect(status).to.equal(2);
    }
    expect(existsSync(folder.within('same', 'report.html'))).to.equal(false);
  });
});
