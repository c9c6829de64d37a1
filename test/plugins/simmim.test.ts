import { type Facts, type MaskedPatches, type Objective, seededStreams } from '@carl-ssl/core';
import simmim from '@carl-ssl/simmim';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, noise, number, rows, workbench } from './objective-support.js';

const bench = workbench(simmim);
const objective = (options = {}): Objective => bench.make('objective', { use: 'simmim', ...options });
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Marks of each image. */
function drawn(options: object, grid: readonly [number, number], images = 4): number[][] {
  const context = { ...contextAt(), random: seededStreams(3).at('mask') };
  const marks = objective(options).mask!({ images, grid }, context);
  return Array.from({ length: images }, (_, i) => [...marks.subarray(i * grid[0] * grid[1], (i + 1) * grid[0] * grid[1])]); // prettier-ignore
}

describe('the masks of SimMIM', () => {
  it('are squares of patches, as many in every image as the ratio rounded up', () => {
    const images = drawn({ maskRatio: 0.6, maskSize: 2 }, [6, 4]);
    for (const marks of images) {
      const square = (at: number) => marks[(Math.floor(at / 2) * 4 + (at % 2)) * 2];
      const corners = [0, 1, 2, 3, 4, 5].map(square);
      expect(corners.filter(Boolean)).to.have.length(4);
      marks.forEach((mark, i) =>
        expect(mark).to.equal(square(2 * Math.floor(i / 8) + Math.floor((i % 4) / 2)), `${i}`),
      );
    }
    expect(new Set(images.map(String)).size).to.be.above(1);
  });

  it('have smaller squares at the borders of a grid that is no multiple', () => {
    const counts = drawn({ maskRatio: 0.2, maskSize: 2 }, [3, 3], 60).map(marks => marks.filter(Boolean).length);
    expect([...new Set(counts)].sort()).to.deep.equal([1, 2, 4]);
  });
});

describe('the loss of SimMIM', () => {
  onCpuInScope();

  const masked = (marks: number[], width = 3): MaskedPatches => {
    const places = [...marks.keys()].filter(i => marks[i] !== 0);
    return {
      output: noise('predicted', places.length, width),
      pixels: noise('pixels', places.length, width),
      mask: tf.tensor3d(marks, [2, 2, 2], 'int32'),
      places: tf.tensor1d(places, 'int32'),
    };
  };

  it('is the mean over images of the mean absolute error of their masked pixels', () => {
    const given = masked([1, 0, 0, 1, 1, 1, 0, 1]);
    const errors = rows(tf.abs(tf.sub(given.output, given.pixels))).map(mean);
    const { loss } = objective().compute({ ...inputsOf([]), masked: given }, contextAt());
    expect(number(loss)).to.be.closeTo((mean(errors.slice(0, 2)) + mean(errors.slice(2))) / 2, 1e-6);
  });

  it('notes the loss of predicting the mean patch, which a constant prediction reaches', () => {
    const given = masked([1, 1, 0, 0, 0, 0, 1, 1]);
    const constant = { ...given, output: tf.tile(tf.mean<tf.Tensor2D>(given.pixels, 0, true), [4, 1]) };
    const notes: Record<string, number> = {};
    const context = { ...contextAt(), note: (name: string, value: tf.Scalar) => void (notes[name] = number(value)) };
    const { loss } = objective().compute({ ...inputsOf([]), masked: constant }, context);
    expect(notes.meanPatchLoss).to.be.above(0.1);
    expect(number(loss)).to.be.closeTo(notes.meanPatchLoss, 1e-6);
  });

  it('refuses predictions of another size than a patch', () => {
    const wrong = { ...masked([1, 0, 0, 0, 1, 0, 0, 0]), output: noise('wide', 2, 4) };
    const compute = (inputs: object) => () => objective().compute({ ...inputsOf([]), ...inputs }, contextAt());
    expect(compute({ masked: wrong })).to.throw('Its last layer must have 3 units');
    expect(compute({})).to.throw('no embeddings of masked patches');
  });
});

describe('the checks of SimMIM', () => {
  const codes = (options: object, facts: Partial<Facts> = {}): string[] => {
    const components = { encoder: { use: 'vit', patchSize: 2 } };
    const found = bench.advice('objective', { use: 'simmim', ...options }, { components, ...facts });
    return found.map(({ severity, code, path }) => `${severity} ${code} ${path}`.trim());
  };

  it('find a head of another width, unused parts and masks without a rest', () => {
    expect(codes({})).to.deep.equal([]);
    expect(codes({}, { embeddingDim: 18 })).to.deep.equal(['error SIMMIM_HEAD_WIDTH']);
    expect(codes({}, { components: { encoder: { use: 'other' } }, embeddingDim: 18 })).to.deep.equal([]);
    expect(codes({ maskSize: 4 })).to.deep.equal(['error SIMMIM_MASKS_EVERYTHING maskSize']);
    const uses = { objective: 'simmim', teacher: 'moving-average' };
    expect(codes({}, { uses })).to.deep.equal(['warning SIMMIM_UNUSED']);
    const sum = { uses: { objective: 'weighted-sum' }, provided: new Set(['assignments']) };
    expect(codes({}, sum)).to.deep.equal(['error SIMMIM_WITH_ASSIGNER']);
  });
});
