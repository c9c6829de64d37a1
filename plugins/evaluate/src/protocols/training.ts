import {
  slots,
  type Augmenter,
  type Components,
  type NestedOptions,
  type ProtocolInputs,
  type Schedule,
  type StepPosition,
} from '@carl-ssl/core';
import { batchCount, checkChannels } from './batches.js';
import { supervisedImages, type SupervisedImages } from './labelled-images.js';
import type { WorkCounter } from './work-counter.js';

/** A training on labelled images by a protocol. */
export interface ProtocolTraining {
  readonly inputs: ProtocolInputs;
  readonly splits: SupervisedImages;
  /** Makes the training views. */
  readonly augmenter: Augmenter;
  readonly schedule: Schedule;
  readonly optimizer: Parameters<ProtocolInputs['optimizer']>[0];
  readonly epochs: number;
  readonly batchSize: number;
  readonly tick: WorkCounter;
}

/** Components of a protocol's options. */
export type TrainingParts = Pick<ProtocolTraining, 'schedule'> & Partial<Pick<ProtocolTraining, 'augmenter'>>;

export function partsOf(
  { schedule, augmenter }: { readonly schedule: NestedOptions; readonly augmenter?: NestedOptions },
  components: Components,
): TrainingParts {
  return {
    schedule: components.create(slots.schedule, schedule),
    ...(augmenter && { augmenter: components.create(slots.augmenter, augmenter) }),
  };
}

/** What inputs and components give to a training. @throws CarlError INPUT_DATA, INPUT_PIPELINE */
export function trainingOf(
  inputs: ProtocolInputs,
  { schedule, augmenter }: TrainingParts,
): Pick<ProtocolTraining, 'inputs' | 'splits' | 'schedule' | 'augmenter'> {
  const splits = supervisedImages(inputs);
  if (augmenter) checkChannels(augmenter, inputs.train, inputs.encoder.image);
  return { inputs, splits, schedule, augmenter: augmenter ?? inputs.augmenter };
}

/** Learning rate during an epoch, counted from 1, of a training on so many images that starts at `startValue`. */
export function rateOf(
  { schedule, epochs, batchSize }: Pick<ProtocolTraining, 'schedule' | 'epochs' | 'batchSize'>,
  { epoch, images, startValue }: { readonly epoch: number; readonly images: number; readonly startValue: number },
): number {
  const stepsPerEpoch = batchCount(images, batchSize);
  return schedule.value((epoch - 1) * stepsPerEpoch, { steps: epochs * stepsPerEpoch, stepsPerEpoch, startValue });
}

/** Position of a batch, counted from 0 in an epoch that is counted from 1, in a training on so many images. */
export function positionOf(
  { epochs, batchSize }: Pick<ProtocolTraining, 'epochs' | 'batchSize'>,
  { epoch, batch, images }: { readonly epoch: number; readonly batch: number; readonly images: number },
): StepPosition {
  const stepsPerEpoch = batchCount(images, batchSize);
  return { step: (epoch - 1) * stepsPerEpoch + batch, steps: epochs * stepsPerEpoch };
}
