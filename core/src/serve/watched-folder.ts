import { realpath } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { findRuns } from '../run/run-list.js';
import { systemReason } from '../text/system-reason.js';
import { WatchedRun } from './watched-run.js';

/** All runs below a folder, kept up to date while pages ask for them. Runs are found by their name only, never by a path. */
export class WatchedFolder {
  #runs = new Map<string, WatchedRun>();
  #revision = 0;
  #refreshing: Promise<void> | undefined;
  #refreshed = -Infinity;
  #searched = -Infinity;

  private constructor(
    /** The folder as the user named it. */
    readonly name: string,
    readonly path: string,
    /** Milliseconds between two looks at the known runs. Searches for others are half as frequent. */
    readonly interval: number,
  ) {}

  /** @throws CarlError INPUT_ARGUMENT if the folder cannot be listed */
  static async open(name: string, interval: number): Promise<WatchedFolder> {
    const path = await realpath(name).catch((error: unknown) => {
      throw new CarlError('INPUT_ARGUMENT', `${name} cannot be read: ${systemReason(error)}. Give a folder of runs.`);
    });
    const folder = new WatchedFolder(name, path, interval);
    folder.#take(await findRuns(path));
    return folder;
  }

  /** Counts the changes of any run. */
  get revision(): number {
    return this.#revision;
  }

  /** In the order of their names. */
  get runs(): readonly WatchedRun[] {
    return [...this.#runs.values()];
  }

  run(name: string): WatchedRun | undefined {
    return this.#runs.get(name);
  }

  /** Looks at all runs, unless that was just done. Metrics are read of runs whose metrics were read before. */
  async refresh(): Promise<void> {
    if (performance.now() - this.#refreshed < this.interval / 3) return;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
  }

  /** Reads the metrics of the given runs. */
  async complete(runs: readonly WatchedRun[]): Promise<void> {
    for (const run of runs) if (!run.isComplete && (await run.refresh(true))) this.#revision += 1;
  }

  async #refresh(): Promise<void> {
    // A folder that is gone has no runs; it may come back.
    if (performance.now() - this.#searched > 2 * this.interval) this.#take(await findRuns(this.path).catch(() => []));
    for (const run of this.#runs.values()) if (await run.refresh(false)) this.#revision += 1;
    this.#refreshed = performance.now();
  }

  #take(paths: readonly string[]): void {
    const found = paths.map(path => [relative(this.path, path) || basename(path), path] as const);
    if (found.length !== this.#runs.size || found.some(([name]) => !this.#runs.has(name))) this.#revision += 1;
    this.#runs = new Map(found.map(([name, path]) => [name, this.#runs.get(name) ?? new WatchedRun(path, name)]));
    this.#searched = performance.now();
  }
}
