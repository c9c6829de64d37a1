import type { Cost } from '../contracts/cost.js';
import type { SplitName } from '../contracts/dataset.js';
import type { Weighted } from '../contracts/weights.js';
import { discardNote } from '../contracts/note.js';
import { objectiveSize } from '../train/network.js';
import { stepsPerEpoch } from '../train/trainer.js';
import type { Experiment } from './experiment.js';
import type { OpenDataset } from './open-dataset.js';
import { Streams } from '../contracts/random.js';
import { forwardCost, PASSES, stepBytes } from './memory-parts.js';

/** Size and cost of a training, computed before it starts. */
export interface Plan {
  readonly components: readonly PlannedComponent[];
  readonly stages: readonly Stage[];
  readonly parameters: number;
  readonly images: PlannedImages;
  /** Datasets under `transfer`. */
  readonly transfer: readonly PlannedTransfer[];
  /** Classes and their images by split; undefined for images without labels. */
  readonly classes?: readonly PlannedClass[];
  /** Number of classes, if images may have several labels. */
  readonly multiLabelClasses?: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Floating point operations of one step: forward and backward over all views. */
  readonly flopsPerStep: number;
  /** Bytes of weights, gradients, optimizer buffers, queues, and activations kept for the backward pass of one batch. */
  readonly bytes: number;
  /** Loss values of degenerate solutions. */
  readonly trivial: readonly { readonly name: string; readonly loss: number }[];
}

type PlannedImages = Readonly<Record<SplitName, number>>;

/** A dataset under `transfer` with its evaluators. */
interface PlannedTransfer {
  readonly name: string;
  readonly images: PlannedImages;
  /** Undefined without labels. */
  readonly classes?: number;
  readonly evaluators: readonly string[];
}

/** A class and the number of its images. */
interface PlannedClass extends Readonly<Record<SplitName, number>> {
  readonly name: string;
}

interface PlannedComponent {
  readonly key: string;
  readonly use: string;
  readonly parameters?: number;
}

/** Output of one stage of the network, with the batch dimension. */
interface Stage {
  readonly name: string;
  readonly shape: readonly number[];
  readonly multiplyAdds: number;
}

/** Multiply and add. */
const FLOPS = 2;
const SPLITS: readonly SplitName[] = ['train', 'validation', 'test'];

export async function planOf(experiment: Experiment): Promise<Plan> {
  const { network, shape, pipeline, train } = experiment;
  const perEpoch = stepsPerEpoch(train.length, pipeline.trainer);
  const stages = stagesOf(experiment);
  const counts = parameterCounts(experiment);
  const parameters = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { multiplyAdds } = forwardCost(experiment);
  const classes = await classesOf(experiment);
  const context = {
    step: 0,
    steps: perEpoch * pipeline.trainer.epochs,
    epoch: 0,
    stepsPerEpoch: perEpoch,
    random: experiment.services.get(Streams).at('plan'),
    collective: network.collective,
    note: discardNote,
  };
  return {
    components: componentsOf(experiment, counts),
    stages,
    parameters,
    images: imagesOf(experiment),
    transfer: transferOf(experiment),
    ...(classes && { classes }),
    ...(experiment.train.multiLabels && {
      multiLabelClasses: experiment.train.multiLabels.length / experiment.train.length,
    }),
    steps: context.steps,
    stepsPerEpoch: perEpoch,
    flopsPerStep: multiplyAdds * FLOPS * PASSES * pipeline.trainer.accumulate,
    bytes: stepBytes(experiment),
    trivial: network.objective.trivial(objectiveSize(network, shape), context),
  };
}

function imagesOf({ train, held }: OpenDataset): PlannedImages {
  return { train: train.length, validation: held.validation?.length ?? 0, test: held.test?.length ?? 0 };
}

function transferOf({ transfer, pipeline }: Experiment): readonly PlannedTransfer[] {
  return transfer.map(one => ({
    name: one.name,
    images: imagesOf(one),
    ...classCountOf(one),
    evaluators: pipeline.transfer![one.name].evaluate.map(({ use }) => use),
  }));
}

function classCountOf({ dataset: { classCount }, train }: OpenDataset): Pick<PlannedTransfer, 'classes'> {
  const classes = train.multiLabels ? train.multiLabels.length / train.length : classCount;
  return classes === undefined ? {} : { classes };
}

/** Counts the images of each class. */
async function classesOf({ dataset, train }: Experiment): Promise<readonly PlannedClass[] | undefined> {
  if (!train.labels) return undefined;
  const counts: Partial<Record<SplitName, ReadonlyMap<number, number>>> = {};
  for (const split of SPLITS) counts[split] = countsOf((await dataset.split(split))?.labels ?? new Int32Array(0));
  const labels = new Set(Object.values(counts).flatMap(count => [...count.keys(), ...(train.classes?.keys() ?? [])]));
  const of = (split: SplitName, label: number): number => counts[split]?.get(label) ?? 0;
  return [...labels]
    .sort((a, b) => a - b)
    .map(label => ({
      name: train.classes?.[label] ?? String(label),
      train: of('train', label),
      validation: of('validation', label),
      test: of('test', label),
    }));
}

function countsOf(labels: Int32Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function stagesOf({ network, shape, train }: Experiment): Stage[] {
  const { batchSize: batch, views, image, embeddingDim, prototypeCount } = shape;
  const [height, width, channels] = image;
  const stage = (name: string, { shape: sides, multiplyAdds }: Pick<Cost, 'shape' | 'multiplyAdds'>): Stage => ({
    name,
    shape: [batch, ...sides],
    multiplyAdds: batch * multiplyAdds,
  });
  const size = train.size ? [...train.size, train.channels] : [0, 0, train.channels];
  return [
    stage('images', { shape: size, multiplyAdds: 0 }),
    ...views.map((view, i) =>
      stage(`view ${String(i)} (${view.kind})`, { shape: [view.height, view.width, channels], multiplyAdds: 0 }),
    ),
    ...network.encoder.cost([height, width, channels]).map(cost => stage(`encoder ${cost.stage}`, cost)),
    ...(network.head?.cost(shape.featureDim) ?? []).map(cost => stage(`head ${cost.stage}`, cost)),
    ...(network.predictor?.cost(embeddingDim) ?? []).map(cost => stage(`predictor ${cost.stage}`, cost)),
    ...(prototypeCount === undefined
      ? []
      : [stage('assigner', { shape: [prototypeCount], multiplyAdds: prototypeCount * embeddingDim })]),
  ];
}

function parameterCounts({ network, shape }: Experiment): Record<string, number> {
  const counts: Record<string, number> = { encoder: trainable(network.encoder, shape.image) };
  if (network.head) counts.head = trainable(network.head, [shape.featureDim]);
  if (network.predictor) counts.predictor = trainable(network.predictor, [shape.embeddingDim]);
  if (network.assigner) counts.assigner = trainable(network.assigner, [shape.embeddingDim]);
  return counts;
}

function trainable(module: Weighted, input: readonly number[]): number {
  const specs = module.weights(input).filter(spec => spec.trainable);
  return specs.reduce((sum, spec) => sum + spec.shape.reduce((product, side) => product * side, 1), 0);
}

/** Components at the top of the pipeline; those in lists stand under the key of the list. */
function componentsOf({ loaded }: Experiment, counts: Readonly<Record<string, number>>): PlannedComponent[] {
  const isTop = (path: readonly unknown[]) =>
    path.length === 1 || (path.length === 2 && !Number.isNaN(Number(path[1])));
  return loaded.components
    .filter(({ path }) => isTop(path))
    .map(({ path, use }) => {
      const key = String(path[0]);
      return { key, use, ...(path.length === 1 && key in counts && { parameters: counts[key] }) };
    });
}
