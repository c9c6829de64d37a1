import {
  type MaskedPatches,
  type Objective,
  type ObjectiveInputs,
  seededStreams,
  type StepContext,
} from '@carl-ssl/core';
import {
  type Batch,
  createModel,
  disposeModel,
  evaluateLoss,
  drawMasking,
  type Model,
  type Network,
  Notes,
  passesOf,
  shapeOf,
  singleProcess,
  runTeacher,
} from '@carl-ssl/core/testing';
import vit from '@carl-ssl/vit';
import heads from '@carl-ssl/heads';
import optim from '@carl-ssl/optim';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { contextAt, workbench } from '../plugins/objective-support.js';
import { onCpuInScope } from '../cpu-scope.js';

const bench = workbench(vit, heads, optim);
const tiny = { use: 'vit', imageSize: 4, patchSize: 2, layers: 1, heads: 2, dim: 6, maskToken: true };

/** Masks the given places and keeps its inputs. */
function spy(places: readonly number[], given: { inputs?: ObjectiveInputs }): Objective {
  return {
    state: () => [],
    trivial: () => [],
    mask: ({ images, grid }) =>
      Int32Array.from({ length: images * grid[0] * grid[1] }, (_, i) => (places.includes(i) ? 1 : 0)),
    compute: inputs => {
      given.inputs = inputs;
      return { loss: tf.sum(inputs.masked?.output ?? inputs.outputs[0]), parts: {} };
    },
  };
}

function networkWith(objective: Objective): Network {
  return {
    encoder: bench.make('encoder', tiny),
    head: bench.make('head', { use: 'mlp-head', layers: [{ units: 5 }] }),
    objective,
    objectiveTakesAssignments: false,
    teacher: bench.make('teacher', { use: 'moving-average', momentum: 0.5 }),
    optimizer: bench.make('optimizer', { use: 'sgd' }),
    collective: singleProcess,
  };
}

/** Three images in two global views and a smaller local one. */
function batchOf(forward: Batch['forward']): Batch {
  const view = (side: number, i: number): Tensor4D => tf.randomUniform([3, side, side, 1], 0, 1, 'float32', 7 + i);
  return { views: [view(4, 0), view(4, 1), view(2, 2)], globalViews: 2, forward };
}

/** Model whose student and teacher differ. */
function modelOf(network: Network): Model {
  const views = [4, 4, 2].map((side, i) => ({ kind: i < 2 ? 'global' : 'local', height: side, width: side }) as const);
  const model = createModel(network, shapeOf(network, [4, 4, 1], { views, batchSize: 3 }), seededStreams(1));
  for (const { variable } of model.student.parameters())
    variable.assign(tf.add(variable, tf.randomNormal(variable.shape, 0, 0.3, 'float32', 5)));
  return model;
}

function run(network: Network, model: Model, batch: Batch, context: StepContext = contextAt()) {
  const step = { batch, context, masking: drawMasking(network, batch, context), notes: new Notes() };
  return evaluateLoss(network, model, { ...step, targets: runTeacher(network, model, step) });
}

const places = [1, 2, 6, 13, 22, 23];

describe('masked patches of the student', () => {
  onCpuInScope();

  for (const forward of ['joint', 'separate'] as const) {
    it(`are masked for the student, visible to the teacher, and the only ones the objective gets (${forward})`, () => {
      const given: { inputs?: ObjectiveInputs } = {};
      const network = networkWith(spy(places, given));
      const model = modelOf(network);
      const batch = batchOf(forward);
      run(network, model, batch);
      const masked = given.inputs!.masked!;
      const globals = tf.concat(batch.views.slice(0, 2));
      const expected = (store: Model['student'], mask?: MaskedPatches['mask']): Tensor2D => {
        const passes = passesOf(store, singleProcess);
        const { patches } = network.encoder.tokens!(globals, passes.encoder, mask);
        const rows = tf.gather(tf.reshape<tf.Rank.R2>(patches, [24, 6]), tf.tensor1d(places, 'int32'));
        return network.head!.forward(rows, passes.head);
      };
      near(masked.output, expected(model.student, masked.mask));
      near(masked.target!, expected(model.teacher!));
      expect(masked.mask.shape).to.deep.equal([6, 2, 2]);
      expect([...masked.places.dataSync()]).to.deep.equal(places);
      expect([...masked.mask.dataSync().keys()].filter(i => masked.mask.dataSync()[i] !== 0)).to.deep.equal(places);
      disposeModel(model);
    });
  }

  it('change the features of masked images, not those of the teacher and of local views', () => {
    const seen: { inputs?: ObjectiveInputs }[] = [{}, {}];
    const [some, plain] = seen.map((given, i) =>
      networkWith(i === 0 ? spy(places, given) : { ...spy([], given), mask: undefined }),
    );
    const model = modelOf(some);
    const batch = batchOf('joint');
    run(some, model, batch);
    run(plain, model, batch);
    const [masked, whole] = seen.map(({ inputs }) => inputs!);
    expect(whole.masked).to.equal(undefined);
    masked.targets.forEach((one, i) => near(one, whole.targets[i]));
    near(masked.outputs[2], whole.outputs[2]);
    const rows = masked.outputs
      .slice(0, 2)
      .flatMap((one, v) => changedRows(one, whole.outputs[v]).map(row => 3 * v + row));
    expect(rows).to.deep.equal([0, 1, 3, 5]);
    disposeModel(model);
  });

  it('come with their pixels, row by row with all channels, also without a teacher', () => {
    const given: { inputs?: ObjectiveInputs } = {};
    const network = { ...networkWith(spy(places, given)), teacher: undefined };
    const views = [0, 1].map(view => tf.reshape<tf.Rank.R4>(tf.range(300 * view, 300 * view + 96), [3, 4, 4, 2]));
    const shape = { views: views.map(() => ({ kind: 'global', height: 4, width: 4 }) as const), batchSize: 3 };
    const model = createModel(network, shapeOf(network, [4, 4, 2], shape), seededStreams(1));
    run(network, model, { views, globalViews: 2, forward: 'joint' });
    const { pixels, target } = given.inputs!.masked!;
    expect(target).to.equal(undefined);
    // Place 13 is the patch at the upper right of the first image of the second view: pixels (0, 2), (0, 3), (1, 2), (1, 3).
    const patch = (place: number): number[] => {
      const [image, row, column] = [Math.floor(place / 4), Math.floor((place % 4) / 2), place % 2];
      const first = (image < 3 ? 32 * image : 300 + 32 * (image - 3)) + 16 * row + 4 * column;
      return [0, 1, 2, 3, 8, 9, 10, 11].map(offset => first + offset);
    };
    expect(patch(13).slice(0, 5)).to.deep.equal([304, 305, 306, 307, 312]);
    expect(pixels.arraySync()).to.deep.equal(places.map(patch));
    disposeModel(model);
  });

  it('train the mask token', () => {
    const network = networkWith(spy(places, {}));
    const model = modelOf(network);
    const batch = batchOf('joint');
    const { variable } = model.student.parameters().find(({ name }) => name === 'encoder.mask_token')!;
    const { grads } = tf.variableGrads(() => run(network, model, batch).loss, [variable]);
    expect(Math.max(...Object.values(grads)[0].dataSync().map(Math.abs))).to.be.greaterThan(0);
    disposeModel(model);
  });

  it('are refused where they cannot be masked', () => {
    const flat = networkWith(spy(places, {}));
    const without = { ...flat, encoder: { ...flat.encoder, tokens: undefined } };
    expect(() => drawMasking(without, batchOf('joint'), contextAt())).to.throw(
      'masks patches, but the encoder has none',
    );
    const loose = { ...flat, encoder: { ...flat.encoder, grid: () => [3, 2] as const } };
    expect(() => drawMasking(loose, batchOf('joint'), contextAt())).to.throw('do not cover them');
    const none = networkWith(spy([], {}));
    expect(() => drawMasking(none, batchOf('joint'), contextAt())).to.throw('masks 0 patches');
    const uneven = batchOf('joint');
    expect(() => drawMasking(flat, { ...uneven, globalViews: 3 }, contextAt())).to.throw(
      'all global views have the same size',
    );
  });
});

function near(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).to.deep.equal(expected.shape);
  const wanted = expected.dataSync();
  actual.dataSync().forEach((value, i) => expect(value).to.be.closeTo(wanted[i], 1e-5));
}

/** Rows that differ. */
function changedRows(a: Tensor2D, b: Tensor2D): number[] {
  const differences = tf.max(tf.abs(tf.sub(a, b)), 1).dataSync();
  return [...differences.keys()].filter(row => differences[row] > 1e-5);
}
