import { type Objective } from '@carl-ssl/core';
import lejepa from '@carl-ssl/lejepa';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, noise, number, rows, workbench } from './objective-support.js';

const bench = workbench(lejepa);
const objective = (options = {}): Objective => bench.make('objective', { use: 'lejepa', ...options });
const sigregOf = (view: Tensor2D, options = {}) =>
  number(objective({ slices: 16, ...options }).compute(inputsOf([view, view]), contextAt()).parts.sigreg);

describe('lejepa', () => {
  onCpuInScope();

  it('predicts the mean of the global views, also from local views', () => {
    const views = [0, 1, 2, 3].map(i => noise(`view ${i}`, 6, 3));
    const inputs = inputsOf(views, { globalViews: 2 });
    const all = views.map(rows);
    const squares = all.flatMap(view =>
      view.flatMap((row, n) => row.map((value, d) => (value - (all[0][n][d] + all[1][n][d]) / 2) ** 2)),
    );
    const { parts } = objective({ slices: 4 }).compute(inputs, contextAt());
    expect(number(parts.prediction)).to.be.closeTo(squares.reduce((sum, one) => sum + one, 0) / squares.length, 1e-5);
  });

  it('finds embeddings that are no isotropic Gaussian', () => {
    const gaussian = noise('gaussian', 400, 4);
    const found = sigregOf(gaussian);
    // Expected over Gaussian samples: the integral of (1 - exp(-t^2)) exp(-t^2 / 2) over [-3, 3].
    expect(found).to.be.within(0.3, 2.5);
    const others = {
      narrow: tf.mul<Tensor2D>(gaussian, 0.5),
      shifted: tf.add<Tensor2D>(gaussian, 0.5),
      flat: tf.mul<Tensor2D>(gaussian, tf.tensor1d([1, 1, 1, 0])),
      signs: tf.sign<Tensor2D>(gaussian),
    };
    for (const [name, view] of Object.entries(others)) expect(sigregOf(view), name).to.be.above(2 * found);
  });

  it('draws other directions at every step', () => {
    const view = noise('view', 8, 3);
    const at = (step: number) =>
      number(objective({ slices: 2 }).compute(inputsOf([view, view]), contextAt(step)).parts.sigreg);
    expect(at(1)).to.equal(at(1));
    expect(at(1)).not.to.equal(at(2));
  });

  it('warns of settings that collapse or learn noise', () => {
    const codes = (options: object, facts = {}) =>
      bench.advice('objective', { use: 'lejepa', ...options }, facts).map(({ code, path }) => `${code} ${path}`.trim());
    expect(codes({})).to.deep.equal([]);
    expect(codes({ lambda: 0 })).to.deep.equal(['LEJEPA_NO_SIGREG lambda']);
    expect(codes({ lambda: 1 }, { uses: { objective: 'lejepa' } })).to.deep.equal(['LEJEPA_NO_PREDICTION lambda']);
    expect(codes({ lambda: 1 }, { uses: { objective: 'weighted-sum' } })).to.deep.equal([]);
    expect(codes({}, { uses: { teacher: 'moving-average' } })).to.deep.equal(['LEJEPA_TEACHER_UNUSED']);
    expect(codes({}, { views: [{ kind: 'global', height: 8, width: 8 }] })).to.deep.equal(['OBJECTIVE_NEEDS_VIEWS']);
  });
});
