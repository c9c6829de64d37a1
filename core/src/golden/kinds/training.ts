import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { HostArray } from '../../contracts/metric.js';
import type { Schedule } from '../../contracts/schedule.js';
import type { DiskTensors } from '../../tensor/weight-layout.js';
import { createModel, disposeModel, type Model } from '../../train/model.js';
import { shapeOf, type Network } from '../../train/network.js';
import { disposeOutcome, trainStep } from '../../train/step.js';
import { below, contextAt, stream, tensorOf, type RunKind } from '../bench.js';
import type { GoldenCase } from '../case.js';
import type { Outputs } from '../compare.js';
import type { NestedOptions } from '../../contracts/components.js';

/** Description of a training in a case of this kind. */
interface TrainingOptions {
  readonly batch: number;
  readonly imageSize: number;
  readonly views: number;
  readonly forward: 'joint' | 'separate';
  readonly encoder: NestedOptions;
  readonly head: NestedOptions;
  readonly predictor?: NestedOptions;
  readonly prototypes?: number;
  readonly normalizeEmbeddings?: boolean;
  readonly normalizePrototypes?: boolean;
  readonly freezePrototypesSteps?: number;
  readonly objective: NestedOptions;
  readonly optimizer: NestedOptions;
  readonly schedule: NestedOptions;
  readonly momentumSchedule?: NestedOptions;
}

/** Runs complete training steps on given views. */
export const training: RunKind = async (golden, bench) => {
  const options = golden.options as unknown as TrainingOptions;
  const wired = bench.wire(pipelineKeys(options));
  if (!wired) return undefined;
  const { network, schedule } = wired;
  const side = options.imageSize;
  const views = Array.from({ length: options.views }, () => ({ kind: 'global' as const, height: side, width: side }));
  const channels = golden.inputs['images.0.0'].shape[3];
  const model = createModel(
    network,
    shapeOf(network, [side, side, channels], { views, batchSize: options.batch }),
    stream,
  );
  load(model, below('weights', golden.inputs));
  const losses = await runSteps(golden, { network, model, schedule });
  const outputs = {
    losses: { shape: [losses.length], data: Float32Array.from(losses) },
    ...(await finalWeights(model)),
  };
  disposeModel(model);
  return outputs;
};

/** The keys of a pipeline with the case's components. */
function pipelineKeys(o: TrainingOptions): Readonly<Record<string, NestedOptions>> {
  return {
    encoder: o.encoder,
    head: o.head,
    ...(o.predictor && { predictor: o.predictor }),
    ...(o.prototypes !== undefined && { assigner: prototypesOptions(o) }),
    objective: o.objective,
    ...(o.momentumSchedule && { teacher: teacherOptions(o.momentumSchedule) }),
    optimizer: o.optimizer,
    schedule: o.schedule,
  };
}

function prototypesOptions(o: TrainingOptions): NestedOptions {
  return {
    use: 'prototypes',
    count: o.prototypes,
    temperature: 1,
    normalizeEmbeddings: o.normalizeEmbeddings ?? false,
    normalizePrototypes: o.normalizePrototypes ? 'step' : 'never',
    frozenSteps: o.freezePrototypesSteps ?? 0,
  };
}

/** Options of a moving average whose momentum follows the cosine schedule of the case. */
function teacherOptions({ startValue, endValue, convention }: NestedOptions): NestedOptions {
  return { use: 'moving-average', momentum: startValue, endMomentum: endValue, convention };
}

function load(model: Model, weights: Readonly<Record<string, HostArray>>): void {
  model.student.load(weights as DiskTensors, 'the case');
  model.teacher?.load(weights as DiskTensors, 'the case');
}

async function runSteps(
  golden: GoldenCase,
  parts: { network: Network; model: Model; schedule: Schedule },
): Promise<number[]> {
  const { views, forward, schedule } = golden.options as unknown as TrainingOptions;
  const steps = Number(schedule.steps);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const names = Array.from({ length: views }, (_, view) => `images.${String(step)}.${String(view)}`);
    const batch = () => ({
      views: names.map(name => tensorOf(golden.inputs[name]) as Tensor4D),
      globalViews: views,
      forward,
    });
    const outcome = trainStep(parts.network, parts.model, {
      batches: [batch],
      context: contextAt(step, steps),
      learningRate: parts.schedule.value(step),
      clipNorm: null,
    });
    losses.push((await outcome.numbers.data())[0]);
    disposeOutcome(outcome);
  }
  return losses;
}

async function finalWeights(model: Model): Promise<Outputs> {
  const all = Object.entries(await model.student.save()).map(([name, value]) => [`final.${name}`, value] as const);
  const target = model.teacher
    ? Object.entries(await model.teacher.save()).map(([name, value]) => [`final.target.${name}`, value] as const)
    : [];
  return Object.fromEntries([...all, ...target]);
}
