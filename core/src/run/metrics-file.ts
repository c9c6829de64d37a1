import { appendFile, open, truncate } from 'node:fs/promises';
import type { LineOf, MetricsLine, MetricsType } from '../contracts/metrics.js';
import { CarlError } from '../errors/carl-error.js';
import { orDiskError, writeAtomic } from '../files/atomic.js';
import { GrowingDigest, type FileDigest } from '../files/growing-digest.js';
import { JsonLineError, readJsonLines } from '../files/json-lines.js';
import { metricsLine } from './metrics-lines.js';
import { damaged } from './damaged.js';

/** The lines of `metrics.jsonl`; see {@link MetricsLine}. */
export class MetricsFile {
  readonly #digest = new GrowingDigest();

  constructor(readonly path: string) {}

  /** @throws CarlError DISK */
  async append(line: MetricsLine): Promise<void> {
    await orDiskError(this.path, () => appendFile(this.path, `${JSON.stringify(line)}\n`));
  }

  /** Writes all appended lines from the system's buffers to the disk and gives the digest of the file. @throws CarlError DISK */
  async flush(): Promise<FileDigest> {
    return orDiskError(this.path, async () => {
      const file = await open(this.path, 'a+');
      try {
        await file.sync();
        return await this.#digest.extend(file);
      } finally {
        await file.close();
      }
    });
  }

  /** All lines in order. @throws CarlError INPUT_RUN naming a damaged line */
  async *lines(): AsyncGenerator<MetricsLine, void, undefined> {
    let number = 0;
    for await (const stored of this.#stored()) {
      number += 1;
      const line = this.#known(stored, number);
      if (line) yield line;
    }
  }

  /** The lines of one type in order. @throws CarlError INPUT_RUN naming a damaged line */
  async *of<T extends MetricsType>(type: T): AsyncGenerator<LineOf<T>, void, undefined> {
    for await (const line of this.lines()) if (line.type === type) yield line as LineOf<T>;
  }

  /**
   * Cuts the file to the lines that it had when a checkpoint was saved, and those of evaluations of this checkpoint.
   * @throws CarlError INPUT_RUN if these lines are missing or were changed, DISK
   */
  async cut(saved: FileDigest, checkpoint: { readonly folder: string; readonly step: number }): Promise<void> {
    await this.#verify(saved, checkpoint.folder);
    await orDiskError(this.path, async () => {
      const later = await this.#after(saved.bytes);
      const kept = evaluationLines(later, checkpoint.step);
      if (kept === later) return;
      await truncate(this.path, saved.bytes);
      await appendFile(this.path, kept);
    });
  }

  async #after(bytes: number): Promise<string> {
    const file = await open(this.path, 'r');
    try {
      const rest = Buffer.alloc((await file.stat()).size - bytes);
      await file.read(rest, 0, rest.length, bytes);
      return rest.toString('utf8');
    } finally {
      await file.close();
    }
  }

  async #verify(saved: FileDigest, checkpoint: string): Promise<void> {
    const found = await this.#beginning(saved.bytes);
    if (found.sha256 === saved.sha256) return;
    // A line that cannot be read has the better message.
    for await (const _ of this.lines());
    const difference =
      found.bytes < saved.bytes
        ? `it has ${found.bytes} bytes, and had ${saved.bytes} then`
        : `the first ${saved.bytes} bytes were changed since then`;
    throw new CarlError(
      'INPUT_RUN',
      `${this.path} is not the file that ${checkpoint} was saved with: ${difference}. ` +
        'Restore it, or delete this checkpoint to continue from the one before.',
    );
  }

  async #beginning(bytes: number): Promise<FileDigest> {
    try {
      const file = await open(this.path, 'r');
      try {
        return await new GrowingDigest().extend(file, bytes);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw damaged(this.path, error);
    }
  }

  /**
   * Drops lines of later steps than the given one. Other lines stay as they are. For checkpoints of earlier versions, which
   * have no digest of the metrics.
   * @throws CarlError DISK, INPUT_RUN
   */
  async truncate(step: number): Promise<void> {
    const kept: string[] = [];
    for await (const stored of this.#stored()) {
      this.#known(stored, kept.length + 1);
      const { step: at = 0 } = stored as { readonly step?: number };
      if (at <= step) kept.push(`${JSON.stringify(stored)}\n`);
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

  #known(stored: unknown, number: number): MetricsLine | undefined {
    try {
      return metricsLine(stored);
    } catch (error) {
      throw damaged(this.path, new JsonLineError(number, error));
    }
  }
}

/** The lines of evaluations of a step in a text; a line that was cut off is dropped. */
function evaluationLines(text: string, step: number): string {
  const lines = text.split(/(?<=\n)/);
  return lines.filter(line => line.endsWith('\n') && isEvaluation(line, step)).join('');
}

function isEvaluation(text: string, step: number): boolean {
  try {
    const line = JSON.parse(text) as { readonly type?: string; readonly step?: number };
    return line.type === 'evaluation' && line.step === step;
  } catch {
    return false;
  }
}
