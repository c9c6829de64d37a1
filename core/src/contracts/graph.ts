/**
 * Size of a dimension: a positive number, or -n for n times the number of images in the batch, B. [-1, 128] is [B, 128], and
 * [-196, 384] is [196 B, 384].
 */
export type Dimension = number;

/** A value that the forward pass computes for every batch. */
export interface GraphValue {
  readonly shape: readonly Dimension[];
  readonly dtype: string;
}

/** Numbers that are the same for every batch: weights and other constants. */
export interface GraphConstant {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A kernel of TensorFlow.js that the forward pass ran. */
export interface GraphNode {
  /** Name of the kernel: `Conv2D`. */
  readonly kernel: string;
  /** Names of values and constants by the kernel's names of its inputs. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly string[];
}

/**
 * The forward pass of a network as a list of kernels in the order in which they run. Images are [B, height, width, channels]
 * and filters [height, width, in, out], as in TensorFlow.js. The node `ExpandBatch` has one input, a constant, and an output of
 * the given shape that repeats it.
 */
export interface Graph {
  /** Name of the images. */
  readonly input: string;
  /** Name of the value of each output, by the output's name: `features`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, GraphValue>>;
  readonly constants: Readonly<Record<string, GraphConstant>>;
  readonly nodes: readonly GraphNode[];
}
