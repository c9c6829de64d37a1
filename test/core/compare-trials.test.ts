import type { PipelineError } from '@carl-ssl/core/host';
import { judgeTrials, readRanges, trialLines, trialRecords, trialRows, trialsOf } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onCpu, temporaryFolder, trainTiny } from '../e2e/tiny.js';

const variants = ['a', 'b'].map(name => ({ name, file: `x/${name}.yaml`, set: ['trainer.epochs=1'] }));

describe('the ranges of a comparison', () => {
  const folder = temporaryFolder();
  const read = (text: string) => {
    const file = folder.within('ranges.yaml');
    writeFileSync(file, text);
    return readRanges(file, ['a', 'b']);
  };
  const errors = (text: string): Promise<readonly string[]> =>
    read(text).then(
      () => [],
      (error: unknown) => (error as PipelineError).diagnostics.map(({ line, message }) => `${line}: ${message}`),
    );

  it('give each pipeline the same number of even draws from its own ranges and those of all', async () => {
    const ranges = await read(`
all: { optimizer.learningRate: { from: 0.01, to: 1, scale: log }, assigner.count: [1] }
b: { assigner.count: { from: 1, to: 8, integer: true }, objective: [carl, swav] }
`);
    const trials = trialsOf(variants, { ranges, count: 64 });
    expect(trials.map(({ of }) => of.name).slice(0, 4)).to.deep.equal(['a', 'b', 'a', 'b']);
    expect(trials[1].variant.name).to.equal('trials/b-01');
    expect(trials[1].variant.set.slice(-1)).to.deep.equal(['evaluation.splits=[validation]']);
    const drawn = (name: string, key: string) =>
      trials.flatMap(({ of, drawn }) =>
        of.name === name ? drawn.filter(set => set.startsWith(key)).map(set => set.slice(set.indexOf('=') + 1)) : [],
      );
    const rates = drawn('a', 'optimizer').map(Number);
    // Every quarter of the logarithmic scale has a quarter of the draws.
    const quarters = [0, 1, 2, 3].map(i => rates.filter(x => Math.floor(2 * Math.log10(100 * x)) === i).length);
    for (const count of quarters) expect(count).to.be.within(15, 17);
    const counts = drawn('b', 'assigner.count').map(Number);
    for (let n = 1; n <= 8; n++) expect(counts.filter(one => one === n).length).to.be.within(5, 11);
    expect(new Set(drawn('b', 'objective.use'))).to.deep.equal(new Set(['carl', 'swav']));
    expect(drawn('a', 'assigner.count')).to.deep.equal(Array.from({ length: 64 }, () => '1'));
  });

  it('name the line of every error', async () => {
    const text = `
c: { x: [1] }
a:
  one: { from: 2, to: 1 }
  two: { from: 0, to: 1, scale: log }
  three: { from: 0.5, to: 3, integer: true }
  four: { from: 1, too: 3 }
  five: 3
`;
    expect(await errors(text)).to.deep.equal(
      [
        '2: No pipeline of this comparison is called `c`.',
        '4: `to` is 1; it must be above `from`, which is 2.',
        '5: `from` is 0; a logarithmic scale needs a number above 0.',
        '6: `from` and `to` must be whole numbers with `integer: true`.',
        '7: `too` is unknown in a range.',
        '8: `five` has one value, not a range.',
      ].sort((x, y) => parseInt(x) - parseInt(y)),
    );
    expect(await errors('a: [')).to.have.lengthOf(1);
  });
});

describe('trials of a comparison', () => {
  const folder = temporaryFolder();
  before(onCpu);

  it('are ranked on validation, with failures, collapses and the worst one', async () => {
    const ranges = new Map([['a', [{ kind: 'choice', key: 'seed', values: [1, 2, 3], place: {} as never }] as const]]);
    const trials = trialsOf(variants.slice(0, 1), { ranges, count: 3 });
    const { run } = await trainTiny(folder.within('run'), { changes: { trainer: { epochs: 1, batchSize: 32 } } });
    const figure = { metric: 'knn', kind: 'accuracy' };
    for (const [i, value] of [0.2, 0.7].entries()) {
      const path = folder.within(trials[i].variant.name, 'seed-0');
      mkdirSync(path, { recursive: true });
      for (const name of ['lock.json', 'pipeline.json']) writeFileSync(join(path, name), readFileSync(join(run.path, name))); // prettier-ignore
      const warning = { kind: 'partial-collapse', since: 1, collapsed: true, message: 'm' };
      writeFileSync(join(path, 'metrics.jsonl'), i === 1 ? '' : `${JSON.stringify({ v: 1, type: 'warning', step: 1, warning })}\n`); // prettier-ignore
      writeFileSync(join(path, 'timing.jsonl'), '');
      const trained = [{ ...figure, split: 'validation', value }, { ...figure, split: 'test', value: 1 - value }]; // prettier-ignore
      writeFileSync(join(path, 'results.json'), JSON.stringify({ format: 2, step: 1, status: [], trained, untrained: [], pixels: [], chance: {} })); // prettier-ignore
    }
    const tuned = await judgeTrials(trials, folder.path, {});
    expect(trialRows(trialRecords(tuned))[1]).to.deep.equal(['a', '70.0', '20.0', '20.0', '3', '1', '1']);
    expect(trialLines(trialRecords(tuned))).to.deep.equal([`a: ${trials[1].drawn[0]} (worst: ${trials[0].drawn[0]})`]);
    const [lowest] = await judgeTrials(trials, folder.path, { metric: 'knn', lowest: true });
    expect(lowest.ranked[0].trial).to.equal(trials[0]);
    const none = await judgeTrials(trials, folder.path, { metric: 'kn' }).catch(
      (error: unknown) => (error as Error).message,
    );
    expect(none).to.equal('No trial has the metric kn on validation. Is knn meant?');
  });
});
