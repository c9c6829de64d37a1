import type { ViewSpec } from './augmenter.js';
import type { SplitName } from './dataset.js';
import type { NestedOptions } from './components.js';

/** Facts about a pipeline before it runs; undefined where they are not known yet. */
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
  /** The splits that the dataset has. */
  readonly splits?: Partial<Readonly<Record<SplitName, SplitFacts>>>;
  readonly featureDim: number;
  readonly embeddingDim: number;
  /** K, if there is an assigner. */
  readonly prototypeCount?: number;
  /** The temperature by which the assigner divides its scores, see `Component.temperature`. */
  readonly assignerTemperature?: number;
  /** The `use` name in each slot of the pipeline. */
  readonly uses: Readonly<Record<string, string>>;
  /** Capabilities that the components and keys of the pipeline provide. */
  readonly provided?: ReadonlySet<string>;
  /** The component at each of these keys with its options. */
  readonly components?: Readonly<Record<string, NestedOptions>>;
}

/** Facts about a split of the dataset. */
export interface SplitFacts {
  readonly images: number;
  /** Number of different labels; undefined for a split without labels. */
  readonly classes?: number;
  /** Number of classes of a split whose images may have several labels. */
  readonly multiLabelClasses?: number;
}

/** A problem that a component has found in a pipeline. Errors stop the command; warnings are printed. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** SCREAMING_SNAKE, unique: `CARL_WEIGHT_LOW`. */
  readonly code: string;
  /** Path of the option concerned, below the component: `temperature`, or '' for the component itself. */
  readonly path: string;
  readonly message: string;
}

/** A finding that is printed and does not stop the command. */
export function warning(code: string, path: string, message: string): Finding {
  return { severity: 'warning', code, path, message };
}

/** A finding that stops the command. */
export function error(code: string, path: string, message: string): Finding {
  return { severity: 'error', code, path, message };
}
