import { reportOn, shownPipeline } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { onCpu, temporaryFolder, trainTiny } from '../e2e/tiny.js';

describe('the results of a report', () => {
  const folder = temporaryFolder();
  let [runs, others] = ['', ''];

  before(async () => {
    await onCpu();
    [runs, others] = [folder.within('runs'), folder.within('swav.json')];
    mkdirSync(`${runs}/carl`, { recursive: true });
    await trainTiny(`${runs}/carl/seed-1`, { changes: { trainer: { epochs: 1, batchSize: 32 } } });
    const figure = (split: string, value: number) => ({ metric: 'knn5@t0.1', split, value, kind: 'accuracy' });
    const results = { format: 2, step: 2, status: [], trained: [figure('test', 0.8)], untrained: [], pixels: [], chance: {} }; // prettier-ignore
    writeFileSync(`${runs}/carl/seed-1/results.json`, JSON.stringify(results));
    const ended = JSON.stringify({ v: 1, type: 'epoch', step: 2, epoch: 0, probe: 0.625 });
    appendFileSync(`${runs}/carl/seed-1/metrics.jsonl`, `${ended}\n`);
    cpSync(`${runs}/carl/seed-1`, `${runs}/trials/carl-1/seed-0`, { recursive: true });
    const trial = (i: number, value: number) => ({
      name: `trials/carl-${i}`,
      settings: [`optimizer.learningRate=0.${i}`],
      value,
      collapses: i === 2 ? ['collapse'] : [],
    });
    const record = { name: 'carl', metric: 'knn5@t0.1', kind: 'accuracy', split: 'validation', lowest: false };
    const trials = [{ ...record, chosen: 'trials/carl-1', trials: [trial(1, 0.75), trial(2, 0.25)] }];
    writeFileSync(`${runs}/comparison.json`, JSON.stringify({ format: 1, trials }));
    const run = { results: [{ metric: 'knn5@t0.1', value: 0.7 }] };
    writeFileSync(others, JSON.stringify({ format: 1, pipelines: [{ name: '<SwAV>', source: 'table 1', runs: [run] }] })); // prettier-ignore
  });

  it('show paths below the working folder relative to it', () => {
    const pipeline = {
      data: { use: 'idx', images: '/home/me/sets/a.idx', other: '/data/b.idx' },
      note: '/home/meadow/c',
    };
    expect(shownPipeline(pipeline as never, '/home/me')).to.deep.equal({
      data: { use: 'idx', images: 'sets/a.idx', other: '/data/b.idx' },
      note: '/home/meadow/c',
    });
  });

  it('have the table of trials, whose runs are not among the pipelines', async () => {
    const page = plain(await reportOn(runs, 'none'));
    expect(page).to.contain(
      '1 run of 1 pipeline; finished and evaluated: 1. Their settings were chosen from 2 trials.',
    );
    expect(page).to.contain('carl 75.0 25.0 25.0 2 0 1');
    expect(page).to.contain('carl: optimizer.learningRate=0.1 (worst: optimizer.learningRate=0.2)');
    expect(page).to.not.contain('trials/carl-1');
  });

  it('have results of others in the tables', async () => {
    const page = plain(await reportOn(runs, 'none', [others]));
    expect(page).to.match(/Results on the test images .*carl 80\.0 1 .*&lt;SwAV&gt; 70\.0 1 /);
  });

  it('have the accuracy of the online probe over the seconds of training', async () => {
    expect(await reportOn(runs, 'none')).to.contain('Accuracy over the time of training');
    const metrics = readFileSync(`${runs}/carl/seed-1/metrics.jsonl`, 'utf8');
    writeFileSync(`${runs}/carl/seed-1/metrics.jsonl`, metrics.replace(/,"probe":[^}]*/, ''));
    expect(await reportOn(runs, 'none')).to.not.contain('Accuracy over the time of training');
  });

  it('have the order of the comparison, whose first pipeline is the reference', async () => {
    const pipelines = ['trials/carl-1', 'carl', 7].map(name => ({ name }));
    writeFileSync(`${runs}/comparison.json`, JSON.stringify({ format: 1, pipelines: [...pipelines, null] }));
    expect(plain(await reportOn(runs, 'none'))).to.match(
      /Results on the test images .*trials\/carl-1 80\.0 1 .*carl 80\.0 1 /,
    );
  });

  it('are those of all runs where the record of a comparison is damaged', async () => {
    for (const text of ['{', '{"trials":[{"name":"carl"}]}']) {
      writeFileSync(`${runs}/comparison.json`, text);
      expect(plain(await reportOn(runs, 'none')), text).to.contain('2 runs of 2 pipelines');
    }
  });
});

/** The text of a page without its markup. */
function plain(page: string): string {
  return page
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' .', '.');
}
