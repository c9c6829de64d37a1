import { rankMe, seededStreams, singularValues } from '@carl-ssl/core';
import { expect } from 'chai';

const random = seededStreams(1).at('matrix');
const normal = (rows: number, columns: number) => ({
  data: Float64Array.from({ length: rows * columns }, () => random.normal()),
  rows,
  columns,
});
/** Rows drawn again and again from a few. */
const repeated = (rows: number, columns: number, different: number) => {
  const { data } = normal(different, columns);
  return { data: Float32Array.from({ length: rows * columns }, (_, i) => data[i % data.length]), rows, columns };
};

describe('singular values', () => {
  it('of a matrix with known ones', () => {
    const [cos, sin] = [Math.cos(1), Math.sin(1)];
    // Rotation times diag(3, 2) and a zero row.
    const data = Float64Array.from([3 * cos, -2 * sin, 3 * sin, 2 * cos, 0, 0]);
    const [first, second] = singularValues({ data, rows: 3, columns: 2 });
    expect(first).to.be.closeTo(3, 1e-14);
    expect(second).to.be.closeTo(2, 1e-14);
    expect([...singularValues({ data: [-4], rows: 1, columns: 1 })]).to.deep.equal([4]);
  });

  it('are those of the transpose, in falling order, and their squares sum to those of the entries', () => {
    for (const [rows, columns] of [
      [1, 9],
      [7, 12],
      [12, 12],
      [40, 6],
    ]) {
      const matrix = normal(rows, columns);
      const turned = matrix.data.map((_, i) => matrix.data[(i % rows) * columns + Math.floor(i / rows)]);
      const values = [...singularValues(matrix)];
      singularValues({ data: turned, rows: columns, columns: rows }).forEach((value, i) =>
        expect(value).to.be.closeTo(values[i], 1e-12),
      );
      expect(values).to.deep.equal([...values].sort((a, b) => b - a));
      const squares = (all: Iterable<number>) => [...all].reduce((sum, value) => sum + value * value, 0);
      expect(squares(values)).to.be.closeTo(squares(matrix.data), 1e-10);
    }
  });

  it('of few different rows: as many as there are, and zeros to rounding', () => {
    for (const [rows, columns] of [
      [2, 64],
      [25, 64],
      [64, 64],
      [128, 96],
      [300, 20],
    ])
      for (const different of [1, 2, 3]) {
        const values = singularValues(repeated(rows, columns, different));
        const expected = Math.min(rows, columns, different);
        expect(values.filter(value => value > 1e-12 * values[0]).length, `${rows} x ${columns}`).to.equal(expected);
      }
  });

  it('stay in range for very small and very large entries, and are NaN where an entry is not finite', () => {
    for (const scale of [1e-300, 1e300]) {
      const { data, ...shape } = normal(6, 9);
      const values = singularValues({ ...shape, data: data.map(value => value * scale) });
      singularValues({ data, ...shape }).forEach((value, i) => expect(values[i] / scale).to.be.closeTo(value, 1e-12));
    }
    expect([...singularValues({ data: [1, Infinity], rows: 1, columns: 2 })]).to.deep.equal([NaN]);
    expect([...singularValues({ data: [0, 0, 0, 0], rows: 2, columns: 2 })]).to.deep.equal([0, 0]);
  });

  it('give an effective rank of 1 for copies of one row, of 0 for zeros, and the number of orthogonal ones', () => {
    expect(rankMe(repeated(25, 64, 1), 1e-7)).to.be.closeTo(1, 1e-4);
    expect(rankMe({ data: new Float32Array(12), rows: 3, columns: 4 }, 1e-7)).to.equal(0);
    const eye = Float32Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 1 : 0));
    expect(rankMe({ data: eye, rows: 5, columns: 5 }, 1e-7)).to.be.closeTo(5, 1e-4);
  });
});
