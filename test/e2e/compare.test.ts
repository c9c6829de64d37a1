// cspell:ignore cral sawv cuont nnoe
import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { carl, start } from './cli.js';
import { temporaryFolder, writePipeline } from './tiny.js';

const plugins = ['carl', 'swav', 'contrastive', 'heads', 'augment', 'optim', 'evaluate'].map(
  name => `@carl-ssl/${name}`,
);
const tiny = new URL('../samples/plugins/tiny.mjs', import.meta.url).pathname;
const short = { plugins: [...plugins, tiny], trainer: { epochs: 2, batchSize: 16 }, evaluate: ['knn'] };

/** The row of a table that begins with a name. */
const rowOf = (table: string, name: string): string[] =>
  table
    .split('\n')
    .find(line => line.startsWith(`${name} `))!
    .split(/ {3,}/);

/** A table, or CSV, without the columns of cost, which differ in every repetition. */
const timeless = (text: string): string =>
  text
    .split('\n')
    .map(line =>
      (line.includes(',') && !line.includes(' ')
        ? line.split(',').slice(0, 7)
        : line.split(/ {3,}/).slice(0, 3)
      ).join(),
    )
    .join();

describe('carl compare', () => {
  const folder = temporaryFolder();
  const resultsOf = (out: string, ...run: string[]): string => join(folder.within(out), ...run, 'results.json');

  it('trains pipelines on the same images from the same encoder, and prints means and spreads', async () => {
    const first = writePipeline(folder.within('first.yaml'), short);
    const second = writePipeline(folder.within('second.yaml'), {
      ...short,
      assigner: undefined,
      objective: { use: 'nt-xent' },
    });
    const { code, stdout } = await carl(['compare', first, second, '--seeds', '2', '--out', folder.within('table')]);
    expect(code).to.equal(0);
    const untrained = ['first', 'second'].map(name =>
      [0, 1].map(seed => {
        const text = readFileSync(resultsOf('table', name, `seed-${seed}`), 'utf8');
        return (JSON.parse(text) as { untrained: unknown }).untrained;
      }),
    );
    expect(untrained[0]).to.deep.equal(untrained[1]);
    expect(untrained[0][0]).to.not.deep.equal(untrained[0][1]);
    for (const name of ['first', 'second', 'untrained encoder']) {
      const [, accuracy, seeds] = rowOf(stdout, name);
      expect(accuracy).to.match(/^\d+\.\d ± \d+\.\d$/);
      expect(seeds).to.equal('2');
    }
    expect(rowOf(stdout, 'raw pixels')[1]).to.match(/^\d+\.\d$/);
  });

  it('continues after an interruption and skips finished runs', async () => {
    const slow = writePipeline(folder.within('slow.yaml'), { ...short, data: { use: 'stripes', delay: 150 } });
    const args = ['compare', slow, '--seeds', '2', '--out', folder.within('again')];
    const { child, ended, says } = start(args);
    await says('slow, seed 1');
    while (!existsSync(folder.within('again', 'slow', 'seed-1', 'metrics.jsonl'))) await setTimeout(20);
    child.kill('SIGINT');
    expect((await ended).code).to.equal(130);
    const kept = resultsOf('again', 'slow', 'seed-0');
    const before = statSync(kept).mtimeMs;
    const { code, stdout } = await carl(args);
    expect(code).to.equal(0);
    expect(statSync(kept).mtimeMs).to.equal(before);
    expect(rowOf(stdout, 'slow')[2]).to.equal('2');
    rmSync(resultsOf('again', 'slow', 'seed-1'));
    expect((await carl(args)).code).to.equal(0);
    expect(existsSync(resultsOf('again', 'slow', 'seed-1'))).to.equal(true);
  });

  it('refuses a folder with runs of another pipeline or other data, and lists the differences', async () => {
    const file = writePipeline(folder.within('kept.yaml'), short);
    const args = ['compare', file, '--seeds', '1', '--out', folder.within('kept')];
    const first = await carl(args);
    const run = folder.within('kept', 'kept', 'seed-0');
    const before = readFileSync(resultsOf('kept', 'kept', 'seed-0'), 'utf8');
    const again = await carl(args);
    expect([again.code, again.stdout]).to.deep.equal([0, first.stdout]);
    expect(again.stderr).to.not.contain('kept, seed 0');
    const data = await carl(args, { env: { CARL_TEST_DATA: '5' } });
    expect(data.stderr).to.contain(`${run}\n    data train: the content changed`);
    const assigner = { use: 'prototypes', count: 64, temperature: 0.1 };
    writePipeline(file, { ...short, assigner, trainer: { epochs: 3, batchSize: 16 } });
    const { code, stdout, stderr } = await carl([...args, '--set', 'evaluate=[rankme]']);
    expect([code, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.contain(`${folder.within('kept')} has runs of another pipeline or other data:\n  ${run}\n`);
    for (const line of [
      'assigner.count: was 8, is 64',
      'trainer.epochs: was 2, is 3',
      'evaluate.0: was "knn", is "rankme"',
    ])
      expect(stderr).to.contain(`pipeline ${line}\n`);
    expect(stderr).to.contain('Choose another folder with --out, or delete these runs to train them again.');
    expect(readFileSync(resultsOf('kept', 'kept', 'seed-0'), 'utf8')).to.equal(before);
  });

  it('continues after a run that diverges, gives the reason, and trains it again only with --retry', async () => {
    const diverging = {
      ...short,
      optimizer: { use: 'sgd', learningRate: 0.01 },
      schedule: { use: 'step', milestones: [1.4], factor: 1e36, startValue: 0.01 },
    };
    const files = [
      writePipeline(folder.within('diverges.yaml'), diverging),
      writePipeline(folder.within('converges.yaml'), short),
    ];
    const args = ['compare', ...files, '--seeds', '1', '--out', folder.within('mixed')];
    for (const [more, tried] of [
      [[], true],
      [[], false],
      [['--retry'], true],
    ] as const) {
      const { code, stdout, stderr } = await carl([...args, ...more]);
      expect(code).to.equal(1);
      expect(rowOf(stdout, 'converges')[2]).to.equal('1');
      expect(stdout).to.match(/not in the table:\n {2}diverges, seed 0: failed: step \d+: loss NaN/);
      expect(stderr.includes('diverges, seed 0\n')).to.equal(tried);
    }
  });

  it('is worked on by three processes, one of them killed, with the results of one process and no run made twice', async () => {
    const files = ['one', 'two'].map(name =>
      writePipeline(folder.within(`${name}.yaml`), { ...short, data: { use: 'stripes', delay: 40 }, seed: 0 }),
    );
    const args = (out: string) => ['compare', ...files, '--seeds', '2', '--out', folder.within(out)];
    const processes = [start(args('together')), start(args('together')), start(args('together'))];
    const [killed, ...others] = processes;
    await killed.says('seed ');
    await setTimeout(1000 * Math.random());
    killed.child.kill('SIGKILL');
    const { stderr: before } = await killed.ended;
    const ends = await Promise.all(others.map(({ ended }) => ended));
    for (const { code, stderr } of ends) expect([code, stderr]).to.deep.equal([0, stderr]);
    const alone = await carl(args('alone'));
    for (const { stdout } of ends) expect(timeless(stdout)).to.equal(timeless(alone.stdout));
    const csv = (out: string) => timeless(readFileSync(folder.within(out, 'comparison.csv'), 'utf8'));
    expect(csv('together')).to.equal(csv('alone'));
    const started = (text: string): string[] => text.match(/(?<=\] )\w+, seed \d$/gm) ?? [];
    const made = ends.flatMap(({ stderr }) => started(stderr));
    // The run of the killed process is started once more.
    expect([...new Set(made)]).to.have.lengthOf(made.length);
    expect(new Set([...made, ...started(before)])).to.have.lengthOf(4);
  });

  it('starts jobs that make runs at the same time, and stops them at the first Ctrl-C', async () => {
    const slow = writePipeline(folder.within('jobs.yaml'), {
      ...short,
      data: { use: 'stripes', delay: 60 },
      // Far more than the time until it is interrupted, on a slow machine too.
      trainer: { epochs: 1000, batchSize: 16 },
    });
    const { child, ended, says } = start([
      'compare',
      '--jobs',
      '2',
      '--seeds',
      '2',
      '--out',
      folder.within('jobs'),
      slow,
    ]);
    await Promise.all([says('jobs, seed 0'), says('jobs, seed 1')]);
    const runs = [0, 1].map(seed => folder.within('jobs', 'jobs', `seed-${seed}`));
    while (!runs.every(run => existsSync(join(run, 'metrics.jsonl')))) await setTimeout(20);
    child.kill('SIGINT');
    expect((await ended).code).to.equal(130);
    for (const run of runs) expect(readdirSync(dirname(run)).some(name => name.includes('claim'))).to.equal(false);
  });

  it('runs every valid pair of a grid, and gives the reason for each invalid one', async () => {
    const base = writePipeline(folder.within('base.yaml'), short);
    const { code, stdout, stderr } = await carl([
      'compare',
      base,
      '--grid',
      'assigner=prototypes,sinkhorn',
      'objective=carl,swav,info-nce',
      '--seeds',
      '1',
      '--out',
      folder.within('grid'),
    ]);
    expect(code).to.equal(0);
    expect(stderr).to.match(
      /^base\+assigner-prototypes\+objective-swav, base\+assigner-sinkhorn\+objective-swav: `swav` replaces `carl`.*`entropyWeight`/m,
    );
    const swapped = folder.within('grid', 'base+assigner-sinkhorn+objective-swav', 'seed-0', 'pipeline.json');
    const { assigner } = JSON.parse(readFileSync(swapped, 'utf8')) as { assigner: { use: string; count: number } };
    expect([assigner.use, assigner.count]).to.deep.equal(['sinkhorn', 8]);
    for (const assigner of ['prototypes', 'sinkhorn']) {
      for (const objective of ['carl', 'swav'])
        expect(rowOf(stdout, `base+assigner-${assigner}+objective-${objective}`)[2]).to.equal('1');
      expect(stdout).to.contain(
        `left out base+assigner-${assigner}+objective-info-nce: The objective \`info-nce\` requires \`teacher\`, which nothing in this pipeline provides.`,
      );
    }
  });

  it('accepts values of an option as a grid, as the guide shows', async () => {
    const base = writePipeline(folder.within('counts.yaml'), { ...short, trainer: { epochs: 1, batchSize: 32 } });
    const args = ['--grid', 'assigner.count=4,8', '--seeds', '1', '--out', folder.within('counts')];
    const { code, stdout } = await carl(['compare', base, ...args]);
    expect(code).to.equal(0);
    for (const count of [4, 8]) expect(rowOf(stdout, `counts+assigner.count-${count}`)[2]).to.equal('1');
  });

  it('refuses a grid without a valid pair, and pipelines without evaluators', async () => {
    const base = writePipeline(folder.within('none.yaml'), short);
    const out = ['--out', folder.within('none')];
    const none = await carl(['compare', base, '--grid', 'objective=info-nce', ...out]);
    expect([none.code, none.stderr]).to.deep.equal([2, none.stderr]);
    expect(none.stderr).to.contain('The objective `info-nce` requires `teacher`');
    for (const [args, says] of [
      [[base, '--grid', 'objective=cral,sawv'], /`cral`\.[^]*`carl`\?[^]*`sawv`\.[^]*`swav`\?/],
      [[base, '--grid', 'assigner.cuont=3,4'], /^--grid KEY_UNKNOWN[^]*`count`\?$(?![^]*KEY_UNKNOWN)/m],
      [[base, 'nnoe.yaml', '--grid', 'assigner.count=4'], /^nnoe\.yaml FILE_UNREADABLE There is no such file/m],
      [[base, '--grid', 'objective'], /--grid objective: expected a key and components or values/],
      ...['count=,4', 'count=4,', 'count=4,,8', 'count= ,4'].map(
        grid => [[base, '--grid', `assigner.${grid}`], /a value is empty\. Remove the comma/] as const,
      ),
      [[base, '--grid', 'assigner.count=4,4'], /name each value of the grid once/],
    ] as const) {
      const { code, stderr } = await carl(['compare', ...args, ...out]);
      expect([code, stderr]).to.satisfy(() => code === 2 && says.test(stderr), stderr);
    }
    const blind = writePipeline(folder.within('blind.yaml'), { ...short, evaluate: [] });
    const refused = await carl(['compare', blind, ...out]);
    expect(refused.stderr).to.contain('has no evaluators: there is nothing to compare');
    expect(existsSync(folder.within('none'))).to.equal(false);
  });
});
