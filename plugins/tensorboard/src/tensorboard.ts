import {
  defineComponent,
  makeFolders,
  orDiskError,
  slots,
  Type,
  type EpochSummary,
  type EvaluationReport,
  type HealthReport,
  type Observer,
  type RunStart,
  type StepReport,
} from '@carl-ssl/core';
import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventRecord, type EventContent } from './event.js';

/** An event file in a run directory. */
class EventFile implements Observer {
  #path = '';
  #step = 0;

  constructor(private readonly folder: string) {}

  async onStart({ run, startStep }: RunStart): Promise<void> {
    const folder = join(run, this.folder);
    await makeFolders(folder);
    this.#path = freshPath(folder);
    this.#step = startStep;
    await this.#write(startStep, { version: 'brain.Event:2' });
    // Readers drop the steps of earlier files from here on.
    if (startStep > 0) await this.#write(startStep + 1, { sessionStart: true });
  }

  async onStep({ step, loss, parts, notes, learningRate, gradientNorm, imagesPerSecond }: StepReport): Promise<void> {
    this.#step = step;
    const scalars = { loss, learningRate, gradientNorm, imagesPerSecond };
    await this.#scalars(step, { ...scalars, ...under('parts', parts), ...under('notes', notes) });
  }

  async onHealth({ step, health: { prototypes, ...health } }: HealthReport): Promise<void> {
    await this.#scalars(step, { ...under('health', health), ...under('prototypes', prototypes ?? {}) });
  }

  async onEpoch({ metrics }: EpochSummary): Promise<void> {
    await this.#scalars(this.#step, under('epoch', metrics));
  }

  async onEvaluation({ step, subject, results = [] }: EvaluationReport): Promise<void> {
    const values = results.map(({ metric, split, value }) => [`${subject}/${metric} ${split}`, value] as const);
    await this.#scalars(step, under('evaluation', Object.fromEntries(values)));
  }

  async #scalars(step: number, scalars: Readonly<Record<string, number>>): Promise<void> {
    if (Object.keys(scalars).length > 0) await this.#write(step, { scalars });
  }

  async #write(step: number, content: EventContent): Promise<void> {
    // An evaluation alone has no start of a training.
    if (this.#path === '') return;
    await orDiskError(this.#path, () => appendFile(this.#path, eventRecord(step, Date.now() / 1000, content)));
  }
}

/** Scalars whose tags begin with a group, which TensorBoard shows together. */
function under(group: string, values: object): Record<string, number> {
  const numbers = Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return Object.fromEntries(numbers.map(([name, value]) => [`${group}/${name}`, value]));
}

/** Readers take files in the order of their names. */
function freshPath(folder: string): string {
  for (let seconds = Math.floor(Date.now() / 1000); ; seconds++) {
    const path = join(folder, `events.out.tfevents.${seconds}.carl`);
    if (!existsSync(path)) return path;
  }
}

/** Metrics of a run for TensorBoard. */
export const tensorboard = defineComponent(slots.observer, {
  use: 'tensorboard',
  description: 'Writes the metrics of a run as event files for TensorBoard.',
  source: 'github.com/tensorflow/tensorboard',
  options: Type.Object(
    {
      folder: Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
        default: 'tensorboard',
        description: 'Folder of the event files in the run directory.',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ folder }) => new EventFile(folder),
});
