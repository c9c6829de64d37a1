import type { ServiceIdentifier } from '#inversify';
import { Assigner } from './assigner.js';
import { Augmentation } from './augmentation.js';
import { Augmenter } from './augmenter.js';
import { Backend } from './backend.js';
import type { Capability } from './capability.js';
import { Collective } from './collective.js';
import { Dataset } from './dataset.js';
import { Encoder } from './encoder.js';
import { Evaluator } from './evaluator.js';
import { Exporter } from './exporter.js';
import { Head, Predictor } from './head.js';
import { Metric } from './metric.js';
import { Objective } from './objective.js';
import { Observer } from './observer.js';
import { Optimizer } from './optimizer.js';
import { Reader } from './reader.js';
import { Schedule } from './schedule.js';
import { Teacher } from './teacher.js';

/** A kind of component: its contract, and the keys of a pipeline that take such a component. */
export interface Slot<T> {
  readonly name: SlotName;
  /** Identifier of the contract in the container. */
  readonly token: ServiceIdentifier<T>;
  /** One sentence for the reference and for editors. */
  readonly description: string;
  /** Top-level keys of a pipeline. Without any, components of the slot appear only in the options of other components. */
  readonly keys?: readonly SlotKey[];
  /** True for slots that no pipeline names; they are not in the reference. */
  readonly internal?: boolean;
  /** Rules of the contract kit, for slots that a plugin defines. */
  readonly rules?: readonly SlotRule<T>[];
}

/** A top-level key of a pipeline. */
export interface SlotKey {
  readonly key: string;
  /** One sentence for editors. */
  readonly description: string;
  /** Identifier in the container, if other than the slot's. */
  readonly token?: ServiceIdentifier;
  /** True if the key takes a list of components, empty by default. */
  readonly many?: boolean;
  /** True if a pipeline may leave the key out. */
  readonly optional?: boolean;
  /** Component of a pipeline that leaves the key out. */
  readonly default?: { readonly use: string };
  /** Capability that a pipeline has by setting the key. */
  readonly provides?: Capability;
}

/** A rule for every component of a slot; returns one sentence for each violation. */
export interface SlotRule<T> {
  readonly name: string;
  check(made: T): readonly string[] | Promise<readonly string[]>;
}

/** Name of a slot that this framework or a plugin defines. */
export type SlotName = string;

/** A slot with its keys as literal types, from which the type of a pipeline follows. */
function slot<T, const K extends readonly SlotKey[] = readonly []>(
  definition: Omit<Slot<T>, 'keys'> & { readonly keys?: K },
): Slot<T> & { readonly keys: K } {
  return { ...definition, keys: definition.keys ?? ([] as unknown as K) };
}

/** Defines a slot in a plugin: list it in `definePlugin({ slots })` and define components for it. */
export function defineSlot<T>(definition: Slot<T>): Slot<T> {
  return Object.freeze(definition);
}

/**
 * All slots of this framework. The schema of a pipeline, its type, the container's bindings, the reference and the
 * contract kit follow from this table.
 */
export const slots = {
  dataset: slot({
    name: 'dataset',
    token: Dataset,
    description: 'Images and their splits.',
    keys: [{ key: 'data', description: 'The images.' }],
  }),
  reader: slot({
    name: 'reader',
    token: Reader,
    description: 'Reads files of one format into a set of images; the dataset `files` takes a reader for each split.',
  }),
  augmenter: slot({
    name: 'augmenter',
    token: Augmenter,
    description: 'Makes the views of an image.',
    keys: [{ key: 'augmenter', description: 'The views.' }],
  }),
  augmentation: slot({ name: 'augmentation', token: Augmentation, description: 'One operation on an image.' }),
  encoder: slot({
    name: 'encoder',
    token: Encoder,
    description: 'Maps views to features.',
    keys: [{ key: 'encoder', description: 'The network to train; its features are evaluated.' }],
  }),
  head: slot({
    name: 'head',
    token: Head,
    description: 'Maps features to embeddings (projector), or embeddings to predictions (predictor).',
    keys: [
      { key: 'head', optional: true, description: 'The projector; without one, the features are used as embeddings.' },
      {
        key: 'predictor',
        token: Predictor,
        optional: true,
        provides: 'predictor',
        description: 'A second head, on the student only.',
      },
    ],
  }),
  assigner: slot({
    name: 'assigner',
    token: Assigner,
    description: 'Assigns embeddings to prototypes.',
    keys: [
      {
        key: 'assigner',
        optional: true,
        provides: 'assignments',
        description: 'Prototypes and the assignment of embeddings to them.',
      },
    ],
  }),
  objective: slot({
    name: 'objective',
    token: Objective,
    description: 'The loss over the views.',
    keys: [{ key: 'objective', description: 'The loss.' }],
  }),
  teacher: slot({
    name: 'teacher',
    token: Teacher,
    description: 'A second network that follows the student and provides the targets.',
    keys: [{ key: 'teacher', optional: true, provides: 'teacher', description: 'The momentum encoder.' }],
  }),
  optimizer: slot({
    name: 'optimizer',
    token: Optimizer,
    description: 'Turns gradients into updates.',
    keys: [{ key: 'optimizer', description: 'The update rule and the learning rate.' }],
  }),
  schedule: slot({
    name: 'schedule',
    token: Schedule,
    description: 'A value that changes during training, such as the learning rate.',
    keys: [{ key: 'schedule', default: { use: 'constant' }, description: 'The learning rate at each step.' }],
  }),
  evaluator: slot({
    name: 'evaluator',
    token: Evaluator,
    description: 'Measures the quality of an encoder.',
    keys: [{ key: 'evaluate', many: true, description: 'Evaluators to run after training.' }],
  }),
  exporter: slot({
    name: 'exporter',
    token: Exporter,
    description: 'Writes a trained encoder in the format of other programs, for `carl export`.',
  }),
  metric: slot({ name: 'metric', token: Metric, description: 'A metric computed from arrays.', internal: true }),
  observer: slot({
    name: 'observer',
    token: Observer,
    description: 'Receives the events of a run.',
    keys: [{ key: 'observers', many: true, description: 'Components that receive the events of the run.' }],
  }),
  backend: slot({
    name: 'backend',
    token: Backend,
    description: 'Executes tensor operations.',
    keys: [
      {
        key: 'backend',
        default: { use: 'auto' },
        description: 'Compute backend; `auto` picks the best one available.',
      },
    ],
  }),
  collective: slot({
    name: 'collective',
    token: Collective,
    description: 'The workers that share one batch.',
    internal: true,
  }),
} as const;

/** Every slot of this framework, in the order of a pipeline. */
export const builtinSlots: readonly Slot<unknown>[] = Object.values(slots) as readonly Slot<unknown>[];

type BuiltinKey = (typeof slots)[keyof typeof slots]['keys'][number];

/** Keys of a pipeline by whether they take a list, may be left out, or hold one component. */
export type ManyKey = Extract<BuiltinKey, { readonly many: true }>['key'];
export type OptionalKey = Extract<BuiltinKey, { readonly optional: true }>['key'];
export type SingleKey = Exclude<BuiltinKey['key'], ManyKey | OptionalKey>;

/** Names of the slots of this framework. */
export type BuiltinSlotName = keyof typeof slots;
