import { type Optimizer, seededStreams, type StepContext, type Teacher } from '@carl-ssl/core';
import {
  createModel,
  disposeModel,
  disposeOutcome,
  type Model,
  type Network,
  shapeOf,
  singleProcess,
  trainStep,
} from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { workbench } from '../plugins/objective-support.js';
import { onCpuInScope } from '../cpu-scope.js';
import { device } from '../device-plugins.js';

const bench = workbench(...device);
const [IMAGES, SIDE, RATE, STEPS] = [4, 6, 0.1, 4];
const PROTOTYPES = 'head.last_layer.weight_v';

function networkOf({ teacher, head }: { readonly teacher: object; readonly head?: object }): Network {
  return {
    encoder: bench.make('encoder', { use: 'vit', imageSize: SIDE, patchSize: 3, layers: 1, heads: 1, dim: 4 }),
    head: bench.make('head', { use: 'dino-head', hiddenDim: 5, bottleneckDim: 4, prototypes: 6, ...head }),
    assigner: bench.make('assigner', { use: 'softmax', temperature: 0.1 }),
    objective: bench.make('objective', { use: 'dino' }),
    objectiveTakesAssignments: true,
    teacher: bench.make<Teacher>('teacher', { use: 'moving-average', ...teacher }),
    optimizer: bench.make<Optimizer>('optimizer', { use: 'sgd', learningRate: RATE, momentum: 0, weightDecay: 0 }),
    collective: singleProcess,
  };
}

function contextAt(step: number): StepContext {
  const random = seededStreams(5).at('step', step);
  const place = { step, steps: STEPS, epoch: 0, stepsPerEpoch: STEPS, random };
  return { ...place, collective: singleProcess, note: () => undefined };
}

type Values = Readonly<Record<string, readonly number[]>>;

const valuesOf = async (store: Model['student']): Promise<Values> =>
  Object.fromEntries(Object.entries(await store.save()).map(([name, { data }]) => [name, Array.from(data)]));

/** Weights of student and teacher before the first step and after each step. */
async function course(network: Network): Promise<{ readonly student: Values; readonly teacher: Values }[]> {
  const views = [0, 1].map(() => ({ kind: 'global', height: SIDE, width: SIDE }) as const);
  const model = createModel(network, shapeOf(network, [SIDE, SIDE, 1], { views, batchSize: IMAGES }), seededStreams(2));
  const now = async () => ({ student: await valuesOf(model.student), teacher: await valuesOf(model.teacher!) });
  const values = [await now()];
  for (let step = 0; step < STEPS; step++) {
    const batch = () => ({
      views: [0, 1].map(view => tf.randomNormal([IMAGES, SIDE, SIDE, 1], 0, 1, 'float32', 7 * step + view) as Tensor4D),
      globalViews: 2,
      forward: 'joint' as const,
    });
    const context = contextAt(step);
    disposeOutcome(trainStep(network, model, { batches: [batch], context, learningRate: RATE, clipNorm: 1 }));
    values.push(await now());
  }
  disposeModel(model);
  return values;
}

/** Largest difference of the teacher from m teacher + (1 - m) student, with the student of that many steps later. */
function distance(values: readonly { student: Values; teacher: Values }[], momentum: number, later: number): number {
  const differences = values.slice(1).flatMap(({ teacher }, step) =>
    Object.keys(teacher).flatMap(name =>
      teacher[name].map((value, i) => {
        const [before, online] = [values[step].teacher[name][i], values[step + later].student[name][i]];
        return Math.abs(value - (momentum * before + (1 - momentum) * online));
      }),
    ),
  );
  return Math.max(...differences);
}

describe('the teacher in a training step', () => {
  onCpuInScope();

  it("is updated with the student's new weights", async () => {
    const values = await course(networkOf({ teacher: { momentum: 0.5 } }));
    expect(distance(values, 0.5, 1)).to.be.below(1e-6);
    expect(distance(values, 0.5, 0)).to.be.above(1e-3);
  });

  it('is updated with the weights from before the optimizer step if the option says so', async () => {
    const values = await course(networkOf({ teacher: { momentum: 0.5, update: 'before-step' } }));
    expect(distance(values, 0.5, 0)).to.be.below(1e-6);
    expect(distance(values, 0.5, 1)).to.be.above(1e-3);
    expect(values[1].teacher).to.deep.equal(values[0].teacher);
    expect(values[2].teacher).to.not.deep.equal(values[1].teacher);
  });

  it('sees no dropped branches, which are for the student only', async () => {
    const passes: boolean[] = [];
    const network = networkOf({ teacher: { momentum: 0.5 } });
    const encoder: Network['encoder'] = {
      ...network.encoder,
      forward: (images, pass) => {
        passes.push(pass.random !== undefined);
        return network.encoder.forward(images, pass);
      },
    };
    await course({ ...network, encoder });
    expect(passes.slice(0, 2)).to.deep.equal([false, true]);
    expect(new Set(passes.filter((_, i) => i % 2 === 0))).to.deep.equal(new Set([false]));
  });
});

describe('a head with frozen prototypes', () => {
  onCpuInScope();

  it('keeps them for the given number of steps, while the other layers learn', async () => {
    const values = await course(networkOf({ teacher: { momentum: 0.5 }, head: { frozenSteps: 2 } }));
    const moved = (name: string): boolean[] =>
      values.slice(1).map(({ student }, step) => student[name].join() !== values[step].student[name].join());
    expect(moved(PROTOTYPES)).to.deep.equal([false, false, true, true]);
    expect(moved('head.layers.0.weight')).to.deep.equal([true, true, true, true]);
  });
});
