import { CarlError, type MetricsLine } from '@carl-ssl/core';
import { readRun, type RunRecord } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { onCpu, reseal, temporaryFolder, trainTiny } from '../e2e/tiny.js';

/** Lines as they were written before they had a version. */
const UNVERSIONED = [
  { step: 1, epoch: 1, loss: 2.5, consistency: 2, regulariser: 0.5, learningRate: 0.1, gradientNorm: 3 },
  { step: 1, health: { featureSpread: 0.5, rankMe: 3, rankLimit: 8 } },
  { step: 1, warning: { kind: 'few-prototypes', since: 1, collapsed: false, message: 'few' } },
];

describe('metrics lines', () => {
  const folder = temporaryFolder();
  before(onCpu);

  /** A copy of a trained run's record whose metrics are the given lines. */
  async function runWith(name: string, lines: readonly object[]): Promise<RunRecord> {
    const path = folder.within(name);
    await trainTiny(path, { changes: { trainer: { epochs: 1, batchSize: 32 } } });
    writeFileSync(folder.within(name, 'metrics.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
    return readRun(path);
  }

  async function all({ metrics }: RunRecord): Promise<MetricsLine[]> {
    const lines: MetricsLine[] = [];
    for await (const line of metrics.lines()) lines.push(line);
    return lines;
  }

  it('of a training carry version, type and step; parts and notes of the loss stand apart', async () => {
    const path = folder.within('trained');
    const { reports } = await trainTiny(path);
    const lines = await all(await readRun(path));
    expect(new Set(lines.map(({ v }) => v))).to.deep.equal(new Set([1]));
    const steps = lines.filter(line => line.type === 'step');
    expect(steps.map(({ step }) => step)).to.deep.equal(reports.map(({ step }) => step));
    expect(steps[0]).to.deep.equal({
      v: 1,
      type: 'step',
      step: 1,
      epoch: 1,
      loss: reports[0].loss,
      parts: reports[0].parts,
      notes: {},
      learningRate: reports[0].learningRate,
      gradientNorm: reports[0].gradientNorm,
    });
    const means = lines.filter(line => line.type === 'epoch');
    expect(means.map(({ epoch, step }) => [epoch, step])).to.deep.equal([
      [1, 4],
      [2, 8],
      [3, 12],
    ]);
    const ofFirst = reports.filter(({ epoch }) => epoch === 1).map(({ loss }) => loss);
    expect(means[0].loss).to.equal(ofFirst.reduce((sum, loss) => sum + loss, 0) / 4);
  });

  it('without a version are read as those of earlier runs, other numbers of a step as its parts', async () => {
    const run = await runWith('unversioned', UNVERSIONED);
    const [step, health, warning] = await all(run);
    expect(step).to.deep.equal({
      v: 1,
      type: 'step',
      step: 1,
      epoch: 1,
      loss: 2.5,
      parts: { consistency: 2, regulariser: 0.5 },
      notes: {},
      learningRate: 0.1,
      gradientNorm: 3,
    });
    expect(health).to.deep.equal({ v: 1, type: 'health', ...UNVERSIONED[1] });
    expect(warning).to.deep.equal({ v: 1, type: 'warning', ...UNVERSIONED[2] });
    expect(run.warnings).to.deep.equal([UNVERSIONED[2].warning]);
  });

  it('that are no objects are refused by line', async () => {
    for (const line of ['null', '[]', '5']) {
      const run = await runWith(`no-object-${line}`, UNVERSIONED);
      appendFileSync(folder.within(`no-object-${line}`, 'metrics.jsonl'), `${line}\n`);
      const error: unknown = await all(run).catch((reason: unknown) => reason);
      expect((error as CarlError).message).to.contain('metrics.jsonl, line 4, cannot be read: it is not an object');
    }
  });

  it('of unknown types are skipped, those of a later version refused by line', async () => {
    const run = await runWith('newer', [...UNVERSIONED, { v: 1, type: 'temperature', step: 2 }]);
    expect(await all(run)).to.have.length(3);
    appendFileSync(folder.within('newer', 'metrics.jsonl'), '{"v":2,"type":"step","step":3}\n');
    const error: unknown = await all(run).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(CarlError).with.property('code', 'INPUT_RUN');
    expect((error as CarlError).message).to.contain('version 2 of its lines is not known');
  });

  it('hold null for a number that is not finite, read back as NaN', async () => {
    const line = { v: 1, type: 'step', step: 1, epoch: 1, loss: 1, parts: {}, notes: { ratio: NaN } };
    const [step] = await all(await runWith('nan', [line]));
    expect(step).to.have.nested.property('notes.ratio').that.satisfies(Number.isNaN);
  });

  it('keep their text when a resumed run drops later ones', async () => {
    const path = folder.within('old');
    await trainTiny(path, { observer: abort => ({ onStep: ({ step }) => step === 5 && abort() }) });
    const file = folder.within('old', 'metrics.jsonl');
    const old = readFileSync(file, 'utf8').replace('"v":1,"type":"step",', '');
    const evaluation = (step: number) =>
      `{"v":1,"type":"evaluation","step":${step},"evaluator":"knn","subject":"trained student"}\n`;
    writeFileSync(file, old + evaluation(6) + evaluation(7));
    reseal(folder.within('old', 'checkpoints', 'step-00000006'), { metrics: undefined });
    await trainTiny(path);
    expect(readFileSync(file, 'utf8').startsWith(old + evaluation(6))).to.equal(true);
    expect(readFileSync(file, 'utf8')).to.not.contain(evaluation(7));
  });

  it('are read beside checkpoints, lock and pipeline of a run', async () => {
    const path = folder.within('read');
    await trainTiny(path, { changes: { trainer: { epochs: 2, batchSize: 16 } } });
    const { checkpoints, lock, pipeline, results, seconds } = await readRun(path);
    expect(checkpoints.map(({ step }) => step)).to.deep.equal([4, 8]);
    expect(checkpoints[1].path).to.equal(folder.within('read', 'checkpoints', 'step-00000008'));
    expect([lock.seed, pipeline.name, results]).to.deep.equal([0, 'tiny', undefined]);
    expect(seconds).to.be.above(0);
  });
});
