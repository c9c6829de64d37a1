import { type Facts, type Objective, type PatchOutputs } from '@carl-ssl/core';
import vicregl from '@carl-ssl/vicregl';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, noise, number, workbench } from './objective-support.js';

const bench = workbench(vicregl);
const objective = (options = {}): Objective => bench.make('objective', { use: 'vicregl', ...options });
const IMAGES = 4;

describe('vicregl', () => {
  onCpuInScope();

  const views = () => [noise('a', IMAGES, 3), noise('b', IMAGES, 3)];
  const cells = (name: string, count: number, width: number): Tensor3D =>
    tf.reshape<tf.Rank.R3>(noise(name, IMAGES * count, width), [IMAGES, count, width]);
  const local = (patches: PatchOutputs, options = {}): number => {
    const only = { varianceWeight: 0, covarianceWeight: 0, invarianceWeight: 1, ...options };
    return number(objective(only).compute({ ...inputsOf(views()), patches }, contextAt()).parts.local);
  };
  /** The patches of a view in reverse order, and what belongs to them. */
  const reversed = (one: Tensor3D): Tensor3D => tf.reverse(one, 1);

  it('matches patches at the same place, whatever their order', () => {
    const [embeddings, positions] = [cells('patches', 6, 3), cells('positions', 6, 2)];
    const moved = { outputs: [embeddings, reversed(embeddings)], positions: [positions, reversed(positions)] };
    expect(local(moved, { matches: 6 })).to.be.closeTo(0, 1e-6);
    // In the image, each patch now has another one as its nearest; its embedding is still there.
    const apart = { ...moved, positions: [positions, positions] };
    expect(local(apart, { matches: 6 })).to.be.above(0.1);
  });

  it('takes the nearest patches only', () => {
    // Patches 1 and 3 are at the place of patch 0 of the other view; all others are far from it.
    const line = (values: number[]): Tensor3D => tf.tile(tf.tensor3d(values.flatMap(x => [x, 0]), [1, 4, 2]), [IMAGES, 1, 1]); // prettier-ignore
    const positions = [line([50, 1, 60, 2]), line([1, 100, 200, 300])];
    const [a, b] = [tf.ones<tf.Rank.R3>([IMAGES, 4, 3]), tf.ones<tf.Rank.R3>([IMAGES, 4, 3])];
    const far = tf.tensor3d([0, 9, 9, 9], [1, 4, 1]);
    const changed = tf.add<Tensor3D>(b, far);
    // From the first view, two matches with the same embedding; from the second, places 0 and 1, of which 1 differs by 9.
    const onlyPositions = local({ outputs: [a, changed], positions }, { matches: 2, featureMatches: 1 });
    expect(onlyPositions).to.be.closeTo((0 + 81 / 2) / 2, 1e-4);
  });

  it('is the sum of the global and the local loss, weighted by alpha', () => {
    const patches = { outputs: [cells('c', 4, 3), cells('d', 4, 3)], positions: [cells('e', 4, 2), cells('f', 4, 2)] };
    const parts = (alpha: number) => {
      const { loss, parts } = objective({ alpha }).compute({ ...inputsOf(views()), patches }, contextAt());
      return { loss: number(loss), global: number(parts.global), local: number(parts.local) };
    };
    for (const alpha of [0, 0.3, 1]) {
      const { loss, global, local: own } = parts(alpha);
      expect(loss).to.be.closeTo(alpha * global + (1 - alpha) * own, 1e-4);
    }
    expect(() => objective().compute(inputsOf(views()), contextAt())).to.throw('no patches');
  });

  it('checks views, weights and unused parts', () => {
    const codes = (options: object, facts: Partial<Facts> = {}) =>
      bench
        .advice('objective', { use: 'vicregl', ...options }, facts)
        .map(({ severity, code, path }) => `${severity} ${code} ${path}`.trim());
    expect(codes({})).to.deep.equal([]);
    expect(codes({ alpha: 1 })).to.deep.equal(['warning VICREGL_GLOBAL_ONLY alpha']);
    expect(codes({ varianceWeight: 1 })).to.deep.equal(['warning VICREGL_VARIANCE_LOW varianceWeight']);
    const one = { views: [{ kind: 'global', height: 8, width: 8 }] } as const;
    expect(codes({}, one)).to.deep.equal(['error VICREGL_NEEDS_GLOBAL_VIEWS']);
    const uses = { objective: 'vicregl', teacher: 'moving-average' };
    expect(codes({}, { uses })).to.deep.equal(['warning VICREGL_TEACHER_UNUSED']);
  });
});
