import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from '#typebox';
import type { Observer, RunStart, StepReport } from '../contracts/observer.js';
import { slots } from '../contracts/slots.js';
import { orDiskError, writeAtomic } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';
import { defineComponent } from '../plugin/define.js';

/** A table of the steps in a run directory; the parts and notes of the first step decide its columns. */
class StepTable implements Observer {
  #path = '';
  #columns: readonly string[] = [];

  constructor(private readonly file: string) {}

  /** Keeps the rows of a resumed training up to the step it continues from. */
  async onStart({ run, startStep }: RunStart): Promise<void> {
    this.#path = join(run, this.file);
    const text = await readText(this.#path).catch(() => '');
    const [head, ...rows] = text.split('\n').slice(0, -1);
    const kept = rows.filter(row => Number(row.split(',')[0]) <= startStep);
    this.#columns = kept.length > 0 ? head.split(',') : [];
    await writeAtomic(this.#path, kept.length > 0 ? lines([head, ...kept]) : '');
  }

  async onStep(report: StepReport): Promise<void> {
    const values = valuesOf(report);
    const isFirst = this.#columns.length === 0;
    if (isFirst) this.#columns = Object.keys(values);
    const row = this.#columns.map(column => String(values[column] ?? '')).join(',');
    await orDiskError(this.#path, () =>
      appendFile(this.#path, lines([...(isFirst ? [this.#columns.join(',')] : []), row])),
    );
  }
}

function valuesOf({ step, epoch, loss, parts, notes, learningRate, gradientNorm }: StepReport): Record<string, number> {
  return { step, epoch, loss, learningRate, gradientNorm, ...parts, ...notes };
}

function lines(rows: readonly string[]): string {
  return rows.map(row => `${row}\n`).join('');
}

export default defineComponent(slots.observer, {
  use: 'csv',
  description: 'Writes the metrics of every step to a CSV file in the run directory.',
  options: Type.Object(
    {
      file: Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
        default: 'steps.csv',
        description: 'Name of the file.',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ file }) => new StepTable(file),
});
