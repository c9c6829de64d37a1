import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAdded, summaryTable, writeComparison } from '@carl-ssl/core/testing';
import { expect } from 'chai';

type Runs = Parameters<typeof summaryTable>[0][number];

/** Runs with a trained and an untrained k-NN accuracy by seed, and the pixels'. */
function variant(name: string, untrained: readonly number[], pixels = 0.3): Runs {
  const figure = (value: number, metric = 'knn5@t0.1') => ({
    ...({ metric, split: 'test', value, kind: 'accuracy', description: 'vote of 5' } as const),
  });
  return {
    name,
    runs: untrained.map((value, seed) => ({
      seed,
      seconds: 1,
      warnings: [],
      results: {
        format: 2,
        step: 1,
        status: [],
        trained: [figure(0.9 - seed / 10)],
        untrained: [figure(value)],
        pixels: [figure(pixels)],
        chance: {},
      },
    })),
  };
}

describe('the table of a comparison', () => {
  const lines = (...variants: Runs[]) => summaryTable(variants).split('\n');

  it('has one row of an untrained encoder that all pipelines share', () => {
    const rows = lines(variant('a', [0.5, 0.6]), variant('b', [0.5, 0.6]));
    expect(rows.filter(row => row.startsWith('untrained encoder'))).to.have.lengthOf(1);
    expect(rows.find(row => row.startsWith('untrained encoder '))).to.contain('55.0 ± 7.1');
    expect(rows.filter(row => row.startsWith('raw pixels'))).to.have.lengthOf(1);
  });

  it('has a row for each untrained encoder where encoders differ, and for each set of images', () => {
    const rows = lines(variant('a', [0.5, 0.6]), variant('b', [0.2, 0.2], 0.1), variant('c', [0.5, 0.6]));
    expect(rows.find(row => row.startsWith('untrained encoder: a, c '))).to.contain('55.0 ± 7.1');
    expect(rows.find(row => row.startsWith('untrained encoder: b '))).to.contain('20.0 ± 0.0');
    expect(rows.find(row => row.startsWith('raw pixels: a, c '))).to.contain('30.0');
    expect(rows.find(row => row.startsWith('raw pixels: b '))).to.contain('10.0');
  });

  it('is divided into parts that fit a terminal, each with the names', () => {
    const all = [variant('a', [0.5, 0.6]), variant('b', [0.5, 0.6])];
    const tables = (width?: number) => summaryTable(all, width).split('difference from')[0].trimEnd();
    const parts = tables(40).split('\n\n');
    expect(parts).to.have.lengthOf(3);
    for (const part of parts) {
      const rows = part.split('\n');
      expect(rows.slice(1).map(row => row.split('  ')[0])).to.deep.equal(['a', 'b', 'untrained encoder', 'raw pixels']);
      expect(Math.max(...rows.map(row => row.length))).to.be.at.most(46);
    }
    const cells = (text: string) => new Set(text.split(/\n| {3,}/).filter(cell => cell !== ''));
    expect(cells(tables(40))).to.deep.equal(cells(tables()));
    expect(tables(64)).to.equal(tables());
  });

  it('has a legend that is wrapped between words', () => {
    const all = [variant('a', [0.5, 0.6]), variant('b', [0.5, 0.6])];
    const legend = (width?: number) => summaryTable(all, width).split(/^(?=knn5@t0\.1 +vote)/m)[1];
    const lines = legend(60).split('\n');
    expect(Math.max(...lines.map(line => line.length))).to.be.at.most(60);
    expect(lines.find(line => line.startsWith('  '))).to.match(/^ {14}\S/);
    const words = (text: string) => text.split(/\s+/);
    expect(words(legend(60))).to.deep.equal(words(legend()));
  });

  it('says what it cannot estimate if all seeds gave the same differences', () => {
    expect(summaryTable([variant('a', [0.5, 0.6]), variant('b', [0.5, 0.6])])).to.contain(
      'The 2 seeds gave the same differences in knn5@t0.1. Without spread between seeds, the smallest difference that they ' +
        'can show cannot be estimated.',
    );
  });

  it('says what its columns and the sign ± stand for', () => {
    const text = summaryTable([variant('a', [0.5, 0.6])]);
    expect(text).to.match(/^knn5@t0\.1 +vote of 5$/m);
    expect(text).to.match(/^a ± b +mean and standard deviation \(n - 1\) over seeds; accuracies in percent$/m);
    expect(summaryTable([variant('a', [0.5])])).to.not.contain('±');
  });
});

describe('the differences of a comparison', () => {
  const scores = (name: string, trained: readonly number[]): Runs => {
    const { runs } = variant(name, trained);
    const figure = (value: number) => ({ ...runs[0].results.trained[0], value });
    return {
      name,
      runs: runs.map((run, i) => ({ ...run, results: { ...run.results, trained: [figure(trained[i])] } })),
    };
  };

  it('are paired by seed, with interval, corrected p and the difference that so many seeds can show', () => {
    const text = summaryTable([
      scores('a', [0.5, 0.6, 0.7]),
      scores('b', [0.51, 0.61, 0.73]),
      scores('c', [0.5, 0.6, 0.7]),
    ]);
    // Differences of 1, 1 and 3 points: mean 1.667, deviation 1.155, Student's quantile for 2 degrees of freedom 4.303.
    expect(text).to.match(/^difference from a +knn5@t0\.1 test$/m);
    expect(text).to.match(/^b +\+1\.7 \(-1\.2 to \+4\.5\) p = 0\.259$/m);
    expect(text).to.match(/^c +\+0\.0 \(\+0\.0 to \+0\.0\) p = 1\.000$/m);
    expect(text).to.contain('3 seeds cannot show a difference in knn5@t0.1 below about 2.9 points.');
    expect(text).to.match(/^d \(l to u\) p +mean difference .* corrected for 2 tests \(Holm\)$/m);
  });

  it('need two seeds that both pipelines have', () => {
    expect(summaryTable([scores('a', [0.5]), scores('b', [0.6])])).to.not.contain('difference');
  });
});

describe('the table of a comparison', () => {
  const changed = (name: string, change: (run: Runs['runs'][number]) => object): Runs => {
    const { runs } = variant(name, [0.5, 0.6]);
    return { name, runs: runs.map(run => ({ ...run, ...change(run) })) };
  };

  it('has the cost of trainings where it is known, and the probe over time', () => {
    const probe = [10, 20, 30, 40].map((seconds, i) => ({ seconds, accuracy: i / 10 }));
    const cost = { imagesPerSecond: 250, peakBytes: 3 * 2 ** 20, encoderFlops: 1.5e6, probe };
    const text = summaryTable([changed('a', () => ({ cost, seconds: 40 })), variant('b', [0.5, 0.6])]);
    expect(text).to.match(/seeds +seconds +images\/s +MiB +MFLOPs +collapse$/m);
    expect(text).to.match(/^a +85\.0 ± 7\.1 +2 +40 +250 +3 +1\.5$/m);
    expect(text).to.match(/^b +85\.0 ± 7\.1 +2 +1$/m);
    expect(text).to.match(/^online probe on validation after +5\.0 s +10 s +20 s +40 s\na +0\.0 +10\.0 +30\.0$/m);
  });

  it('ranks pipelines over the datasets that all of them have', () => {
    const over = (name: string, values: readonly number[]): Runs =>
      changed(name, ({ results }: Runs['runs'][number]) => {
        const [own] = results.trained;
        const others = values.map((value, i) => ({
          ...own,
          metric: `set${i}/${own.metric}`,
          dataset: `set${i}`,
          value,
        }));
        return { results: { ...results, trained: [own, ...others] } };
      });
    // The first dataset has equal values; a is better on the others: ranks (1.5 + 1 + 1) / 3 and (1.5 + 2 + 2) / 3.
    const text = summaryTable([over('a', [0.9, 0.8]), over('b', [0.5, 0.6])]);
    expect(text).to.match(/^mean rank \(Friedman\) +knn5@t0\.1, 3 datasets\na +1\.17\nb +1\.83\np +0\.157$/m);
    expect(summaryTable([over('a', []), over('b', [])])).to.not.contain('Friedman');
  });

  it('has results of others, which are not paired by seed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'comparison-'));
    const file = join(folder, 'swav.json');
    const read = async (runs: unknown) => {
      await writeFile(file, JSON.stringify({ format: 1, pipelines: [{ name: 'SwAV', source: 'table 1', runs }] }));
      return readAdded([file], ['a']);
    };
    const result = (value: number) => ({ results: [{ metric: 'knn5@t0.1', value }] });
    const added = await read([result(0.7), { ...result(0.8), seconds: 3 }]);
    const text = summaryTable([variant('a', [0.5, 0.6]), ...added]);
    expect(text).to.match(/^SwAV +75\.0 ± 7\.1 +2$/m);
    expect(text).to.not.contain('difference');
    for (const [runs, message] of [
      [[result(70)], '`pipelines.0.runs.0.results.0.value` is 70; an accuracy is between 0 and 1'],
      [[{}], '`pipelines.0.runs.0.results` must be a list that is not empty'],
    ] as const)
      expect(await read(runs).catch((error: unknown) => (error as Error).message)).to.contain(message);
    await rm(folder, { recursive: true });
  });
});

describe('the files of a comparison', () => {
  it('hold means with intervals, differences and one line for each result', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'comparison-'));
    await writeComparison(folder, [variant('a', [0.5, 0.6]), variant('b,"c"', [0.2, 0.2], 0.1)]);
    const record = JSON.parse(await readFile(join(folder, 'comparison.json'), 'utf8')) as Comparison;
    expect(record.pipelines.map(({ name, seeds }) => [name, seeds])).to.deep.equal([['a', [0, 1]], ['b,"c"', [0, 1]]]); // prettier-ignore
    expect(record.pipelines[0].metrics[0]).to.include({ metric: 'knn5@t0.1', kind: 'accuracy', n: 2 });
    expect(record.pipelines[0].metrics[0].mean).to.be.closeTo(85, 1e-9);
    expect(record.differences[0]).to.include({ name: 'b,"c"', from: 'a', mean: 0, p: 1, adjustedP: 1 });
    const lines = (await readFile(join(folder, 'comparison.csv'), 'utf8')).split('\n');
    expect(lines).to.include('"b,""c""",1,trained,knn5@t0.1,test,accuracy,0.8,1,,,');
    const markdown = await readFile(join(folder, 'comparison.md'), 'utf8');
    expect(markdown).to.match(/^\| {2}\| knn5@t0\.1 test \| seeds \| seconds \| collapse \|\n\| --- \| --: \|/m);
    expect(markdown).to.contain('a ± b: mean and standard deviation');
    const latex = await readFile(join(folder, 'comparison.tex'), 'utf8');
    expect(latex).to.contain('a & 85.0 $\\pm$ 7.1 & 2 & 1 &  \\\\\n');
    await rm(folder, { recursive: true });
  });
});

interface Comparison {
  readonly pipelines: readonly { name: string; seeds: number[]; metrics: { metric: string; mean: number }[] }[];
  readonly differences: readonly Record<string, unknown>[];
}
