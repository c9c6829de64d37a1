// cspell:ignore epohs trainr xyzzy
import { expect } from 'chai';
import { cpSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carl } from './cli.js';
import { onCpu, temporaryFolder, trainTinyUnseen, writePipeline } from './tiny.js';

describe('carl runs', () => {
  const folder = temporaryFolder();
  const at = (...names: string[]): string => join(folder.within('runs'), ...names);
  const runs = (...args: string[]) => carl(['runs', ...args]);

  before(onCpu);
  before(async () => {
    const pipeline = writePipeline(folder.within('tiny.yaml'), {
      evaluate: ['knn'],
      trainer: { epochs: 1, batchSize: 16 },
    });
    for (const seed of ['0', '1']) {
      const args = ['train', pipeline, '--seed', seed, '--out', at('tiny', seed), '--quiet'];
      expect((await carl(args)).code).to.equal(0);
    }
  });

  it('lists runs below a folder, filtered by state, seed and keys of the pipeline', async () => {
    const { stdout } = await runs('ls', at(), '--where', 'seed=1', '--where', 'augmenter.size=8', '--json');
    const [only, ...others] = JSON.parse(stdout) as { path: string; state: string; seed: number }[];
    expect(others).to.deep.equal([]);
    expect(only).to.include({ path: at('tiny', '1'), state: 'finished', seed: 1 });
    expect((await runs('ls', at())).stdout).to.match(/^tiny\/0 .* finished /m);
    const none = await runs('ls', at(), '--where', 'state=training');
    expect([none.code, none.stderr]).to.satisfy(([code, text]: [number, string]) => code === 2 && text.includes('no runs with state=training')); // prettier-ignore
  });

  it('tells keys and states that no run has from values that none has', async () => {
    for (const [where, says] of [
      ['trainer.epohs=4', 'no run has the key `trainer.epohs`. Did you mean `trainer.epochs`?'],
      ['batchSize=16', 'no run has the key `batchSize`. Did you mean `trainer.batchSize`?'],
      ['trainr.epochs=1', 'no run has the key `trainr.epochs`. Did you mean `trainer.epochs`?'],
      ['xyzzy=1', 'no run has the key `xyzzy`.'],
      ['state=finish', 'there is no such state. Did you mean `finished`? A run is `finished`, `training`, `stopped`, `failed` or `damaged`.'], // prettier-ignore
    ]) {
      for (const command of ['ls', 'rm']) {
        const { code, stderr } = await runs(command, at(), '--where', where);
        expect([code, stderr]).to.deep.equal([2, `INPUT_ARGUMENT --where ${where}: ${says}\n`]);
      }
    }
    const none = await runs('ls', at(), '--where', 'trainer.epochs=4');
    expect([none.code, none.stderr]).to.satisfy(([code, text]: [number, string]) => code === 2 && text.includes('no runs with trainer.epochs=4')); // prettier-ignore
  });

  it('calls a run without evaluators finished once all epochs are trained', async () => {
    const pipeline = writePipeline(folder.within('plain.yaml'), { trainer: { epochs: 1, batchSize: 16 } });
    await carl(['train', pipeline, '--out', folder.within('plain'), '--quiet']);
    expect((await runs('ls', folder.within('plain'))).stdout).to.contain(' finished ');
  });

  it('calls a trained run that lacks the evaluation on other datasets stopped', async () => {
    const transfer = { others: { data: { use: 'stripes', seed: 3 }, evaluate: ['rankme'] } };
    await trainTinyUnseen(folder.within('untransferred'), {
      changes: { trainer: { epochs: 1, batchSize: 16 }, transfer },
    });
    expect((await runs('ls', folder.within('untransferred'))).stdout).to.contain(' stopped ');
  });

  it('lists damaged runs with the others', async () => {
    cpSync(at('tiny', '0'), folder.within('other/copy'), { recursive: true });
    writeFileSync(join(folder.within('other/copy'), 'lock.json'), '{}');
    const { stdout } = await runs('ls', folder.within('other'), '--json');
    expect((JSON.parse(stdout) as { state: string; reason: string }[])[0]).to.satisfy(
      ({ state, reason }: { state: string; reason: string }) => state === 'damaged' && reason.includes('lock.json'),
    );
  });

  it('shows how two runs differ', async () => {
    const { stdout } = await runs('diff', at('tiny', '0'), at('tiny', '1'));
    expect(stdout).to.contain('pipeline seed: was 0, is 1\n');
    const json = await runs('diff', at('tiny', '0'), at('tiny', '1'), '--json');
    const { pipeline, environment } = JSON.parse(json.stdout) as { pipeline: string[]; environment: string[] };
    expect([pipeline, environment]).to.deep.equal([['seed: was 0, is 1'], []]);
    const listed = await runs('rm', at(), '--where', 'seed=1');
    expect([listed.code, listed.stdout]).to.deep.equal([
      0,
      `would delete ${at('tiny', '1')}\nRepeat the command with --yes.\n`,
    ]);
    expect((await runs('diff', at('tiny', '0'), at('tiny', '0'))).stdout).to.equal('The runs do not differ.\n');
  });

  it('ranks by validation and suggests a metric', async () => {
    const { stdout } = await runs('export', at());
    const figures = stdout
      .trim()
      .split('\n')
      .map(line => line.split(','));
    const value = (seed: string) => figures.find(([, , s, , subject, , split]) => s === seed && subject === 'trained' && split === 'validation')!; // prettier-ignore
    const metric = value('0')[5];
    const ranked = JSON.parse((await runs('best', at(), '--metric', metric, '--json')).stdout) as { seed: number }[];
    expect(Number(value(String(ranked[0].seed))[8])).to.be.at.least(Number(value(String(ranked[1].seed))[8]));
    const misspelt = await runs('best', at(), '--metric', metric.slice(0, -1));
    expect([misspelt.code, misspelt.stderr]).to.deep.equal([2, `INPUT_ARGUMENT No run has the metric ${metric.slice(0, -1)} on validation. Is ${metric} meant?\n`]); // prettier-ignore
  });

  it('deletes runs only with --yes, and nothing that is not a run', async () => {
    const copy = folder.within('deleted');
    cpSync(at('tiny', '0'), copy, { recursive: true });
    expect((await runs('rm', copy)).stdout).to.contain(`would delete ${copy}`);
    expect(existsSync(copy)).to.equal(true);
    expect((await runs('rm', copy, folder.within('runs'), '--yes')).code).to.equal(2);
    expect(existsSync(copy)).to.equal(true);
    symlinkSync(copy, folder.within('link'));
    const linked = await runs('rm', folder.within('link'), '--yes');
    expect([linked.code, linked.stderr.includes('is a link. Name the folder of the run')]).to.deep.equal([2, true]);
    const twice = await runs('rm', copy, `${copy}/`, '--yes');
    expect([twice.code, twice.stdout, existsSync(copy)]).to.deep.equal([0, `deleted ${copy}\n`, false]);
  });
});
