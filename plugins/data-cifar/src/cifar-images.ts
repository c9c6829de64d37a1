import { pixelImages, type ImageSet } from '@carl-ssl/core';
import { readBatch } from './batch.js';
import { PLANES, type Batch, type Layout } from './layout.js';

/** Files of a split, and which of its labels to use. */
export interface CifarFiles {
  readonly files: readonly string[];
  readonly layout: Layout;
  /** Name of a column of labels. */
  readonly column: string;
  readonly classNames?: readonly string[];
}

/** Reads images [N, 32, 32, 3] and labels [N] from batches, in the order of the files. @throws CarlError INPUT_FILE, INPUT_DATA */
export async function readCifar({ files, layout, column, classNames }: CifarFiles): Promise<ImageSet> {
  const batches: Batch[] = [];
  for (const file of files) batches.push(await readBatch(file, layout));
  const planes = batches.flatMap(batch => batch.planes);
  const bytes = new Uint8Array(planes.length * PLANES);
  planes.forEach((image, i) => interleave(image, bytes.subarray(i * PLANES, (i + 1) * PLANES)));
  const labels = Int32Array.from(batches.flatMap(batch => Array.from(batch.labels.get(column)!)));
  return pixelImages({ bytes, size: [32, 32], channels: 3, labels, classes: classNames });
}

/** Turns planes [3, n] into pixels [n, 3]. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  const n = planes.length / 3;
  for (let i = 0; i < n; i++) for (let c = 0; c < 3; c++) pixels[3 * i + c] = planes[c * n + i];
}
