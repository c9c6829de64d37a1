import * as tf from '@tensorflow/tfjs-core';
import type { HostMatrix } from '@carl-ssl/core';
import { stepByStep } from '../stepwise.js';
import { backendCrossEntropy, upload, withOnes, type BackendSamples } from './backend-cross-entropy.js';
import type { Labelled } from './k-nearest.js';
import { presentClasses, type PresentClasses } from './present-classes.js';
import { fit, penaltyOf, type CrossEntropy, type Regression } from './softmax-regression.js';
import { scalingOf, standardize, type Scaling } from './standardize.js';

/**
 * Multinomial logistic regression on frozen features, standardised with the statistics of the training rows, computed in
 * float32 on the active backend. Holds the training rows twice there until disposed. Never predicts a class that has no
 * training row.
 */
export class LinearProbe {
  private readonly scaling: Scaling;
  private readonly present: PresentClasses;
  private readonly regression: Omit<Regression, 'penalty'>;
  private readonly samples: BackendSamples;
  private readonly entropy: CrossEntropy;
  private weights: Float64Array;

  constructor({ features, labels }: Labelled) {
    this.scaling = scalingOf(features);
    this.present = presentClasses(labels);
    const classes = this.present.labels.length;
    this.regression = { features: standardize(features, this.scaling), labels: this.present.places, classes };
    this.samples = upload(this.regression.features, this.present.places, classes);
    this.entropy = backendCrossEntropy(this.samples);
    this.weights = new Float64Array(classes * (features.columns + 1));
  }

  /**
   * Fits from the weights of the last fit. C is the inverse strength of the penalty, as in the metric `logistic-regression`.
   * @param between called after every iteration; its error ends the fit
   */
  async fit(C: number, between: () => Promise<void>): Promise<void> {
    const penalty = penaltyOf(C, { classes: this.regression.classes, samples: this.regression.features.rows });
    const fitting = fit({ ...this.regression, penalty }, this.entropy, this.weights);
    this.weights = (await stepByStep(fitting, between)).point;
  }

  /** Labels [M] for features [M, D]. */
  predict(features: HostMatrix): Int32Array {
    const places = tf.tidy(() => {
      const weights = tf.tensor2d(Float32Array.from(this.weights), [this.regression.classes, features.columns + 1]);
      return tf.argMax(tf.matMul(withOnes(standardize(features, this.scaling)), tf.transpose(weights)), 1);
    });
    const labels = Int32Array.from(places.dataSync(), place => this.present.labels[place]);
    places.dispose();
    return labels;
  }

  dispose(): void {
    tf.dispose([this.samples.features, this.samples.transposed, this.samples.targets]);
  }
}
