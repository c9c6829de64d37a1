/** Use of the embedding space and of the prototypes, measured on one batch. */
export interface Health {
  /**
   * Standard deviation of unit-length features over the batch, averaged over dimensions, times sqrt(D): 0 if all are
   * equal, about 1 if they cover the sphere.
   */
  readonly featureSpread: number;
  /** Effective rank of the features, 1 to `rankLimit`. */
  readonly rankMe: number;
  /** Largest possible value of `rankMe`: the smaller of D and the number of measured rows. */
  readonly rankLimit: number;
  readonly prototypes?: PrototypeHealth;
}

export interface PrototypeHealth {
  readonly count: number;
  /** Largest possible number of used prototypes: the smaller of K and the number of images. */
  readonly reachable: number;
  /** Number of prototypes that have the largest logit for at least one image of the batch. */
  readonly used: number;
  /** exp of the entropy of the mean assignment: the effective number of prototypes in use, 1 to K. */
  readonly perplexity: number;
  /** Mean entropy of an image's assignment, divided by ln K: 0 if every assignment is one-hot, 1 if all are uniform. */
  readonly uncertainty: number;
  /** Number of prototypes with a cosine above 0.99 to another one; undefined if prototypes are not weights or too many to compare. */
  readonly duplicates?: number;
}
