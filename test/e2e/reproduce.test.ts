import { expect } from 'chai';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carl, start } from './cli.js';
import { remains, replacePipeline, temporaryFolder, writePipeline } from './tiny.js';

describe('carl reproduce', () => {
  const folder = temporaryFolder();
  const run = (): string => folder.within('run');
  const changed = (name: string, change: (pipeline: string) => string): string => {
    const copy = folder.within(name);
    cpSync(run(), copy, { recursive: true });
    const text = readFileSync(join(copy, 'pipeline.json'), 'utf8');
    replacePipeline(copy, JSON.parse(change(text)) as object);
    return copy;
  };

  before(async () => {
    const pipeline = writePipeline(folder.within('run.yaml'), { trainer: { epochs: 2, batchSize: 16 } });
    expect((await carl(['train', pipeline, '--out', run(), '--quiet'])).code).to.equal(0);
  });

  it('gets bit-identical results on the same machine, and reports so', async () => {
    const { code, stdout, stderr } = await carl(['reproduce', run(), '--quiet']);
    expect(stdout).to.equal('reproduced: 8 losses and all weights are the same to the last bit\n');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(remains(`${run()}-reproduced`)).to.deep.equal(remains(run()));
  });

  it('is listed as finished once all epochs are trained, though it is not evaluated', async () => {
    const pipeline = writePipeline(folder.within('evaluated.yaml'), {
      evaluate: ['knn'],
      trainer: { epochs: 1, batchSize: 16 },
    });
    const path = folder.within('evaluated');
    expect((await carl(['train', pipeline, '--out', path, '--quiet'])).code).to.equal(0);
    expect((await carl(['reproduce', path, '--quiet'])).code).to.equal(0);
    expect((await carl(['runs', 'ls', `${path}-reproduced`])).stdout).to.contain(' finished ');
  });

  it('sends a run that diverged to a new training, as resuming it would diverge again', async () => {
    const optimizer = { use: 'sgd', learningRate: 1e30, momentum: 0.9 };
    const pipeline = writePipeline(folder.within('diverges.yaml'), { optimizer });
    const path = folder.within('diverges');
    const trained = await carl(['train', pipeline, '--out', path, '--quiet']);
    const advice =
      'A resumed run keeps its options and fails again. Train a new run with other options: ' +
      `carl train ${join(path, 'pipeline.json')} --set KEY=VALUE\n`;
    expect([trained.code, trained.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && text.endsWith(advice),
    );
    for (const words of [
      ['reproduce', path],
      ['evaluate', path],
      ['train', pipeline, '--out', path],
    ]) {
      const { code, stderr } = await carl([...words, '--quiet']);
      expect([code, stderr.includes('--resume')]).to.deep.equal([2, false]);
      expect(stderr).to.contain(words[0] === 'train' ? 'Its training failed: choose another folder' : advice);
    }
    const set = ['--set', 'optimizer.learningRate=0.05', '--out', folder.within('converges')];
    expect((await carl(['train', join(path, 'pipeline.json'), ...set, '--quiet'])).code).to.equal(0);
  });

  it('accepts a run that was made before components gained options', async () => {
    const older = changed('older', text => {
      const { trainer, ...pipeline } = JSON.parse(text) as { trainer: object };
      return JSON.stringify({ ...pipeline, trainer: { ...trainer, onCollapse: undefined } });
    });
    expect(readFileSync(join(older, 'pipeline.json'), 'utf8')).to.not.contain('onCollapse');
    // Its repetition was made with all options.
    const { code, stdout, stderr } = await carl(['reproduce', older, '--out', `${run()}-reproduced`, '--quiet']);
    expect([code, stdout]).to.deep.equal([0, 'reproduced: 8 losses and all weights are the same to the last bit\n']);
    expect(stderr).to.contain('is an earlier repetition').and.to.not.contain('warning');
  });

  it('warns that the run changed its backend', async () => {
    const copy = changed('other-backend', text => text);
    const file = join(copy, 'lock.json');
    const lock = JSON.parse(readFileSync(file, 'utf8')) as object;
    const [date, kind] = [new Date().toISOString(), 'backend'];
    const changes = [
      { kind, step: 4, date, from: 'cpu', to: 'wasm' },
      { kind, step: 6, date, from: 'wasm', to: 'cpu' },
    ];
    writeFileSync(file, JSON.stringify({ ...lock, changes }));
    const { code, stderr } = await carl(['reproduce', copy, '--out', `${run()}-reproduced`, '--quiet']);
    expect(stderr).to.contain(
      `warning: ${copy} was begun on the backend cpu and continued on wasm after step 4, then on cpu after step 6; the ` +
        'repetition computes all steps on cpu, so results may differ in the last bits\n',
    );
    expect(code).to.equal(0);
  });

  it('warns that the number of workers of the run changed', async () => {
    const copy = changed('other-workers', text => text);
    const file = join(copy, 'lock.json');
    const lock = JSON.parse(readFileSync(file, 'utf8')) as object;
    const [date, kind] = [new Date().toISOString(), 'workers'];
    const changes = [
      { kind, step: 4, date, from: 1, to: 2 },
      { kind, step: 6, date, from: 2, to: 1 },
    ];
    writeFileSync(file, JSON.stringify({ ...lock, changes }));
    const { code, stderr } = await carl(['reproduce', copy, '--out', `${run()}-reproduced`, '--quiet']);
    expect(stderr).to.contain(
      `warning: ${copy} was begun by 1 worker and continued by 2 workers after step 4, then by 1 worker after step 6; the ` +
        'repetition computes all steps by 1 worker, so results may differ in the last bits\n',
    );
    expect(code).to.equal(0);
  });

  it('says before it trains that the run was trained by several workers', async () => {
    const copy = changed('two-workers', text => text);
    const file = join(copy, 'lock.json');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), workers: 2 }));
    const { stderr } = await carl(['reproduce', copy, '--out', `${run()}-reproduced`, '--quiet']);
    expect(stderr).to.contain(
      `warning: ${copy} was trained by 2 workers, and the repetition is computed by 1 worker: sums are added in another order, so`,
    );
    expect(stderr).to.contain(`To repeat it exactly: mpirun -n 2 carl reproduce ${copy} --out ${run()}-reproduced\n`);
  });

  it('names the first step that differs, and by how much', async () => {
    const copy = changed('crops', text => text.replace('"minScale": 0.3', '"minScale": 0.4'));
    const { code, stdout } = await carl(['reproduce', copy, '--out', folder.within('other-crops'), '--quiet']);
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /^not reproduced: losses differ from step 1 on, by up to [\d.]+; weights at the end by up to [\d.]+\n/,
    );
  });

  it('finds a single loss that was changed by its last bit', async () => {
    const copy = changed('loss', text => text);
    const metrics = join(copy, 'metrics.jsonl');
    const lines = readFileSync(metrics, 'utf8').split('\n');
    const at = lines.findIndex(line => line.includes('"step":6,"epoch"'));
    const line = JSON.parse(lines[at]) as { loss: number };
    lines[at] = JSON.stringify({ ...line, loss: line.loss * (1 + 2 ** -52) });
    writeFileSync(metrics, lines.join('\n'));
    const { code, stdout } = await carl(['reproduce', copy, '--quiet']);
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /^not reproduced: losses differ from step 6 on, by up to [\d.]+e-1\d; weights at the end by up to 0/,
    );
  });

  it('compares networks of different shapes without failing', async () => {
    const copy = changed('shape', text => text.replace('"units": 8', '"units": 9'));
    const { code, stdout } = await carl(['reproduce', copy, '--quiet']);
    expect(code).to.equal(1);
    expect(stdout).to.contain('losses differ from step 1 on');
  });

  it('refuses a run that is not finished, before it trains', async () => {
    const copy = changed('longer', text => text.replace('"epochs": 2', '"epochs": 3'));
    const { code, stderr } = await carl(['reproduce', copy, '--quiet']);
    expect(code).to.equal(2);
    expect(stderr).to.contain(
      `INPUT_RUN ${copy} is not finished: it is at step 8 of 12. Finish it first: carl train --resume ${copy}`,
    );
    expect(existsSync(`${copy}-reproduced`)).to.equal(false);
  });

  it('compares an earlier repetition instead of overwriting it, and refuses other folders', async () => {
    const { code, stdout, stderr } = await carl(['reproduce', run(), '--quiet']);
    expect([code, stdout]).to.deep.equal([0, 'reproduced: 8 losses and all weights are the same to the last bit\n']);
    expect(stderr).to.contain(`${run()}-reproduced is an earlier repetition`);
    mkdirSync(folder.within('other'));
    for (const [out, reason] of [
      [run(), `${run()} is the run itself`],
      [folder.within('other'), 'already exists. It is not a run directory: choose another folder'],
      [
        changed('another', text => text.replace('"minScale": 0.3', '"minScale": 0.5')),
        'already exists. Continue it with',
      ],
    ]) {
      const refused = await carl(['reproduce', run(), '--quiet', '--out', out]);
      expect([refused.code, refused.stderr]).to.satisfy(
        ([status, text]: [number, string]) => status === 2 && text.includes(reason),
      );
    }
  });

  it('continues a repetition that was interrupted, and compares it', async () => {
    const slow = { trainer: { epochs: 2, batchSize: 16 }, data: { use: 'stripes', delay: 100 } };
    const pipeline = writePipeline(folder.within('slow.yaml'), slow);
    const path = folder.within('a slow run');
    expect((await carl(['train', pipeline, '--out', path, '--quiet'])).code).to.equal(0);
    const { child, says, ended } = start(['reproduce', path]);
    await says('training ');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).to.equal(130);
    expect(stderr).to.contain(`interrupted; continue with: carl reproduce '${path}'\n`);
    const again = await carl(['reproduce', path, '--quiet']);
    expect([again.code, again.stdout]).to.deep.equal([
      0,
      'reproduced: 8 losses and all weights are the same to the last bit\n',
    ]);
  });
});
