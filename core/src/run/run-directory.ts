import { existsSync } from 'node:fs';
import { appendFile, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { DamagedFile } from '../contracts/image-set.js';
import type { MetricsLine } from '../contracts/metrics.js';
import { damagedFileOf } from '../data/damaged-file.js';
import { CarlError } from '../errors/carl-error.js';
import { presentResults, type Results, type StoredResults } from '../evaluate/results.js';
import type { Pipeline } from '../schema/skeleton.js';
import { clearLeftovers, makeFolders, orDiskError, writeAtomic, writeFolderAtomic } from '../files/atomic.js';
import { readJsonLines } from '../files/json-lines.js';
import { readText } from '../files/regular-file.js';
import type { RunLog } from '../train/run-log.js';
import { damaged } from './damaged.js';
import type { LeftOutFiles } from './left-out.js';
import type { Lock } from './lock.js';
import { MetricsFile } from './metrics-file.js';

const TIMING = 'timing.jsonl';
const DAMAGED = 'damaged-files.json';

/**
 * The files of a run, the only input of evaluation and reports besides the data: `pipeline.yaml` as written,
 * `pipeline.json` resolved, `lock.json`, `metrics.jsonl`, `timing.jsonl`, `log.txt`, `checkpoints/`, `results.json`,
 * `left-out.json`, `damaged-files.json`.
 */
export class RunDirectory implements RunLog {
  readonly metrics: MetricsFile;

  private constructor(readonly path: string) {
    this.metrics = new MetricsFile(this.#file('metrics.jsonl'));
  }

  /** Creates a run directory. @throws CarlError INPUT_RUN if the path exists, DISK */
  static async create(
    path: string,
    content: { readonly source: string; readonly pipeline: Pipeline; readonly lock: Lock },
  ): Promise<RunDirectory> {
    if (existsSync(path))
      throw new CarlError(
        'INPUT_RUN',
        `${path} already exists. Continue it with --resume ${path}, or choose another folder with --out.`,
      );
    await makeFolders(dirname(resolve(path)));
    // In one atomic write, so that a kill leaves either no run or one that can be resumed.
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

  /** Opens a run directory without changing anything in it: another process may be training it. @throws CarlError INPUT_RUN */
  static async open(path: string): Promise<RunDirectory> {
    if (!existsSync(join(path, 'lock.json')))
      throw new CarlError(
        'INPUT_RUN',
        `${path} is not a run directory: it has no lock.json. \`carl train\` makes run directories.`,
      );
    return new RunDirectory(path);
  }

  /** Prepares the folder for training and removes the leftovers of a killed process. Not while another process trains it. @throws CarlError DISK */
  async prepare(): Promise<void> {
    const folder = join(this.path, 'checkpoints');
    await makeFolders(folder);
    await clearLeftovers(folder);
  }

  /** The file of the resolved pipeline. */
  get pipelineFile(): string {
    return this.#file('pipeline.json');
  }

  async pipeline(): Promise<Pipeline> {
    return (await this.#json('pipeline.json')) as Pipeline;
  }

  /** Text of the pipeline as it was written. */
  async source(): Promise<string> {
    return readText(this.#file('pipeline.yaml'));
  }

  async lock(): Promise<Lock> {
    const lock = (await this.#json('lock.json')) as Lock | null;
    const complete =
      lock?.format === 1 && [lock.backend, lock.data, lock.plugins].every(part => typeof part === 'object');
    if (!complete) throw damaged(this.#file('lock.json'), new Error('it is not a lock that this version writes'));
    return lock;
  }

  /** Replaces the lock. @throws CarlError DISK */
  async writeLock(lock: Lock): Promise<void> {
    await writeAtomic(this.#file('lock.json'), pretty(lock));
  }

  /** Writes the files that the dataset leaves out, by split; nothing if there are none. @throws CarlError DISK */
  async writeLeftOut(files: LeftOutFiles): Promise<void> {
    if (Object.keys(files).length > 0) await writeAtomic(this.#file('left-out.json'), pretty(files));
  }

  /** Writes the state of the file whose damage ended the training, if an error is about one. @throws CarlError DISK */
  async recordDamage(error: unknown): Promise<void> {
    const file = damagedFileOf(error);
    if (file) await writeAtomic(this.#file(DAMAGED), pretty([file]));
  }

  /** Files whose damage ended the training. @throws CarlError INPUT_RUN */
  async damagedFiles(): Promise<readonly DamagedFile[]> {
    if (!existsSync(this.#file(DAMAGED))) return [];
    const files = await this.#json(DAMAGED);
    if (Array.isArray(files) && files.every(isDamagedFile)) return files;
    throw damaged(this.#file(DAMAGED), new Error('it is not a list of damaged files'));
  }

  /** Removes the list of damaged files, once the training continues with their replacements. */
  async clearDamagedFiles(): Promise<void> {
    await rm(this.#file(DAMAGED), { force: true });
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

  /** @throws CarlError DISK */
  async appendMetrics(line: MetricsLine): Promise<void> {
    await this.metrics.append(line);
  }

  /** @throws CarlError DISK */
  async flushMetrics(): Promise<void> {
    await this.metrics.flush();
  }

  /** Appends the duration of a stretch of training. Kept apart from the metrics, which are equal in every repetition. @throws CarlError DISK */
  async appendSeconds(step: number, seconds: number): Promise<void> {
    const line = `${JSON.stringify({ step, seconds })}\n`;
    await orDiskError(this.path, () => appendFile(this.#file(TIMING), line));
  }

  /** Seconds of training so far, over all resumptions. */
  async seconds(): Promise<number> {
    let sum = 0;
    try {
      for await (const line of readJsonLines(this.#file(TIMING))) sum += (line as { readonly seconds: number }).seconds;
    } catch (error) {
      throw damaged(this.#file(TIMING), error);
    }
    return sum;
  }

  async log(message: string): Promise<void> {
    await orDiskError(this.path, () => appendFile(this.#file('log.txt'), `${new Date().toISOString()} ${message}\n`));
  }

  /** Writes the timed steps of a profile. */
  async writeTrace(trace: object): Promise<void> {
    await writeAtomic(this.#file('trace.json'), `${JSON.stringify(trace)}\n`);
  }

  async writeResults(results: Results): Promise<void> {
    await writeAtomic(this.#file('results.json'), pretty(results));
  }

  /** Undefined for a run that was not evaluated. */
  async results(): Promise<Results | undefined> {
    if (!existsSync(this.#file('results.json'))) return undefined;
    return presentResults((await this.#json('results.json')) as StoredResults);
  }

  async #json(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readText(this.#file(name)));
    } catch (error) {
      throw damaged(this.#file(name), error);
    }
  }

  #file(name: string): string {
    return join(this.path, name);
  }
}

function isDamagedFile(value: unknown): value is DamagedFile {
  const { file, index, size, modified } = (value ?? {}) as Partial<DamagedFile>;
  return typeof file === 'string' && [index, size, modified].every(one => typeof one === 'number');
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
