/** Feature that one component provides and another requires. Plugins may define further capabilities, named `x-NAME`. */
export type Capability =
  /** An assigner gives logits over prototypes. */
  | 'assignments'
  /** The assigner gives codes. */
  | 'codes'
  /** The assigner's prototypes are vectors [K, D] that an objective can score embeddings with. */
  | 'prototypes'
  /** The last layer of the head is prototypes: its outputs are scores of them. */
  | 'prototype-scores'
  /** A momentum encoder gives targets. */
  | 'teacher'
  /** A second head predicts targets. */
  | 'predictor'
  /** Every image of the dataset has one label. */
  | 'labels'
  /** The images of the dataset have any number of labels. */
  | 'multi-labels'
  /** The encoder gives a token for every patch. */
  | 'patch-tokens'
  /** The encoder can replace patches by a mask token. */
  | 'masked-tokens'
  /**
   * Statistics over the batch are those of each worker alone, by definition of the method, so that several workers differ
   * from one with the joined batch; the docstring of the component gives the reason.
   */
  | 'per-worker'
  | `x-${string}`;
