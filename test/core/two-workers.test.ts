import { type CarlError, type Collective, seededStreams, type StepContext, type HostExchange } from '@carl-ssl/core';
import {
  type Batch,
  createModel,
  disposeModel,
  disposeOutcome,
  inFloat64,
  type Model,
  type Network,
  runWorkers,
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

/** Two workers, and one with the joined batch, run the real training step: forward, backward, average, update. */

interface Options {
  readonly use: string;
  readonly [option: string]: unknown;
}

interface Method {
  readonly encoder?: Options;
  readonly head?: Options;
  readonly predictor?: Options;
  readonly assigner?: Options;
  readonly objective: Options;
  readonly takesAssignments?: boolean;
  readonly teacher?: Options;
  readonly forward?: Batch['forward'];
  /** 1 by default. */
  readonly steps?: number;
}

const [IMAGES, SIDE, RATE] = [8, 6, 0.05];
const tinyResnet = { use: 'resnet', block: 'basic', layers: [1, 1, 1, 1], width: 2, stem: 'small' };
const tinyVit = { use: 'vit', imageSize: SIDE, patchSize: 2, layers: 1, heads: 2, dim: 6, maskToken: true };
const tinyConvnext = { use: 'convnext', depths: [1, 1, 1, 1], dims: [3, 3, 3, 4], patchSize: 1, stochasticDepth: 0.5 };
const projector = {
  use: 'mlp-head',
  layers: [{ units: 6, bias: false, norm: 'batch', activation: 'relu' }, { units: 5 }],
};
const teacher = { use: 'moving-average', momentum: 0.5 };
const assigned = { takesAssignments: true };

const methods: Readonly<Record<string, Method>> = {
  carl: { objective: { use: 'carl' }, assigner: { use: 'prototypes', count: 4 }, ...assigned },
  swav: { objective: { use: 'swav' }, assigner: { use: 'sinkhorn', count: 4 }, ...assigned, forward: 'separate' },
  'swav with a queue': {
    objective: { use: 'swav' },
    assigner: { use: 'sinkhorn', count: 4, queueLength: 12, epsilon: 0.2 },
    encoder: tinyVit,
    ...assigned,
    steps: 4,
  },
  simclr: { objective: { use: 'nt-xent', temperature: 0.2 } },
  byol: { objective: { use: 'byol' }, predictor: projector, teacher },
  vicreg: { objective: { use: 'vicreg' } },
  'w-mse': { objective: { use: 'w-mse', draws: 2 }, encoder: tinyVit, steps: 2 },
  // Queues that start again from their first row within the steps.
  nnclr: { objective: { use: 'nnclr', queueSize: 16 }, encoder: tinyVit, predictor: projector, steps: 3 },
  massl: {
    objective: { use: 'massl', blockSize: 8 },
    assigner: { use: 'queue', size: 16, temperature: 1 },
    encoder: tinyVit,
    teacher,
    ...assigned,
    steps: 3,
  },
  moco: { objective: { use: 'info-nce', queueSize: 24, symmetric: true }, teacher, encoder: tinyConvnext },
  'dino with ibot': {
    objective: {
      use: 'weighted-sum',
      terms: [
        { weight: 1, objective: { use: 'dino', studentTemperature: 0.5 } },
        // A share so small that a worker often has no masked patch.
        { weight: 1, objective: { use: 'ibot', studentTemperature: 0.5, maskedImages: 0.1 } },
      ],
    },
    assigner: { use: 'softmax', temperature: 1 },
    encoder: tinyVit,
    // Without batch norm, which would see the placeholder of a worker without masked patches.
    head: { use: 'dino-head', hiddenDim: 7, bottleneckDim: 5, prototypes: 6 },
    teacher,
    ...assigned,
    steps: 3,
  },
  simmim: {
    objective: { use: 'simmim', maskSize: 1 },
    encoder: tinyVit,
    head: { use: 'mlp-head', layers: [{ units: 4 }] },
  },
  vicregl: {
    objective: { use: 'vicregl', matches: 4 },
    encoder: tinyVit,
    head: { ...projector, patchLayers: [{ units: 4 }] },
  },
  deepcluster: {
    objective: { use: 'deepcluster-v2' },
    assigner: { use: 'spherical-kmeans', clusters: [3, 2] },
    encoder: tinyVit,
    ...assigned,
    steps: 4,
  },
};

function networkOf(method: Method, collective: Collective): Network {
  return {
    encoder: bench.make('encoder', method.encoder ?? tinyResnet),
    head: bench.make('head', method.head ?? projector),
    predictor: method.predictor && bench.make('head', method.predictor),
    assigner: method.assigner && bench.make('assigner', method.assigner),
    objective: bench.make('objective', method.objective),
    objectiveTakesAssignments: method.takesAssignments ?? false,
    teacher: method.teacher && bench.make('teacher', method.teacher),
    // The change of a weight is its gradient times the learning rate.
    optimizer: bench.make('optimizer', { use: 'sgd', learningRate: RATE, momentum: 0, weightDecay: 0 }),
    collective,
  };
}

/** Values of all tensors of a model by name. */
async function valuesOf({ student, teacher: target, assignerState, objectiveState }: Model) {
  const stored = { student: await student.save(), teacher: (await target?.save()) ?? {} };
  const weights = Object.entries(stored).flatMap(([branch, tensors]) =>
    Object.entries(tensors).map(([name, { data }]) => [`${branch} ${name}`, Array.from(data)] as const),
  );
  const buffers = Object.entries({ ...assignerState, ...objectiveState });
  return Object.fromEntries([
    ...weights,
    ...buffers.map(([name, value]) => [name, Array.from(value.dataSync())] as const),
  ]);
}

/** Views whose halves differ: the images of the second worker are darker and have more contrast. */
function viewsOf(step: number, { rank, size }: Collective): Tensor4D[] {
  const share = IMAGES / size;
  return [0, 1].map(view => {
    const random = seededStreams(3).at('view', step, view);
    const all = Float32Array.from({ length: IMAGES * SIDE * SIDE }, (_, i) =>
      i < (IMAGES * SIDE * SIDE) / 2 ? 0.5 * random.normal() + 0.8 : 1.5 * random.normal() - 0.5,
    );
    return tf.slice(tf.tensor4d(all, [IMAGES, SIDE, SIDE, 1]), rank * share, share);
  });
}

const STEPS_PER_EPOCH = 2;

function contextOf(step: number, collective: Collective): StepContext {
  const number = step % STEPS_PER_EPOCH;
  const globalImages = Array.from({ length: IMAGES }, (_, i) => number * IMAGES + ((i * 3 + step) % IMAGES));
  const share = IMAGES / collective.size;
  const images = globalImages.slice(collective.rank * share, (collective.rank + 1) * share);
  return {
    step,
    steps: 6,
    epoch: Math.floor(step / STEPS_PER_EPOCH),
    stepsPerEpoch: STEPS_PER_EPOCH,
    random: seededStreams(5).at('step', step),
    collective,
    batch: { number, images, globalImages },
    note: () => undefined,
  };
}

type Values = Readonly<Record<string, readonly number[]>>;

/** Everything that a worker knows after each step of a fresh model: loss, gradient norm and parts, and all tensors of the model. */
async function trained(method: Method, steps: number, collective: Collective): Promise<Values[]> {
  const network = networkOf(method, collective);
  const views = [0, 1].map(() => ({ kind: 'global', height: SIDE, width: SIDE }) as const);
  const data = { images: STEPS_PER_EPOCH * IMAGES, batches: STEPS_PER_EPOCH };
  const shape = { ...shapeOf(network, [SIDE, SIDE, 1], { views, batchSize: IMAGES }), data };
  const model = createModel(network, shape, seededStreams(2));
  try {
    const values: Values[] = [await valuesOf(model)];
    for (let step = 0; step < steps; step++) {
      const context = contextOf(step, collective);
      const batch = (): Batch => ({
        views: viewsOf(step, collective),
        globalViews: 2,
        forward: method.forward ?? 'joint',
        place: context.batch!,
      });
      const outcome = trainStep(network, model, { batches: [batch], context, learningRate: RATE, clipNorm: null });
      values.push({ 'loss, gradient norm and parts': [...outcome.numbers.dataSync()], ...(await valuesOf(model)) });
      disposeOutcome(outcome);
    }
    return values;
  } finally {
    disposeModel(model);
  }
}

/** Largest difference of what the steps changed, as a share of the largest change of the same tensor or 1e-3 of any other. */
function worst(
  one: readonly Values[],
  other: readonly Values[],
): { readonly name: string; readonly difference: number } {
  const found = one.slice(1).flatMap((after, i) => {
    const change = (values: readonly Values[], name: string): number[] =>
      values[i + 1][name].map((value, j) => value - (values[i][name]?.[j] ?? 0));
    const names = Object.keys(after);
    const largest = (values: readonly number[]): number => Math.max(0, ...values.map(Math.abs));
    const scale = 1e-3 * largest(names.filter(name => name.startsWith('student')).flatMap(name => change(one, name)));
    return names.map(name => {
      const [expected, actual] = [change(one, name), change(other, name)];
      const difference = largest(expected.map((value, j) => value - actual[j])) / Math.max(scale, largest(expected));
      return { name: `step ${i}: ${name}`, difference };
    });
  });
  return found.reduce((most, entry) => (entry.difference > most.difference ? entry : most));
}

describe('two workers with different halves of a batch', () => {
  onCpuInScope();

  for (const [name, method] of Object.entries(methods)) {
    it(`take the training steps of one worker with the joined batch: ${name}`, async () => {
      await inFloat64(async () => {
        const steps = method.steps ?? 1;
        const one = await trained(method, steps, singleProcess);
        const several = await runWorkers(2, collective => trained(method, steps, collective));
        for (const worker of several) {
          const { name: tensor, difference } = worst(one, worker);
          expect(difference, tensor).to.be.lessThan(1e-8);
        }
        expect(Object.keys(several[0][steps])).to.deep.equal(Object.keys(one[steps]));
      });
    });
  }

  it('are refused if a backend ignores the exchange of statistics', async () => {
    const alone = { ...singleProcess, size: 2 };
    const { code, message } = (await trained(methods.simclr, 1, alone).catch((error: unknown) => error)) as CarlError;
    expect(code).to.equal('PLUGIN_CONTRACT');
    expect(message).to.contain('ignores the parameter `exchange`');
  });

  it('differ from it if nothing is exchanged', async () => {
    await inFloat64(async () => {
      const one = await trained(methods.simclr, 1, singleProcess);
      const all: HostExchange['all'] = own => Float32Array.of(...own, ...own) as typeof own;
      const half = await trained(methods.simclr, 1, {
        ...singleProcess,
        size: 2,
        host: { ...singleProcess.host, all },
      });
      expect(worst(one, half).difference).to.be.greaterThan(0.1);
    });
  });
});
