import { normalizeRows, type Objective, type ObjectiveInputs } from '@carl-ssl/core';
import { expect } from 'chai';
import embedding from '@carl-ssl/embedding';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { onCpuInScope } from '../cpu-scope.js';
import {
  contextAt,
  freshState,
  inputsOf,
  lossAndGradients,
  noise,
  number,
  rows,
  workbench,
} from './objective-support.js';

const bench = workbench(embedding);
const objective = (use: string, options = {}): Objective => bench.make('objective', { use, ...options });
const [BATCH, DIM] = [8, 5];
const some = (name: string, count = 2): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, BATCH, DIM));
const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, d) => value - b[d]));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Covariance of columns, divided by `count`. */
function covariance(a: number[][], b: number[][], count: number): number[][] {
  const centred = (all: number[][]) => {
    const means = range(DIM).map(d => mean(all.map(row => row[d])));
    return all.map(row => row.map((value, d) => value - means[d]));
  };
  const [x, y] = [centred(a), centred(b)];
  return range(DIM).map(i => range(DIM).map(j => sum(x.map((row, n) => row[i] * y[n][j])) / count));
}

const offDiagonal = (matrix: number[][]): number =>
  sum(matrix.flatMap((row, i) => row.map((value, j) => (i === j ? 0 : value ** 2))));

describe('objectives on embeddings', () => {
  onCpuInScope();

  const compute = (use: string, options: object, inputs: Partial<ObjectiveInputs> & { outputs: Tensor2D[] }) =>
    objective(use, options).compute(inputsOf(inputs.outputs, inputs), contextAt());

  it('barlow-twins over three views is the mean over all pairs of its definition', () => {
    const views = some('view', 3);
    const all = views.map(rows);
    const parts = [
      [0, 1],
      [0, 2],
      [1, 2],
    ].map(([i, j]) => {
      const [x, y] = [covariance(all[i], all[i], BATCH), covariance(all[j], all[j], BATCH)];
      const cross = covariance(all[i], all[j], BATCH);
      const c = cross.map((row, a) => row.map((value, b) => value / Math.sqrt((x[a][a] + 1e-5) * (y[b][b] + 1e-5))));
      return [sum(c.map((row, a) => (row[a] - 1) ** 2)), offDiagonal(c)];
    });
    const result = compute('barlow-twins', { lambda: 0.1 }, { outputs: views });
    const [invariance, redundancy] = [0, 1].map(part => mean(parts.map(pair => pair[part])));
    expect(number(result.parts.invariance)).to.be.closeTo(invariance, 1e-4);
    expect(number(result.parts.redundancy)).to.be.closeTo(redundancy, 1e-4);
    expect(number(result.loss)).to.be.closeTo(invariance + 0.1 * redundancy, 1e-4);
  });

  it('vicreg over three views keeps the scale of its terms over two', () => {
    const views = some('view', 3).map(view => tf.mul<Tensor2D>(view, 0.5));
    const all = views.map(rows);
    const { parts } = compute('vicreg', {}, { outputs: views });
    const own = all.map(view => covariance(view, view, BATCH - 1));
    const hinge = mean(own.flatMap(c => c.map((row, d) => Math.max(0, 1 - Math.sqrt(row[d] + 1e-4)))));
    const differences = [
      [0, 1],
      [0, 2],
      [1, 2],
    ].map(([i, j]) => mean(all[i].flatMap((row, n) => row.map((value, d) => (value - all[j][n][d]) ** 2))));
    expect(number(parts.variance)).to.be.closeTo(hinge, 1e-5);
    expect(number(parts.covariance)).to.be.closeTo((2 * mean(own.map(offDiagonal))) / DIM, 1e-5);
    expect(number(parts.invariance)).to.be.closeTo(mean(differences), 1e-5);
  });

  it('vicreg lets no gradient through dimensions that are spread enough', () => {
    const views = some('view').map(view => tf.mul<Tensor2D>(view, 10));
    const options = { invarianceWeight: 0, covarianceWeight: 0 };
    const { loss, gradients } = lossAndGradients(views, () => compute('vicreg', options, { outputs: views }).loss);
    expect(loss).to.equal(0);
    gradients.forEach(gradient => expect(gradient.every(value => value === 0)).to.equal(true));
  });

  it('tico remembers where embeddings crowd, and takes its covariance as a constant', () => {
    const tico = objective('tico', { beta: 0.5, rho: 3 });
    const [views, teachers] = [some('view'), some('teacher')];
    let tensors = freshState(tico, { batchSize: BATCH, views: 2, width: DIM });
    let expected = range(DIM).map(() => range(DIM).map(() => 0));
    const a = rows(normalizeRows(views[0]));
    for (let step = 0; step < 3; step++) {
      const { nextState } = tico.compute(inputsOf(views, { targets: teachers, tensors }), contextAt(step));
      expected = expected.map((row, i) => row.map((old, j) => 0.5 * old + 0.5 * mean(a.map(one => one[i] * one[j]))));
      rows(nextState!.covariance as Tensor2D).forEach((row, i) =>
        row.forEach((value, j) => expect(value).to.be.closeTo(expected[i][j], 1e-6)),
      );
      tensors = { ...nextState };
    }
    const b = rows(normalizeRows(teachers[1]));
    const next = expected.map((row, i) => row.map((old, j) => 0.5 * old + 0.5 * mean(a.map(one => one[i] * one[j]))));
    const contrast = mean(a.map(one => sum(one.map((x, i) => sum(one.map((y, j) => x * y * next[i][j]))))));
    const agreement = mean(a.map((one, n) => sum(one.map((value, d) => value * b[n][d]))));
    const { loss } = tico.compute(inputsOf(views, { targets: teachers, tensors }), contextAt());
    expect(number(loss)).to.be.closeTo(1 - agreement + 3 * contrast, 1e-5);
  });

  it('alignment-uniformity follows its definition for other powers', () => {
    const views = some('view');
    const [a, b] = views.map(view => rows(normalizeRows(view)));
    const pairs = range(BATCH).flatMap(i => range(i).map(j => [i, j]));
    const uniformity = (x: number[][]) =>
      Math.log(mean(pairs.map(([i, j]) => Math.exp(-3 * distance(x[i], x[j]) ** 2))));
    const { parts, loss } = compute(
      'alignment-uniformity',
      { t: 3, alpha: 1, uniformityWeight: 0.5 },
      { outputs: views },
    );
    expect(number(parts.alignment)).to.be.closeTo(mean(a.map((row, n) => distance(row, b[n]))), 1e-5);
    expect(number(parts.uniformity)).to.be.closeTo((uniformity(a) + uniformity(b)) / 2, 1e-5);
    expect(number(loss)).to.be.closeTo(number(parts.alignment) + 0.5 * number(parts.uniformity), 1e-5);
  });

  it('koleo is the mean over views of minus the log of the distance to the nearest', () => {
    const views = some('view', 3);
    const nearness = (view: Tensor2D) => {
      const x = rows(normalizeRows(view));
      return mean(
        x.map((row, i) => -Math.log(Math.min(...x.map((other, j) => (i === j ? Infinity : distance(row, other)))))),
      );
    };
    expect(number(compute('koleo', {}, { outputs: views }).loss)).to.be.closeTo(mean(views.map(nearness)), 1e-4);
  });

  it('warns of settings that collapse', () => {
    const codes = (options: { use: string; [option: string]: unknown }, facts = {}) =>
      bench.advice('objective', options, facts).map(({ code, path }) => `${code} ${path}`.trim());
    const uses = ['barlow-twins', 'vicreg', 'tico', 'alignment-uniformity'];
    for (const use of uses) expect(codes({ use })).to.deep.equal([]);
    expect(codes({ use: 'barlow-twins', lambda: 0 })).to.deep.equal(['BARLOW_TWINS_NO_REDUNDANCY lambda']);
    expect(codes({ use: 'barlow-twins' }, { batchSize: 16 })).to.deep.equal(['BARLOW_TWINS_BATCH_SMALL']);
    expect(codes({ use: 'vicreg', varianceWeight: 5 })).to.deep.equal(['VICREG_VARIANCE_LOW varianceWeight']);
    expect(codes({ use: 'vicreg' }, { embeddingDim: 8 })).to.deep.equal(['CORRELATION_NARROW']);
    expect(codes({ use: 'vicreg' }, { uses: {} })).to.deep.equal(['CORRELATION_WITHOUT_PROJECTOR']);
    expect(codes({ use: 'tico', rho: 0 })).to.deep.equal(['TICO_NO_CONTRAST rho']);
    const views = Array.from({ length: 8 }, () => ({ kind: 'global', height: 8, width: 8 }));
    expect(codes({ use: 'tico' }, { views })).to.deep.equal(['TICO_VIEWS_UNUSED']);
    const local = views.map(view => ({ ...view, kind: 'local' })).slice(0, 2);
    expect(codes({ use: 'tico' }, { views: local })).to.deep.equal(['OBJECTIVE_NEEDS_GLOBAL_VIEW']);
    expect(codes({ use: 'alignment-uniformity', uniformityWeight: 0 })).to.deep.equal([
      'UNIFORMITY_OFF uniformityWeight',
    ]);
    expect(codes({ use: 'koleo' }, { uses: { objective: 'koleo' } })).to.deep.equal(['KOLEO_ALONE']);
    expect(codes({ use: 'koleo' }, { uses: { objective: 'weighted-sum' } })).to.deep.equal([]);
  });
});
