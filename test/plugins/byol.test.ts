import { type Facts, normalizeRows, type Objective } from '@carl-ssl/core';
import { expect } from 'chai';
import byol from '@carl-ssl/byol';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, noise, number, rows, workbench } from './objective-support.js';

const bench = workbench(byol);
const objective = (use: string): Objective => bench.make('objective', { use });
const some = (name: string, count: number): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, 6, 5));

/** Mean cosine of rows. */
function cosine(a: Tensor2D, b: Tensor2D): number {
  const [x, y] = [a, b].map(one => rows(normalizeRows(one)));
  return x.reduce((sum, row, i) => sum + row.reduce((dot, value, d) => dot + value * y[i][d], 0), 0) / x.length;
}

describe('objectives that predict a target', () => {
  onCpuInScope();

  it('byol sums over all pairs of a teacher and another view, negative-cosine averages', () => {
    const [views, teachers] = [some('view', 4), some('teacher', 2)];
    const cosines = teachers.flatMap((target, i) =>
      views.flatMap((view, j) => (i === j ? [] : [cosine(view, target)])),
    );
    const total = cosines.reduce((sum, value) => sum + value, 0);
    const loss = (use: string) =>
      number(objective(use).compute(inputsOf(views, { targets: teachers }), contextAt()).loss);
    expect(cosines).to.have.length(6);
    expect(loss('byol')).to.be.closeTo(2 * (6 - total), 1e-5);
    expect(loss('negative-cosine')).to.be.closeTo(-total / 6, 1e-6);
  });

  it('requires what it cannot work without', () => {
    expect(bench.requires({ use: 'byol' })).to.deep.equal(['teacher', 'predictor']);
    expect(bench.requires({ use: 'negative-cosine' })).to.deep.equal(['predictor']);
  });

  it('warns of heads without batch norm and of small batches', () => {
    const plain = { use: 'mlp-head', layers: [{ units: 8, norm: null }] };
    const normed = {
      use: 'mlp-head',
      layers: [
        { units: 8, norm: 'batch-plain' },
        { units: 8, norm: null },
      ],
    };
    const codes = (facts: Partial<Facts>) =>
      bench.advice('objective', { use: 'byol' }, facts).map(({ severity, code }) => `${severity} ${code}`);
    expect(codes({ components: { head: plain, predictor: plain } })).to.deep.equal([
      'warning PREDICTION_WITHOUT_BATCH_NORM',
    ]);
    expect(codes({ components: { head: normed, predictor: plain } })).to.deep.equal([]);
    expect(codes({ components: { head: { use: 'dino-head' } } })).to.deep.equal([]);
    expect(codes({ batchSize: 16 })).to.deep.equal(['warning PREDICTION_BATCH_SMALL']);
    const local = { kind: 'local' as const, height: 8, width: 8 };
    expect(codes({ views: [local, local] })).to.deep.equal(['error OBJECTIVE_NEEDS_GLOBAL_VIEW']);
  });
});
