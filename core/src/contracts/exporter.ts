import type { Preparation } from './augmenter.js';
import type { Graph } from './graph.js';
import type { NestedOptions } from './nested-options.js';
import { token } from './token.js';

/** Values of a weight in the layout on disk, which is that of PyTorch: a convolution is [out, in, height, width]. */
export interface ExportedWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type ExportedWeights = Readonly<Record<string, ExportedWeight>>;

/** Changes of the traced forward pass. */
export interface TraceOptions {
  /** Divides features by their length. */
  readonly unitLength?: boolean;
  /** Adds the output `assignments` where the network has prototypes. */
  readonly assignments?: boolean;
}

/** A trained encoder, for exporters. */
export interface TrainedEncoder {
  /** Name for files and titles: letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** `use` and options of the encoder's component. */
  readonly encoder: NestedOptions;
  /** Height, width and channels of the images. */
  readonly image: readonly [height: number, width: number, channels: number];
  /** D. */
  readonly featureDim: number;
  /** Number of prototypes; undefined without prototypes. */
  readonly prototypeCount?: number;
  /** How images are prepared; the traced pass includes the normalisation. Undefined if unknown: images are then normalised already. */
  readonly preparation?: Preparation;
  /** Weights under the names of the encoder. */
  readonly weights: ExportedWeights;
  /** Traces the forward pass from images [B, height, width, channels] in [0, 1] to features. @throws CarlError INPUT_ARGUMENT if it cannot be exported */
  trace(options?: TraceOptions): Promise<Graph>;
}

/** Images [B, height, width, channels] in [0, 1], row by row. */
export interface CheckedImages {
  readonly shape: readonly [number, number, number, number];
  readonly data: Float32Array;
}

/** Files of an exported encoder. */
export interface ExportedFiles {
  /** Contents by name, without folders. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** How the files are loaded, in Markdown without a title. */
  readonly usage: string;
  /** Keyword for the card of the model that names the library: `timm`, `onnx`. */
  readonly library: string;
  /** The weights as they are in the files, under the names of the encoder, if they were rounded. */
  readonly rounded?: ExportedWeights;
}

/** Reads exported files again and computes their features. `weights`: the encoder computes with these. */
export type ExportCheck =
  | { readonly weights: ExportedWeights }
  | {
      readonly program: string;
      readonly features: (images: CheckedImages) => Promise<Float32Array>;
      /** True if the files divide features by their length. */
      readonly unitLength?: true;
    };

/** Writes a trained encoder in the format of other programs. */
export interface Exporter {
  /** @throws CarlError INPUT_ARGUMENT if the encoder has no form in this format */
  export(encoder: TrainedEncoder): Promise<ExportedFiles>;
  /** Called before files are written that will be checked. @throws CarlError INPUT_ARGUMENT if a program that {@link check} needs is not installed */
  checkProgram?(): Promise<void>;
  /** Reads the files in a folder for `--check`. @throws CarlError INPUT_ARGUMENT if the program that it needs is not installed */
  check(encoder: TrainedEncoder, folder: string): Promise<ExportCheck>;
}
export const Exporter = token<Exporter>('Exporter');
