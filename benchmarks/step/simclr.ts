import { seededStreams, slots } from '@carl-ssl/core';
import { catalogueOf, componentsOf, createRoot } from '@carl-ssl/core/host';
import {
  benchOf,
  createModel,
  disposeOutcome,
  type Network,
  shapeOf,
  singleProcess,
  trainStep,
} from '@carl-ssl/core/testing';
import augment from '@carl-ssl/augment';
import contrastive from '@carl-ssl/contrastive';
import heads from '@carl-ssl/heads';
import optim from '@carl-ssl/optim';
import resnet from '@carl-ssl/resnet';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** The problem's size; `channels` are the images', `width` the first stage's. */
export interface Size {
  readonly width: number;
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly precision?: 'float32' | 'bf16';
}

const plugins = [augment, contrastive, heads, optim, resnet];
const streams = seededStreams(0);
const LEARNING_RATE = 0.03;

/**
 * The training step of a run, as `carl train` takes it: SimCLR on a ResNet-18 with the stem for small images, on two views
 * that stay the same. Gives the loss.
 */
export function simclrStep({ width, batch, size, channels, precision = 'float32' }: Size): () => number {
  const network = networkOf(width);
  const view = { kind: 'global' as const, height: size, width: size };
  const shape = shapeOf(network, [size, size, channels], { views: [view, view], batchSize: batch });
  const model = createModel(network, shape, streams);
  const views = [1, 2].map(seed => tf.randomUniform<tf.Rank.R4>([batch, size, size, channels], 0, 1, 'float32', seed));
  let step = 0;
  return () => {
    const context = { step, steps: 1e6, epoch: 0, stepsPerEpoch: 1e6, random: streams.at('step', step) };
    step++;
    const outcome = trainStep(network, model, {
      batches: [() => ({ views: copies(views), globalViews: 2, forward: 'separate' })],
      context: { ...context, collective: singleProcess, note: () => undefined },
      learningRate: LEARNING_RATE,
      clipNorm: null,
      precision,
    });
    const [loss] = outcome.numbers.dataSync();
    disposeOutcome(outcome);
    return loss;
  };
}

/** A step frees what it is given. */
const copies = (views: readonly Tensor4D[]): Tensor4D[] => views.map(view => tf.clone(view));

function networkOf(width: number): Network {
  const catalogue = catalogueOf(plugins);
  const { make } = benchOf(catalogue, componentsOf(createRoot(catalogue)));
  const hidden = { units: 512, bias: false, norm: 'batch', activation: 'relu' };
  return {
    encoder: make(slots.encoder, { use: 'resnet', depth: 18, width, stem: 'cifar' })!,
    head: make(slots.head, { use: 'mlp-head', layers: [hidden, { units: 128, bias: false, norm: 'batch' }] })!,
    objective: make(slots.objective, { use: 'nt-xent', temperature: 0.2 })!,
    objectiveTakesAssignments: false,
    optimizer: make(slots.optimizer, { use: 'sgd', momentum: 0.9, weightDecay: 5e-4 })!,
    collective: singleProcess,
  };
}
