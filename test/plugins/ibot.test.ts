import { type Finding, type MaskedPatches, type Objective, seededStreams } from '@carl-ssl/core';
import dino from '@carl-ssl/dino';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, noise, number, rows, workbench } from './objective-support.js';

const bench = workbench(dino);
const objective = (options: object = {}): Objective => bench.make('objective', { use: 'ibot', ...options });
const GRID = [6, 8] as const;
const drawn = (options: object, images: number, position = 0): number[][] => {
  const random = seededStreams(3).at('mask', position);
  const marks = objective(options).mask!({ images, grid: GRID }, { ...contextAt(), random });
  return Array.from({ length: images }, (_, i) => [...marks.subarray(i * 48, (i + 1) * 48)]);
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const softmaxOf = (logits: readonly number[]): number[] => {
  const shares = logits.map(Math.exp);
  return shares.map(share => share / shares.reduce((sum, one) => sum + one, 0));
};
/** A mask, the places of its marks, and pixels that iBOT does not read. */
const marked = (marks: number[], shape: [number, number, number]): Omit<MaskedPatches, 'output' | 'target'> => ({
  pixels: tf.zeros([count(marks), 4]),
  mask: tf.tensor3d(marks, shape, 'int32'),
  places: tf.tensor1d(
    [...marks.keys()].filter(i => marks[i] !== 0),
    'int32',
  ),
});
const count = (marks: readonly number[]): number => marks.reduce((sum, mark) => sum + mark, 0);

describe('the masks of iBOT', () => {
  for (const maskShape of ['blocks', 'random'])
    it(`hide a share within the range, in the given share of the images (${maskShape})`, () => {
      const counts = Array.from({ length: 20 }, (_, i) => drawn({ maskShape }, 10, i).map(count));
      expect(counts.every(images => images.filter(hidden => hidden > 0).length === 5)).to.equal(true);
      const hidden = counts.flat().filter(one => one > 0);
      expect(Math.min(...hidden)).to.be.within(5, 8);
      expect(Math.max(...hidden)).to.be.within(21, 24);
      const mean = hidden.reduce((sum, one) => sum + one, 0) / hidden.length / 48;
      expect(mean).to.be.closeTo(0.3, 0.04);
    });

  it('are another set of images every time, and the same from the same stream', () => {
    const images = [0, 1].map(position => drawn({}, 12, position).map(marks => count(marks) > 0));
    expect(images[0]).to.not.deep.equal(images[1]);
    expect(drawn({}, 12, 1)).to.deep.equal(drawn({}, 12, 1));
  });

  it('hide neighbours together where they are blocks', () => {
    const pairs = (maskShape: string): number => {
      const images = drawn({ maskShape, maskRatio: [0.3, 0.3], maskedImages: 1 }, 40);
      return images.reduce(
        (sum, marks) => sum + marks.filter((mark, i) => mark && i % 8 < 7 && marks[i + 1]).length,
        0,
      );
    };
    expect(pairs('blocks')).to.be.greaterThan(1.5 * pairs('random'));
  });

  it('hide a patch even where the shares round to none', () => {
    expect(
      drawn({ maskRatio: [0.001, 0.001], maskedImages: 0.001 }, 7)
        .map(count)
        .sort(),
    ).to.deep.equal([0, 0, 0, 0, 0, 0, 1]);
  });
});

describe('the loss of iBOT', () => {
  onCpuInScope();

  const options = { studentTemperature: 0.1, teacherTemperature: 0.04 };

  it('is the mean over images of the mean cross-entropy of their masked patches, whatever the views are', () => {
    const [output, target] = [noise('view', 5, 4), noise('teacher', 5, 4)];
    const center = tf.reshape(noise('centre', 1, 4), [4]);
    const others = { ...inputsOf([noise('a', 2, 4)]), targets: [noise('b', 2, 4)] };
    const inputs = { ...others, codes: [tf.softmax(noise('c', 2, 4))], tensors: { center } };
    const { loss, nextState } = objective(options).compute(
      { ...inputs, masked: { output, target, ...marked([1, 0, 0, 1, 1, 1, 0, 1], [2, 2, 2]) } },
      contextAt(),
    );
    const [middle] = rows(tf.reshape(center, [1, 4]));
    const entropies = rows(output).map((scores, i) => {
      const wanted = softmaxOf(rows(target)[i].map((score, k) => (score - middle[k]) / options.teacherTemperature));
      const given = softmaxOf(scores.map(score => score / options.studentTemperature));
      return -wanted.reduce((sum, p, k) => sum + p * Math.log(given[k]), 0);
    });
    const [two, three] = [entropies.slice(0, 2), entropies.slice(2)].map(mean);
    expect(number(loss)).to.be.closeTo((two + three) / 2, 1e-4);
    const moved = [0, 1, 2, 3].map(k => 0.9 * middle[k] + 0.1 * mean(rows(target).map(row => row[k])));
    [...nextState!.center.dataSync()].forEach((value, k) => expect(value).to.be.closeTo(moved[k], 1e-6));
  });

  it('has the trivial values of the images that have patches hidden', () => {
    const values = objective({ maskedImages: 0.25 }).trivial({ batchSize: 8, views: 2, width: 16 }, contextAt());
    expect(values.map(({ loss }) => loss)).to.deep.equal([0.25 * Math.log(16), 0]);
  });

  it('refuses another number of tokens than of masked patches', () => {
    const masked = { output: noise('view', 5, 4), target: noise('teacher', 5, 4), ...marked([1, 1, 1, 1], [1, 1, 4]) };
    const inputs = { ...inputsOf([]), tensors: { center: tf.zeros([4]) }, masked };
    expect(() => objective().compute(inputs, contextAt())).to.throw('5 masked tokens for 4 masked patches');
  });
});

describe('what iBOT says of a pipeline', () => {
  const codes = (options: object, uses: Record<string, string>): string[] =>
    bench
      .advice('objective', { use: 'ibot', studentTemperature: 0.1, teacherTemperature: 0.04, ...options }, { uses })
      .map(({ code }: Finding) => code);

  it('is nothing for prototypes that are learned', () => {
    expect(codes({}, { assigner: 'softmax' })).to.deep.equal([]);
  });

  it('is that assigners of images cannot assign patches', () => {
    for (const assigner of ['instances', 'queue', 'spherical-kmeans'])
      expect(codes({}, { assigner })).to.deep.equal(['IBOT_ASSIGNER']);
  });

  it('is that the range is upside down', () => {
    expect(codes({ maskRatio: [0.5, 0.1] }, { assigner: 'softmax' })).to.deep.equal(['IBOT_MASK_RANGE']);
  });

  it('is that nothing would be masked', () => {
    for (const options of [{ maskedImages: 0 }, { maskRatio: [0, 0] }])
      expect(codes(options, { assigner: 'softmax' })).to.deep.equal(['IBOT_MASKS_NOTHING']);
    expect(codes({ maskRatio: [0, 0.5] }, { assigner: 'softmax' })).to.deep.equal([]);
  });

  it('is that the encoder must hide patches', () => {
    expect(bench.requires({ use: 'ibot' })).to.deep.equal(['assignments', 'teacher', 'masked-tokens']);
  });
});
