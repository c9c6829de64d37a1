import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import type { Pipeline } from '../schema/skeleton.js';
import { clearLeftovers, orDiskError, writeAtomic, writeFolderAtomic } from '../files/atomic.js';
import type { RunLog } from '../train/run-log.js';
import type { Lock } from './lock.js';

/**
 * A run on disk, all that evaluation and reports read:
 * `pipeline.yaml` as written, `pipeline.json` resolved, `lock.json`, `metrics.jsonl`, `timing.jsonl`, `log.txt`, `checkpoints/`, `results.json`.
 */
export class RunDirectory implements RunLog {
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
    await orDiskError(path, () => mkdir(dirname(resolve(path)), { recursive: true }));
    // As a whole, so that a kill leaves a run that can be resumed, or none.
    const files = {
      'pipeline.yaml': content.source,
      'pipeline.json': pretty(content.pipeline),
      'metrics.jsonl': '',
      'lock.json': pretty(content.lock),
    };
    await writeFolderAtomic(path, files, 'refuse');
    const run = new RunDirectory(path);
    await run.prepare();
    return run;
  }

  /** One that is there; changes nothing in it, so that it may be being trained. @throws CarlError INPUT_RUN */
  static async open(path: string): Promise<RunDirectory> {
    if (!existsSync(join(path, 'lock.json')))
      throw new CarlError(
        'INPUT_RUN',
        `${path} is not a run directory: it has no lock.json. A run directory is what \`carl train\` makes.`,
      );
    return new RunDirectory(path);
  }

  /** Makes it ready for training: puts in order what a killed process left. Not while another one trains it. @throws CarlError DISK */
  async prepare(): Promise<void> {
    const folder = join(this.path, 'checkpoints');
    await orDiskError(folder, () => mkdir(folder, { recursive: true }));
    await clearLeftovers(folder);
  }

  async pipeline(): Promise<Pipeline> {
    return (await this.#json('pipeline.json')) as Pipeline;
  }

  /** The pipeline as it was written. */
  async source(): Promise<string> {
    return readFile(this.#file('pipeline.yaml'), 'utf8');
  }

  async lock(): Promise<Lock> {
    const lock = (await this.#json('lock.json')) as Lock | null;
    const whole = lock?.format === 1 && [lock.backend, lock.data, lock.plugins].every(part => typeof part === 'object');
    if (!whole) throw this.#damaged('lock.json', new Error('it is not what this version writes'));
    return lock;
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

  async writeCheckpoint(step: number, files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
    await writeFolderAtomic(this.checkpointPath(step), files);
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
    return (await this.#lines('metrics.jsonl')) as Record<string, unknown>[];
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
    const lines = (await this.#lines('timing.jsonl')) as { seconds: number }[];
    return lines.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  async log(message: string): Promise<void> {
    await orDiskError(this.path, () => appendFile(this.#file('log.txt'), `${new Date().toISOString()} ${message}\n`));
  }

  /** Where the time of some steps went. */
  async writeTrace(trace: object): Promise<void> {
    await writeAtomic(this.#file('trace.json'), `${JSON.stringify(trace)}\n`);
  }

  async writeResults(results: unknown): Promise<void> {
    await writeAtomic(this.#file('results.json'), pretty(results));
  }

  async results(): Promise<unknown> {
    return existsSync(this.#file('results.json')) ? this.#json('results.json') : undefined;
  }

  /** One value a line; a last line without an end was cut off and does not count. */
  async #lines(name: string): Promise<unknown[]> {
    const text = await readFile(this.#file(name), 'utf8').catch(() => '');
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line, i) => this.#parsed(line, `${name}, line ${i + 1},`));
  }

  async #json(name: string): Promise<unknown> {
    const text = await readFile(this.#file(name), 'utf8').catch((error: unknown) => {
      throw this.#damaged(name, error);
    });
    return this.#parsed(text, name);
  }

  #parsed(text: string, name: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.#damaged(name, error);
    }
  }

  #damaged(name: string, cause: unknown): CarlError {
    const message = `${this.#file(name)} cannot be read: ${(cause as Error).message}. The run directory is damaged.`;
    return new CarlError('INPUT_RUN', message, { cause });
  }

  #file(name: string): string {
    return join(this.path, name);
  }
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
