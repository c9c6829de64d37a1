import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild, type CommandLine } from './child.js';

/** One run of one program. An image is counted once, in all its views. */
export interface Measured {
  readonly imagesPerSecond: number;
  readonly peakMiB?: number;
  /** What the program said of itself: versions, losses. */
  readonly said: Readonly<Record<string, unknown>>;
}

/** A program under comparison; every call is a run in a process of its own. */
export type Side = () => Promise<Measured>;

/** The settings both sides get. */
export type Settings = Readonly<Record<string, string>>;

const TSX = ['node', '--import', 'tsx'];

/** Our training step without data, `benchmarks/step/step.ts`. */
export function productStep(settings: Settings): Side {
  return printed([...TSX, 'benchmarks/step/step.ts', ...flags(settings)]);
}

/** A program that prints JSON lines, see README.md. */
export function printed(command: CommandLine): Side {
  return async () => {
    const { lines, peakMiB: seen } = await runChild(command);
    const said = Object.assign({}, ...lines) as Record<string, unknown>;
    const peakMiB = (said.peakMiB as number | undefined) ?? seen;
    return { imagesPerSecond: rateOf(lines), ...(peakMiB !== undefined && { peakMiB }), said };
  };
}

/** Images a second: the median of steps, or over all epochs but the first, in which programs start up. */
function rateOf(lines: readonly Readonly<Record<string, unknown>>[]): number {
  const median = lines.findLast(line => 'median' in line)?.median;
  if (typeof median === 'number') return median;
  const epochs = lines.filter(line => 'imagesPerSecond' in line && 'seconds' in line) as Record<string, number>[];
  const counted = epochs.length > 1 ? epochs.slice(1) : epochs;
  const seconds = counted.reduce((sum, line) => sum + line.seconds, 0);
  const images = counted.reduce((sum, line) => sum + line.seconds * line.imagesPerSecond, 0);
  if (!(seconds > 0))
    throw new Error('the peer printed neither `median` nor epochs with `seconds`, see benchmarks/README.md');
  return images / seconds;
}

/** What `carl train` is asked for: images an epoch (whole batches) and the values to set. */
export interface TrainingTask {
  readonly pipeline: string;
  readonly set: readonly string[];
  readonly imagesPerEpoch: number;
}

/** Our whole training, with its data, from the command line; an epoch's time includes its checkpoint. */
export function productTraining({ pipeline, set, imagesPerEpoch }: TrainingTask): Side {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'carl-benchmark-'));
    const run = join(folder, 'run');
    try {
      const command = ['node', 'core/bin/carl.js', 'train', pipeline, '--quiet', '--out', run];
      const { peakMiB } = await runChild([...command, ...set.flatMap(value => ['--set', value])]);
      const epochs = jsonLines(join(run, 'timing.jsonl')).map(({ seconds }) => Number(seconds));
      const lines = epochs.map(seconds => ({ seconds, imagesPerSecond: imagesPerEpoch / seconds }));
      const { backend, versions } = JSON.parse(readFileSync(join(run, 'lock.json'), 'utf8')) as Record<string, object>;
      const loss = jsonLines(join(run, 'metrics.jsonl')).findLast(({ type }) => type === 'step')?.loss;
      const said = { backend, versions, loss };
      return { imagesPerSecond: rateOf(lines), ...(peakMiB !== undefined && { peakMiB }), said };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

export function flags(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

export function jsonLines(file: string): Record<string, unknown>[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}
