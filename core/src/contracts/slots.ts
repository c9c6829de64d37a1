import type { ServiceIdentifier } from 'inversify';
import { Assigner } from './assigner.js';
import { Augmentation } from './augmentation.js';
import { Augmenter } from './augmenter.js';
import { Backend } from './backend.js';
import { Collective } from './collective.js';
import { Dataset, Reader } from './dataset.js';
import { Encoder } from './encoder.js';
import { Evaluator } from './evaluator.js';
import { Head } from './head.js';
import { Metric } from './metric.js';
import { Objective } from './objective.js';
import { Observer } from './observer.js';
import { Optimizer } from './optimizer.js';
import { Schedule } from './schedule.js';
import { Teacher } from './teacher.js';

/** A place in a pipeline that a component fills. */
export interface Slot<T> {
  readonly name: SlotName;
  readonly token: ServiceIdentifier<T>;
  /** One sentence for the reference and for editors. */
  readonly description: string;
}

export type SlotName =
  | 'dataset'
  | 'reader'
  | 'augmenter'
  | 'augmentation'
  | 'encoder'
  | 'head'
  | 'assigner'
  | 'objective'
  | 'teacher'
  | 'optimizer'
  | 'schedule'
  | 'evaluator'
  | 'metric'
  | 'observer'
  | 'backend'
  | 'collective';

const slot = <T>(name: SlotName, token: ServiceIdentifier<T>, description: string): Slot<T> => ({
  name,
  token,
  description,
});

/** All slots, by the name components are defined for. */
export const slots = {
  dataset: slot(`dataset`, Dataset, 'Images and their splits.'),
  reader: slot(`reader`, Reader, 'Files of one format, read into one set of images.'),
  augmenter: slot(`augmenter`, Augmenter, 'Makes the views of an image.'),
  augmentation: slot(`augmentation`, Augmentation, 'One operation on an image.'),
  encoder: slot(`encoder`, Encoder, 'Maps views to features.'),
  head: slot(`head`, Head, 'Maps features to embeddings (projector), or embeddings to predictions (predictor).'),
  assigner: slot(`assigner`, Assigner, 'Assigns embeddings to prototypes.'),
  objective: slot(`objective`, Objective, 'The loss over the views.'),
  teacher: slot(`teacher`, Teacher, 'A second network that follows the first one and gives targets.'),
  optimizer: slot(`optimizer`, Optimizer, 'Turns gradients into updates.'),
  schedule: slot(`schedule`, Schedule, 'A number that changes over training.'),
  evaluator: slot(
    `evaluator`,
    Evaluator,
    'Evaluates a trained encoder, by its frozen features or by a protocol such as fine-tuning.',
  ),
  metric: slot(`metric`, Metric, 'A figure computed from arrays.'),
  observer: slot(`observer`, Observer, 'Receives the events of a run: steps, warnings, checkpoints, results.'),
  backend: slot(`backend`, Backend, 'Computes.'),
  collective: slot(`collective`, Collective, 'The workers that share one batch.'),
} as const;
