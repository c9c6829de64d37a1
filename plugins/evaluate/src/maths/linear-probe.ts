import { tf, type HostMatrix } from '@carl-ssl/core';
import { stepByStep, type Stepwise } from '../stepwise.js';
import { ColumnRegression, withOnes } from './backend-cross-entropy.js';
import type { Labelled } from './k-nearest.js';
import { presentClasses, type PresentClasses } from './present-classes.js';
import { STEP_PRODUCTS } from './row-parts.js';
import { RowSpanRegression } from './row-span-regression.js';
import { formOf, penaltyOf } from './softmax-regression.js';
import { scalingOf, standardize, type Scaling } from './standardize.js';

/** Fits of one regression with several penalties. */
interface Fits {
  /** Weights [K, D + 1], the bias last; starts from the last fit. */
  fit(penalty: number): Stepwise<Float64Array>;
  dispose(): void;
}

/**
 * Multinomial logistic regression on frozen features, standardised with the statistics of the training rows, computed in
 * float32 on the active backend. Holds the training rows there until disposed. Never predicts a class that has no
 * training row.
 */
export class LinearProbe {
  private readonly scaling: Scaling;
  private readonly present: PresentClasses;
  private readonly size: { readonly classes: number; readonly samples: number };
  private readonly fits: Fits;
  private weights: Float64Array;

  /** @param stepProducts multiplications between two calls of `between` in {@link fit}, about */
  constructor({ features, labels }: Labelled, stepProducts = STEP_PRODUCTS) {
    this.scaling = scalingOf(features);
    this.present = presentClasses(labels);
    const { rows, columns } = features;
    const classes = this.present.labels.length;
    this.size = { classes, samples: rows };
    const samples = { features: standardize(features, this.scaling), labels: this.present.places, classes };
    const Form = formOf(rows, columns) === 'row-span' ? RowSpanRegression : ColumnRegression;
    this.fits = new Form(samples, stepProducts);
    this.weights = new Float64Array(classes * (columns + 1));
  }

  /**
   * Fits from the weights of the last fit. C is the inverse strength of the penalty, as in the metric `logistic-regression`.
   * @param between called several times in every iteration; its error ends the fit
   */
  async fit(C: number, between: () => Promise<void>): Promise<void> {
    this.weights = await stepByStep(this.fits.fit(penaltyOf(C, this.size)), between);
  }

  /** Labels [M] for features [M, D]. */
  predict(features: HostMatrix): Int32Array {
    const places = tf.tidy(() => {
      const weights = tf.tensor2d(Float32Array.from(this.weights), [this.size.classes, features.columns + 1]);
      return tf.argMax(tf.matMul(withOnes(standardize(features, this.scaling)), tf.transpose(weights)), 1);
    });
    const labels = Int32Array.from(places.dataSync(), place => this.present.labels[place]);
    places.dispose();
    return labels;
  }

  dispose(): void {
    this.fits.dispose();
  }
}
