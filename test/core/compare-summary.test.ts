import { summaryTable } from '@carl-ssl/core/testing';
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

  it('says what its columns and the sign ± stand for', () => {
    const text = summaryTable([variant('a', [0.5, 0.6])]);
    expect(text).to.match(/^knn5@t0\.1 +vote of 5$/m);
    expect(text).to.match(/^a ± b +mean and standard deviation \(n - 1\) over seeds; accuracies in percent$/m);
    expect(summaryTable([variant('a', [0.5])])).to.not.contain('±');
  });
});
