import type { Assigner, DataSize } from '../contracts/assigner.js';
import type { ViewSpec } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import type { Encoder } from '../contracts/encoder.js';
import type { Head } from '../contracts/head.js';
import type { Objective, ObjectiveSize } from '../contracts/objective.js';
import type { Optimizer } from '../contracts/optimizer.js';
import type { Teacher } from '../contracts/teacher.js';
import type { Probe } from './probe.js';

/** The parts of a method, without any tensor. */
export interface Network {
  readonly encoder: Encoder;
  readonly head?: Head;
  readonly predictor?: Head;
  readonly assigner?: Assigner;
  readonly objective: Objective;
  /** True if the objective takes logits, false if it takes embeddings or predictions. */
  readonly objectiveTakesAssignments: boolean;
  readonly teacher?: Teacher;
  readonly optimizer: Optimizer;
  readonly collective: Collective;
  /** The online probe; only while the data are open. */
  readonly probe?: Probe;
}

/** Sizes of a network for given images. */
export interface NetworkShape {
  /** An image of the first view: [height, width, channels]. */
  readonly image: readonly [number, number, number];
  readonly views: readonly ViewSpec[];
  /** Images of the global batch, over all workers. */
  readonly batchSize: number;
  /** Undefined while the data are not open. */
  readonly data?: DataSize;
  readonly featureDim: number;
  readonly embeddingDim: number;
  /** K, if there is an assigner. */
  readonly prototypeCount?: number;
}

/** Computes the sizes of all parts from the size of the images. */
export function shapeOf(
  network: Network,
  image: readonly [number, number, number],
  batch: { readonly views: readonly ViewSpec[]; readonly batchSize: number },
): NetworkShape {
  const { featureDim } = network.encoder;
  const embeddingDim = network.head?.outputDim(featureDim) ?? featureDim;
  const prototypeCount = network.assigner?.prototypeCount(embeddingDim, batch.batchSize);
  return { image, ...batch, featureDim, embeddingDim, prototypeCount };
}

/** Sizes for the objective's state and trivial values. */
export function objectiveSize(
  { objectiveTakesAssignments }: Network,
  { batchSize, views, embeddingDim, prototypeCount }: NetworkShape,
): ObjectiveSize {
  const width = objectiveTakesAssignments ? (prototypeCount ?? embeddingDim) : embeddingDim;
  return { batchSize, views: views.length, width, embeddingDim, prototypes: prototypeCount };
}
