import { existsSync } from 'node:fs';
import { Augmenter } from '../contracts/augmenter.js';
import type { EvaluationControl, NetworkOutput } from '../contracts/evaluator.js';
import type { ImageSet } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import { blockLength, plainBlock } from '../evaluate/plain-block.js';
import { hashOf } from '../run/lock.js';
import { withResultsLock } from '../run/training-lock.js';
import type { TableRows, VectorTable } from './formats/table.js';
import { PartialRows } from './partial-rows.js';
import { rowMapping, type RowMapping } from './row-mapping.js';
import type { TrainedNetwork } from './trained-network.js';
import { tableWriter, writeTable } from './write-table.js';
import { jsonText } from '../text/json-text.js';

/** The vectors of images and the file that they are written to. */
export interface Embedding {
  readonly images: ImageSet;
  readonly output: NetworkOutput;
  readonly out: string;
  /** Replaces a file that exists. */
  readonly overwrite?: boolean;
  readonly control: EvaluationControl;
  /** Gets the number of images whose rows an interrupted embedding has left. */
  readonly onResume?: (done: number) => void;
}

/** Result of an embedding. */
export interface Embedded {
  readonly length: number;
  readonly dim: number;
  readonly sets: number;
}

/** @throws CarlError INPUT_ARGUMENT if the file cannot be the result of an embedding */
export function checkTarget(out: string, overwrite = false): void {
  tableWriter(out);
  if (existsSync(out) && !overwrite)
    throw new CarlError('INPUT_ARGUMENT', `--out ${out}: this file exists. Name another one, or add --overwrite.`);
}

/**
 * Writes the features, embeddings or assignments of images to a file, with their names, labels and prototypes. Images are
 * prepared as for evaluation. Images and vectors are not kept in memory. After an interruption, the same call
 * continues, and the file is the same as without it.
 * @throws CarlError INPUT_ARGUMENT, INPUT_DATA, INPUT_WEIGHTS, DISK
 */
export async function embed(network: TrainedNetwork, embedding: Embedding): Promise<Embedded> {
  const { out, images, output, overwrite } = embedding;
  checkTarget(out, overwrite);
  return withResultsLock(out, async () => {
    const mapping = rowMapping(network.open(), output, output === 'assignments' || hasPrototypes(network));
    try {
      const { dim, sets } = mapping;
      const basis = await basisOf(network, embedding);
      const step = blockLength(network.shape.image);
      const rows = await PartialRows.open(out, { width: dim + 2 * sets, basis, step });
      try {
        await fill(rows, { network, mapping, embedding });
        await writeTable(out, tableOf(rows, { mapping, images, column: output }));
      } finally {
        await rows.close();
      }
      await rows.remove();
      return { length: images.length, dim, sets };
    } finally {
      mapping.close();
    }
  });
}

/** Whether images can be assigned; a file of weights can have the encoder alone. */
function hasPrototypes({ network, weights, opened }: TrainedNetwork): boolean {
  const isWhole = opened !== undefined || Object.keys(weights.tensors).some(name => !name.startsWith('encoder.'));
  return network.assigner !== undefined && isWhole;
}

interface Filling {
  readonly network: TrainedNetwork;
  readonly mapping: RowMapping;
  readonly embedding: Embedding;
}

async function fill(rows: PartialRows, { network, mapping, embedding }: Filling): Promise<void> {
  const { images, control, onResume } = embedding;
  const augmenter = network.loaded.services.get(Augmenter);
  if (rows.length > 0) onResume?.(rows.length);
  while (rows.length < images.length) {
    await control.progress(rows.length, images.length);
    const block = await plainBlock({ images, augmenter }, rows.length);
    await rows.append(await mapping.apply(block));
  }
  await control.progress(images.length, images.length);
}

/** Everything that the rows depend on. */
async function basisOf(
  { loaded, sha256, backend }: TrainedNetwork,
  { images, output, control }: Embedding,
): Promise<string> {
  const { encoder, head, predictor, assigner, augmenter } = loaded.pipeline;
  const pipeline = hashOf([encoder, head, predictor, assigner, augmenter]);
  const data = (await images.quickFingerprint?.())?.sha256 ?? (await images.fingerprint(control.signal));
  return jsonText({ format: 1, output, weights: sha256, pipeline, data, images: images.length, backend });
}

function tableOf(
  rows: PartialRows,
  { mapping, images, column }: { readonly mapping: RowMapping; readonly images: ImageSet; readonly column: string },
): VectorTable {
  const { dim, sets } = mapping;
  const { length, labels, classes } = images;
  return {
    ...{ length, dim, sets, column },
    ...(labels && classes && { classes }),
    name: index => images.fileName?.(index) ?? String(index),
    ...(labels && { label: (index: number) => labels[index] }),
    rows: async (from, to) => columnsOf(await rows.read(from, to), dim, sets),
  };
}

function columnsOf(rows: Float32Array, dim: number, sets: number): TableRows {
  const width = dim + 2 * sets;
  const count = rows.length / width;
  const vectors = new Float32Array(count * dim);
  const prototypes = new Int32Array(count * sets);
  const probabilities = new Float32Array(count * sets);
  for (let i = 0; i < count; i++) {
    vectors.set(rows.subarray(i * width, i * width + dim), i * dim);
    for (let set = 0; set < sets; set++) {
      prototypes[i * sets + set] = rows[i * width + dim + 2 * set];
      probabilities[i * sets + set] = rows[i * width + dim + 2 * set + 1];
    }
  }
  return { vectors, prototypes, probabilities };
}
