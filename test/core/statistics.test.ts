import { seededStreams } from '@carl-ssl/core';
import { holm, meanInterval, pairedDifference, signFlip } from '@carl-ssl/core/testing';
import { expect } from 'chai';

/** Standard normal values. */
function normals(count: number, seed: number): readonly number[] {
  const random = seededStreams(seed).at('statistics');
  return Array.from({ length: count }, () => random.normal());
}

describe('statistics of comparisons', () => {
  for (const seeds of [2, 3, 5, 10]) {
    it(`has intervals that contain the expectation in 95% of comparisons of ${seeds} seeds`, () => {
      const trials = 4000;
      const values = normals(trials * seeds, seeds);
      let covered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const { lower, upper } = meanInterval(values.slice(trial * seeds, (trial + 1) * seeds), 0.95);
        if (lower <= 0 && upper >= 0) covered++;
      }
      // Three standard errors of a share of 0.95 over 4000 trials are 0.0103.
      expect(covered / trials).to.be.within(0.9397, 0.9603);
    });
  }

  it('finds a difference that is not there in 5% of comparisons', () => {
    const trials = 4000;
    const values = normals(trials * 10, 7);
    const p = Array.from({ length: trials }, (_, trial) => {
      const [a, b] = [values.slice(trial * 10, trial * 10 + 5), values.slice(trial * 10 + 5, trial * 10 + 10)];
      return pairedDifference(a, b, 0.95).p;
    });
    expect(p.filter(one => one < 0.05).length / trials).to.be.within(0.0397, 0.0603);
    expect(p.filter(one => one < 0.5).length / trials).to.be.within(0.476, 0.524);
  });

  it('never calls equal values different', () => {
    expect(pairedDifference([0.5, 0.6], [0.5, 0.6], 0.95)).to.include({ mean: 0, lower: 0, upper: 0, p: 1 });
    expect(signFlip([0, 0, 0])).to.equal(1);
  });

  it('takes p from the signs if all differences are equal but for rounding', () => {
    expect(pairedDifference([0.55, 0.65], [0.5, 0.6], 0.95)).to.include({ deviation: 0, p: 0.5 });
    expect(pairedDifference([0.55, 0.65, 0.75, 0.85], [0.5, 0.6, 0.7, 0.8], 0.95).p).to.equal(0.125);
    expect(signFlip([0.05, 0.05, 0.05, 0.05])).to.equal(0.125);
  });

  it('has no interval for one seed', () => {
    expect(meanInterval([3], 0.95)).to.deep.equal({ n: 1, mean: 3, deviation: 0, lower: -Infinity, upper: Infinity });
    expect(pairedDifference([3], [1], 0.95).p).to.equal(1);
  });

  it('tries all signs of up to 20 differences', () => {
    expect(signFlip([1, 1, 1])).to.equal(0.25);
    expect(signFlip(new Array<number>(21).fill(1))).to.equal(undefined);
  });

  it('corrects p by the number of tests that are left', () => {
    expect(holm([0.01, 0.04, 0.03])).to.deep.equal([0.03, 0.06, 0.06]);
    expect(holm([])).to.deep.equal([]);
  });
});
