import { existsSync } from 'node:fs';
import { appendFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isDamagedFile } from '../data/damaged-file.js';
import type { DamagedFile } from '../contracts/image-set.js';
import type { MetricsLine } from '../contracts/metrics.js';
import { CarlError } from '../errors/carl-error.js';
import type { Results } from '../evaluate/results.js';
import type { Pipeline } from '../schema/skeleton.js';
import { clearLeftovers, makeFolders, orDiskError, writeAtomic, writeFolderAtomic } from '../files/atomic.js';
import type { FileDigest } from '../files/growing-digest.js';
import { readText } from '../files/regular-file.js';
import type { CheckpointPlace } from '../train/checkpoint.js';
import type { RunLog } from '../train/run-log.js';
import { damaged } from './damaged.js';
import { FAILURE_FILE, isTrainingFailure, type TrainingFailure } from './failure.js';
import type { LeftOutFiles } from './left-out.js';
import type { Lock } from './lock.js';
import { resultsFile, type ResultsStore } from './results-store.js';
import { checkpointPlace, currentPipeline } from './run-changes.js';
import { RunExistsError } from './run-exists-error.js';
import { isLock } from './stored-lock.js';
import { MetricsFile } from './metrics-file.js';
import { newRunFiles, type NewRun } from './new-run.js';
import { notARun } from './not-a-run.js';
import { residentPeak } from './resident-peak.js';
import { readTiming, type Timing } from './timing-file.js';
import { jsonText } from '../text/json-text.js';

const TIMING = 'timing.jsonl';
const DAMAGED = 'damaged-files.json';

/**
 * The files of a run, the only input of evaluation and reports besides the data: `pipeline.yaml` as written,
 * `pipeline.json` resolved, `lock.json`, `cost.json`, `metrics.jsonl`, `timing.jsonl`, `log.txt`, `checkpoints/`, `results.json`,
 * `results.json.partial`, `evaluations/`, `left-out.json`, `damaged-files.json`, `failure.json`, `repetition.json`, and
 * `results-<epochs>-epochs.json` from before an extension.
 */
export class RunDirectory implements RunLog {
  readonly metrics: MetricsFile;
  /** File by which this process claims the run while it trains it. Without it, nothing more is written. */
  claim: string | undefined;

  private constructor(readonly path: string) {
    this.metrics = new MetricsFile(this.#file('metrics.jsonl'));
  }

  /** Creates a run directory. @throws RunExistsError, CarlError DISK */
  static async create(path: string, content: NewRun): Promise<RunDirectory> {
    if (existsSync(path)) throw new RunExistsError(path);
    await makeFolders(dirname(resolve(path)));
    // In one atomic write, so that a kill leaves either no run or one that can be resumed.
    await writeFolderAtomic(path, newRunFiles(content), 'refuse').catch((error: unknown) => {
      // Another process may have created it since.
      throw existsSync(path) ? new RunExistsError(path) : error;
    });
    const run = new RunDirectory(path);
    await run.prepare();
    return run;
  }

  /** Opens a run directory without changing anything in it: another process may be training it. @throws CarlError INPUT_RUN */
  static async open(path: string): Promise<RunDirectory> {
    if (!existsSync(join(path, 'lock.json'))) throw notARun(path);
    return new RunDirectory(path);
  }

  /** Prepares the folder for training and removes the leftovers of a killed process. Not while another process trains it. @throws CarlError DISK */
  async prepare(): Promise<void> {
    const folder = join(this.path, 'checkpoints');
    await makeFolders(folder);
    await clearLeftovers(folder);
    await this.clearFailure();
  }

  /** The file of the resolved pipeline. */
  get pipelineFile(): string {
    return this.#file('pipeline.json');
  }

  /** The resolved pipeline, with the epochs of the last extension. @throws CarlError INPUT_RUN */
  async pipeline(): Promise<Pipeline> {
    return currentPipeline((await this.#json('pipeline.json')) as Pipeline, await this.lock());
  }

  /** Replaces the resolved pipeline. @throws CarlError DISK */
  async writePipeline(pipeline: Pipeline): Promise<void> {
    await writeAtomic(this.#file('pipeline.json'), jsonText(pipeline));
  }

  /** Text of the pipeline as it was written. @throws CarlError INPUT_RUN */
  async source(): Promise<string> {
    return this.#text('pipeline.yaml');
  }

  async lock(): Promise<Lock> {
    const lock = await this.#json('lock.json');
    if (!isLock(lock)) throw damaged(this.#file('lock.json'), new Error('it is not a lock that this version writes'));
    return lock;
  }

  /** Replaces the lock. @throws CarlError DISK */
  async writeLock(lock: Lock): Promise<void> {
    await writeAtomic(this.#file('lock.json'), jsonText(lock));
  }

  /** Writes the files that the dataset leaves out, by split; nothing if there are none. @throws CarlError DISK */
  async writeLeftOut(files: LeftOutFiles): Promise<void> {
    if (Object.keys(files).length > 0) await writeAtomic(this.#file('left-out.json'), jsonText(files));
  }

  /** Adds a file whose damage ended the training or failed an evaluator, in its present state. @throws CarlError DISK, INPUT_RUN */
  async addDamagedFile(file: DamagedFile): Promise<void> {
    // Sets may have files of the same name and place, so that another state may be that of another file.
    const others = (await this.damagedFiles()).filter(one => !isDeepStrictEqual(one, file));
    await writeAtomic(this.#file(DAMAGED), jsonText([...others, file]));
  }

  /** Files whose damage ended the training or failed an evaluator. @throws CarlError INPUT_RUN */
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

  /** A checkpoint with the pipelines that it may be of. @throws CarlError INPUT_RUN */
  async checkpointPlace(step: number): Promise<CheckpointPlace> {
    return checkpointPlace(this.checkpointPath(step), await this.lock());
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
    this.#assertClaimed();
    await writeFolderAtomic(this.checkpointPath(step), files);
  }

  async prune(keep: number, steps: number): Promise<void> {
    const all = await this.checkpoints();
    const kept = all.filter(step => step % steps === 0 || step === all.at(-1)).slice(-keep);
    for (const step of all.filter(step => !kept.includes(step)))
      await rm(this.checkpointPath(step), { recursive: true, force: true });
  }

  /** @throws CarlError DISK, INPUT_RUN if another process took the run over */
  async appendMetrics(line: MetricsLine): Promise<void> {
    this.#assertClaimed();
    await this.metrics.append(line);
  }

  /** @throws CarlError DISK */
  async flushMetrics(): Promise<FileDigest> {
    return this.metrics.flush();
  }

  /** Appends the duration of a stretch of training, with the peak of the memory. Kept apart from the metrics, which are equal in every repetition. @throws CarlError DISK */
  async appendSeconds(step: number, seconds: number): Promise<void> {
    const line = `${JSON.stringify({ step, seconds, peakBytes: residentPeak() })}\n`;
    await orDiskError(this.path, () => appendFile(this.#file(TIMING), line));
  }

  /** Duration and memory of the training so far, over all resumptions. @throws CarlError INPUT_RUN */
  async timing(): Promise<Timing> {
    return readTiming(this.#file(TIMING));
  }

  async log(message: string): Promise<void> {
    await orDiskError(this.path, () => appendFile(this.#file('log.txt'), `${new Date().toISOString()} ${message}\n`));
  }

  /** Writes why the training failed. @throws CarlError DISK */
  async writeFailure(failure: TrainingFailure): Promise<void> {
    await writeAtomic(this.#file(FAILURE_FILE), jsonText(failure));
  }

  /** Forgets that the training failed, so that it is tried again. */
  async clearFailure(): Promise<void> {
    await rm(this.#file(FAILURE_FILE), { force: true });
  }

  /** Why the training failed; undefined if it did not, or was started again since. @throws CarlError INPUT_RUN */
  async failure(): Promise<TrainingFailure | undefined> {
    if (!existsSync(this.#file(FAILURE_FILE))) return undefined;
    const stored = await this.#json(FAILURE_FILE);
    if (!isTrainingFailure(stored))
      throw damaged(this.#file(FAILURE_FILE), new Error('it is not a failure of a training'));
    return stored;
  }

  /** Writes the timed steps of a profile. */
  async writeTrace(trace: object): Promise<void> {
    await writeAtomic(this.#file('trace.json'), `${JSON.stringify(trace)}\n`);
  }

  /** The run's own results: of its last checkpoint, by the evaluators of its pipeline. */
  get resultsStore(): ResultsStore {
    return resultsFile(this.#file('results.json'));
  }

  /** Renames the results, if there are any, because the run is trained further. @throws CarlError DISK */
  async keepResults(name: string): Promise<void> {
    const [file, kept] = [this.#file('results.json'), this.#file(name)];
    if (existsSync(file)) await orDiskError(kept, () => rename(file, kept));
  }

  /** The run's own results; undefined for a run that was not evaluated. @throws CarlError INPUT_RUN */
  async results(): Promise<Results | undefined> {
    return this.resultsStore.read();
  }

  /** Folder of the results of other evaluations: with other evaluators, or of other checkpoints or networks. */
  get evaluationsPath(): string {
    return this.#file('evaluations');
  }

  /** A process that was suspended for long may find that another one continued its run. */
  #assertClaimed(): void {
    if (this.claim === undefined || existsSync(this.claim)) return;
    throw new CarlError(
      'INPUT_RUN',
      `${this.path}: ${this.claim} is gone, so another process continued this run while this one was suspended. This one stops.`,
    );
  }

  async #json(name: string): Promise<unknown> {
    try {
      return JSON.parse(await this.#text(name));
    } catch (error) {
      throw CarlError.is(error) ? error : damaged(this.#file(name), error);
    }
  }

  async #text(name: string): Promise<string> {
    try {
      return await readText(this.#file(name));
    } catch (error) {
      throw damaged(this.#file(name), error);
    }
  }

  #file(name: string): string {
    return join(this.path, name);
  }
}
