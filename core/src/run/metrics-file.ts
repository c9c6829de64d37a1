import { appendFile, open } from 'node:fs/promises';
import type { LineOf, MetricsLine, MetricsType } from '../contracts/metrics.js';
import { orDiskError, writeAtomic } from '../files/atomic.js';
import { readJsonLines } from '../files/json-lines.js';
import { metricsLine } from './metrics-lines.js';
import { damaged } from './damaged.js';

/** The lines of `metrics.jsonl`; see {@link MetricsLine}. */
export class MetricsFile {
  constructor(readonly path: string) {}

  /** @throws CarlError DISK */
  async append(line: MetricsLine): Promise<void> {
    await orDiskError(this.path, () => appendFile(this.path, `${JSON.stringify(line)}\n`));
  }

  /** Writes all appended lines from the system's buffers to the disk. @throws CarlError DISK */
  async flush(): Promise<void> {
    await orDiskError(this.path, async () => {
      const file = await open(this.path, 'a');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  /** All lines in order. @throws CarlError INPUT_RUN naming a damaged line */
  async *lines(): AsyncGenerator<MetricsLine, void, undefined> {
    for await (const stored of this.#stored()) {
      const line = this.#known(stored);
      if (line) yield line;
    }
  }

  /** The lines of one type in order. @throws CarlError INPUT_RUN naming a damaged line */
  async *of<T extends MetricsType>(type: T): AsyncGenerator<LineOf<T>, void, undefined> {
    for await (const line of this.lines()) if (line.type === type) yield line as LineOf<T>;
  }

  /**
   * Drops lines of later steps than the given one, and of evaluations from this step on, which are repeated after training.
   * Other lines stay as they are. @throws CarlError DISK, INPUT_RUN
   */
  async truncate(step: number): Promise<void> {
    const kept: string[] = [];
    for await (const stored of this.#stored()) {
      const { step: at = 0, type } = stored as { readonly step?: number; readonly type?: string };
      if (at < step || (at === step && type !== 'evaluation')) kept.push(`${JSON.stringify(stored)}\n`);
    }
    await writeAtomic(this.path, kept.join(''));
  }

  async *#stored(): AsyncGenerator<unknown, void, undefined> {
    try {
      yield* readJsonLines(this.path);
    } catch (error) {
      throw damaged(this.path, error);
    }
  }

  #known(stored: unknown): MetricsLine | undefined {
    try {
      return metricsLine(stored);
    } catch (error) {
      throw damaged(this.path, error);
    }
  }
}
