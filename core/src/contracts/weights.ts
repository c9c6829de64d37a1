import type { Tensor } from '@tensorflow/tfjs-core';
import type { Collective } from './collective.js';
import type { Note } from './note.js';
import type { Random } from './random.js';

/** Initial values of a weight; `shape` is the shape in memory. */
export type Initializer = (random: Random, shape: readonly number[]) => Float32Array;

/** One weight of a module, with its name and layout on disk (torchvision's for modules that torchvision has). */
export interface WeightSpec {
  readonly name: string;
  /** Shape in memory: convolutions [height, width, in, out], linear layers [out, in]. */
  readonly shape: readonly number[];
  readonly initialize: Initializer;
  /** False for running statistics and fixed weights: no gradient, no optimizer, no weight decay. */
  readonly trainable: boolean;
  /** `conv`: stored on disk as [out, in, height, width]; `plain`: as in memory. */
  readonly layout: 'conv' | 'plain';
}

/**
 * One forward pass of a module: provides its weights and takes its new running statistics. Modules hold no tensors, so
 * the same module serves the student, the momentum teacher and every worker.
 */
export interface Pass {
  /** Batch statistics if true, running statistics if false. */
  readonly training: boolean;
  readonly collective: Collective;
  /** Stream for random choices such as dropped branches, in the student only; the same on all workers, see `drawnRows`. */
  readonly random?: Random;
  /** B, the number of images of this worker, if an input has rows for several views of them; undefined for one view. */
  readonly images?: number;
  /** The weight of that name, borrowed; a value recorded by {@link update} in this step shadows the stored one. */
  weight<T extends Tensor = Tensor>(name: string): T;
  /** Records the new value of a weight that is not trainable; stored after the step. */
  update(name: string, value: Tensor): void;
  /** Reports a scalar of this step. */
  readonly note: Note;
}

/** A part of a network with weights. */
export interface Weighted {
  /** All weights for input of the given shape, in a fixed order. */
  weights(input: readonly number[]): readonly WeightSpec[];
}
