import { existsSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { orDiskError, writeAtomic } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';

/**
 * Rows of numbers in a file beside the result, which is written once they are complete. They remain after an interruption, and
 * the same work continues with them.
 */
export class PartialRows {
  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly width: number,
    private done: number,
  ) {}

  /**
   * Opens the rows for a result at the given path. Rows of other work are removed.
   * @param basis text on which the rows depend; equal texts mean equal rows
   * @param step rows are kept in multiples of this number
   */
  static async open(
    path: string,
    { width, basis, step }: { readonly width: number; readonly basis: string; readonly step: number },
  ): Promise<PartialRows> {
    const [rows, about] = [`${path}.partial`, `${path}.partial.json`];
    const known = existsSync(rows) && existsSync(about) ? await readText(about).catch(() => '') : '';
    return orDiskError(rows, async () => {
      if (known !== basis) {
        await rm(rows, { force: true });
        await writeAtomic(about, basis);
      }
      const file = await open(rows, known === basis ? 'r+' : 'wx+');
      const complete = Math.floor((await file.stat()).size / (4 * width));
      return new PartialRows(file, path, width, Math.floor(complete / step) * step);
    });
  }

  /** Number of rows that are there. */
  get length(): number {
    return this.done;
  }

  /** Adds rows [n, width]. @throws CarlError DISK */
  async append(rows: Float32Array): Promise<void> {
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    const position = 4 * this.width * this.done;
    await orDiskError(`${this.path}.partial`, async () => {
      for (let at = 0; at < bytes.length;)
        at += (await this.file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
    });
    this.done += rows.length / this.width;
  }

  /** Rows [to - from, width]. */
  async read(from: number, to: number): Promise<Float32Array> {
    const rows = new Float32Array((to - from) * this.width);
    const bytes = new Uint8Array(rows.buffer);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await this.file.read(bytes, at, bytes.length - at, 4 * this.width * from + at);
      if (bytesRead === 0) throw new Error(`${this.path}.partial ends too early`);
      at += bytesRead;
    }
    return rows;
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Removes the rows, once the result is written. */
  async remove(): Promise<void> {
    await rm(`${this.path}.partial`, { force: true });
    await rm(`${this.path}.partial.json`, { force: true });
  }
}
