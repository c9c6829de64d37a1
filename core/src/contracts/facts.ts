import type { ViewSpec } from './augmenter.js';
import type { NestedOptions } from './components.js';

/** What is known of a pipeline as a whole before it runs. Undefined where it is not known (yet). */
export interface Facts {
  /** Images of the global batch, over all workers. */
  readonly batchSize: number;
  readonly epochs: number;
  readonly views: readonly ViewSpec[];
  /** Channels of the dataset's images. */
  readonly channels?: number;
  /** Height and width of the dataset's images, if all share them. */
  readonly imageSize?: readonly [number, number];
  readonly trainImages?: number;
  readonly stepsPerEpoch?: number;
  readonly steps?: number;
  readonly hasLabels?: boolean;
  readonly featureDim: number;
  readonly embeddingDim: number;
  /** K, if there is an assigner. */
  readonly prototypeCount?: number;
  /** The `use` name in each slot of the pipeline. */
  readonly uses: Readonly<Record<string, string>>;
  /** The component at each of these keys with its options. */
  readonly components?: Readonly<Record<string, NestedOptions>>;
}

/** Something a component has to say about the pipeline. Errors stop it, warnings are printed with their advice. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** SCREAMING_SNAKE, unique: `CARL_WEIGHT_LOW`. */
  readonly code: string;
  /** Path of the option it is about, below the component: `temperature`, or '' for the component itself. */
  readonly path: string;
  readonly message: string;
}
