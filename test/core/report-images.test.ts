import { seededStreams, singularValues } from '@carl-ssl/core';
import { principalComponents, PrototypeUseCounter, umapOf } from '@carl-ssl/core/testing';
import { expect } from 'chai';

/** Rows [N, D] of independent normal values with the given deviation of each column. */
function normalRows(count: number, deviations: readonly number[], mean = 0) {
  const random = seededStreams(3).at('rows');
  const data = Float32Array.from({ length: count * deviations.length }, (_, i) => mean + deviations[i % deviations.length] * random.normal()); // prettier-ignore
  return { data, count, dim: deviations.length };
}

describe('maps of features', () => {
  it('have principal components with the variances of the singular values', () => {
    const rows = normalRows(80, [3, 2, 1, 1, 0.5], 10);
    const means = [0, 1, 2, 3, 4].map(d => rows.data.filter((_, i) => i % 5 === d).reduce((a, b) => a + b, 0) / 80);
    const centred = Float64Array.from(rows.data, (value, i) => value - means[i % 5]);
    const squares = [...singularValues({ data: centred, rows: 80, columns: 5 })].map(value => value ** 2);
    const total = squares.reduce((a, b) => a + b, 0);
    const { plane, explained } = principalComponents(rows);
    expect(explained[0]).to.be.closeTo(squares[0] / total, 1e-6);
    expect(explained[1]).to.be.closeTo(squares[1] / total, 1e-6);
    const positions = plane.map(([x]) => x);
    expect(
      Math.abs(
        correlation(
          positions,
          [...rows.data].filter((_, i) => i % 5 === 0),
        ),
      ),
    ).to.be.above(0.98);
    expect(Math.abs(correlation(positions, plane.map(([, y]) => y)))).to.be.below(1e-3); // prettier-ignore
    expect(Math.min(...plane.flat())).to.be.at.least(0);
    expect(Math.max(...plane.flat())).to.be.at.most(1);
  });

  it('put equal rows at one place', () => {
    const { plane, explained } = principalComponents({ data: new Float32Array(12).fill(2), count: 6, dim: 2 });
    expect([plane, explained]).to.deep.equal([Array(6).fill([0.5, 0.5]), [0, 0]]);
  });

  it('are the same for the same rows, and UMAP keeps groups apart', async () => {
    const { data, dim } = normalRows(60, [1, 1, 1, 1]);
    const rows = { data: data.map((value, i) => value + (Math.floor(i / dim) % 2) * 30), count: 60, dim };
    const [first, again] = [await umapOf(rows), await umapOf(rows)];
    expect(first).to.deep.equal(again);
    expect(principalComponents(rows)).to.deep.equal(principalComponents(rows));
    const distance = (i: number, j: number) => Math.hypot(first[i][0] - first[j][0], first[i][1] - first[j][1]);
    const nearest = first.map((_, i) => [...first.keys()].filter(j => j !== i).reduce((a, b) => (distance(i, a) < distance(i, b) ? a : b))); // prettier-ignore
    expect(nearest.every((j, i) => j % 2 === i % 2)).to.equal(true);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb));
}

describe('use of prototypes', () => {
  // Four images, one set of three prototypes.
  const assignments = Float32Array.of(0.8, 0.1, 0.1, 0.6, 0.2, 0.2, 1, 0, 0, 0.1, 0.9, 0);
  const vectors = { data: Float32Array.of(1, 0, 2, 0.01, 0, 5), dim: 2 };

  it('has share, purity, entropy and top images of each prototype, largest first', () => {
    const counter = new PrototypeUseCounter([3]);
    counter.add(assignments.subarray(0, 6));
    counter.add(assignments.subarray(6));
    const use = counter.result(7, { labels: [1, 2, 1, 0], vectors });
    const { prototypes, ...totals } = use;
    expect(totals).to.deep.include({ step: 7, images: 4, count: 3, sets: 1, used: 2, purity: 0.75, duplicates: 2 });
    const entropies = [0.8, 0.1, 0.1].map(p => -p * Math.log(p)).reduce((a, b) => a + b);
    expect(prototypes[0]).to.deep.include({
      index: 0,
      images: 3,
      share: 0.75,
      label: 1,
      purity: 2 / 3,
      top: [2, 0, 1],
    });
    expect(prototypes[0].entropy).to.be.within(entropies / 3 / Math.log(3), 1);
    expect(prototypes[0].nearest!.index).to.equal(1);
    expect(prototypes[0].nearest!.cosine).to.be.closeTo(1, 1e-4);
    expect(prototypes[1]).to.deep.include({ index: 1, images: 1, share: 0.25, label: 0, purity: 1, top: [3] });
    const mean = [0.625, 0.3, 0.075];
    expect(totals.perplexity).to.be.closeTo(Math.exp(-mean.reduce((sum, p) => sum + p * Math.log(p), 0)), 1e-6);
  });

  it('is counted in each set apart, and compares prototypes of one set only', () => {
    const counter = new PrototypeUseCounter([2, 2]);
    counter.add(Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.5, 0.5));
    const same = { data: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1), dim: 2 };
    const { used, duplicates, prototypes, uncertainty } = counter.result(1, { vectors: same });
    expect([used, duplicates]).to.deep.equal([3, 0]);
    expect(prototypes.map(({ index, images }) => [index, images])).to.deep.equal([[0, 2], [2, 1], [3, 1]]); // prettier-ignore
    expect(prototypes[0].nearest).to.deep.equal({ index: 1, cosine: 0 });
    expect(uncertainty).to.be.within(0, 1);
    expect(prototypes.every(one => !('purity' in one))).to.equal(true);
  });
});
