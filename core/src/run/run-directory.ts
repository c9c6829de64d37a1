import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CarlError } from '../errors.js';
import type { Pipeline } from '../schema/skeleton.js';
import { clearLeftovers, orDiskError, writeAtomic } from './atomic.js';
import type { Lock } from './lock.js';

/**
 * A run on disk, all that evaluation and reports read:
 * `pipeline.yaml` as written, `pipeline.json` resolved, `lock.json`, `metrics.jsonl`, `timing.jsonl`, `log.txt`, `checkpoints/`, `results.json`.
 */
export class RunDirectory {
  private constructor(readonly path: string) {}

  /** A new one. @throws CarlError INPUT_RUN if there is something already, DISK */
  static async create(
    path: string,
    content: { readonly source: string; readonly pipeline: Pipeline; readonly lock: Lock },
  ): Promise<RunDirectory> {
    if (existsSync(path))
      throw new CarlError(
        'INPUT_RUN',
        `${path} is already there. Go on with it by --resume ${path}, or choose another folder with --out.`,
      );
    const run = new RunDirectory(path);
    await orDiskError(path, () => mkdir(join(path, 'checkpoints'), { recursive: true }));
    await writeAtomic(run.#file('pipeline.yaml'), content.source);
    await writeAtomic(run.#file('pipeline.json'), pretty(content.pipeline));
    await writeAtomic(run.#file('metrics.jsonl'), '');
    await writeAtomic(run.#file('lock.json'), pretty(content.lock));
    return run;
  }

  /** One that is there. @throws CarlError INPUT_RUN */
  static async open(path: string): Promise<RunDirectory> {
    if (!existsSync(join(path, 'lock.json')))
      throw new CarlError(
        'INPUT_RUN',
        `${path} is not a run directory: it has no lock.json. A run directory is what \`carl train\` makes.`,
      );
    await clearLeftovers(join(path, 'checkpoints'));
    return new RunDirectory(path);
  }

  async pipeline(): Promise<Pipeline> {
    return (await this.#json('pipeline.json')) as Pipeline;
  }

  /** The pipeline as it was written. */
  async source(): Promise<string> {
    return readFile(this.#file('pipeline.yaml'), 'utf8');
  }

  async lock(): Promise<Lock> {
    return (await this.#json('lock.json')) as Lock;
  }

  checkpointPath(step: number): string {
    return join(this.path, 'checkpoints', `step-${String(step).padStart(8, '0')}`);
  }

  /** Steps of all checkpoints, oldest first. */
  async checkpoints(): Promise<readonly number[]> {
    const names = await readdir(join(this.path, 'checkpoints')).catch(() => []);
    return names
      .flatMap(name => /^step-(\d+)$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Removes all checkpoints but the newest `keep`. */
  async prune(keep: number): Promise<void> {
    for (const step of (await this.checkpoints()).slice(0, -keep))
      await rm(this.checkpointPath(step), { recursive: true, force: true });
  }

  /** Adds a line to metrics.jsonl. */
  async appendMetrics(line: Readonly<Record<string, unknown>>): Promise<void> {
    await orDiskError(this.path, () => appendFile(this.#file('metrics.jsonl'), `${JSON.stringify(line)}\n`));
  }

  /** All lines of metrics.jsonl; a last line that was cut off by a kill is left out. */
  async metrics(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const text = await readFile(this.#file('metrics.jsonl'), 'utf8').catch(() => '');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Record<string, unknown>);
  }

  /** Forgets what was logged after a step, before training goes on from there. */
  async truncateMetrics(step: number): Promise<void> {
    const kept = (await this.metrics()).filter(line => typeof line.step !== 'number' || line.step <= step);
    await writeAtomic(this.#file('metrics.jsonl'), kept.map(line => `${JSON.stringify(line)}\n`).join(''));
  }

  /** Remembers how long a stretch of training took. Kept apart from the metrics, which are the same in every repetition. */
  async appendSeconds(step: number, seconds: number): Promise<void> {
    await orDiskError(this.path, () =>
      appendFile(this.#file('timing.jsonl'), `${JSON.stringify({ step, seconds })}\n`),
    );
  }

  /** Seconds of training so far, over all resumptions. */
  async seconds(): Promise<number> {
    const text = await readFile(this.#file('timing.jsonl'), 'utf8').catch(() => '');
    const lines = text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as { seconds: number });
    return lines.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  async log(message: string): Promise<void> {
    await orDiskError(this.path, () => appendFile(this.#file('log.txt'), `${new Date().toISOString()} ${message}\n`));
  }

  async writeResults(results: unknown): Promise<void> {
    await writeAtomic(this.#file('results.json'), pretty(results));
  }

  async results(): Promise<unknown> {
    return existsSync(this.#file('results.json')) ? this.#json('results.json') : undefined;
  }

  async #json(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#file(name), 'utf8'));
    } catch (error) {
      throw new CarlError(
        'INPUT_RUN',
        `${this.#file(name)} cannot be read: ${(error as Error).message}. The run directory is damaged.`,
        { cause: error },
      );
    }
  }

  #file(name: string): string {
    return join(this.path, name);
  }
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
