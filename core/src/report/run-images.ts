import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { writeAtomic } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';
import { describeCheckpoint } from '../train/checkpoint.js';
import type { RunRecord } from '../run/read-run.js';
import type { Plane } from './embedding.js';
import type { PrototypeUse } from './prototype-facts.js';
import type { Sprite } from './sprite.js';
import type { ViewSample } from './view-samples.js';

/** What a report shows of the images of a run. Plain data, kept in the run directory for the next report. */
export interface RunImages {
  /** Hash of everything that determines the rest. */
  readonly key: string;
  readonly split: 'validation' | 'train';
  /** The evaluated network, for a pipeline with a teacher. */
  readonly network?: 'student' | 'teacher';
  /** Optimizer steps of the checkpoint. */
  readonly step: number;
  /** Names of the classes in the order of the labels, if the images have one label each. */
  readonly classes?: readonly string[];
  readonly map: EmbeddingMap;
  /** Of each kept checkpoint, oldest first; empty for networks without prototypes. */
  readonly prototypes: readonly PrototypeUse[];
  /** Pictures of the images in `top` of the largest prototypes. */
  readonly gathered?: GatheredPictures;
  readonly views: readonly ViewSample[];
}

/** Features of some images in the plane. */
export interface EmbeddingMap {
  /** Place of each image in its split, and its class. */
  readonly indices: readonly number[];
  readonly labels?: readonly number[];
  readonly pictures: Sprite;
  /** Undefined for too few images, or features that are not finite. */
  readonly pca?: { readonly plane: Plane; readonly explained: readonly [number, number] };
  readonly umap?: Plane;
}

export interface GatheredPictures {
  readonly pictures: Sprite;
  /** Cell of an image by its place in the list of examined images. */
  readonly cells: Readonly<Record<number, number>>;
  /** Place of these images in their split, and their class. */
  readonly indices: Readonly<Record<number, number>>;
}

/** Prototypes whose images are shown, those that gather most. */
export const SHOWN_PROTOTYPES = 24;

/** Changes when another version of this code gives other results. */
const VERSION = 1;

const FILE = 'report-images.json';

/** Hash of a run, its kept checkpoints and the version of this code. @throws CarlError INPUT_RUN */
export async function imagesKey({ lock, checkpoints }: RunRecord): Promise<string> {
  const files = await Promise.all(checkpoints.map(async ({ path }) => (await describeCheckpoint(path)).files));
  const weights = files.map(one => [one['weights.safetensors'], one['teacher.safetensors']]);
  return createHash('sha256')
    .update(JSON.stringify([VERSION, lock.pipeline, lock.data, weights]))
    .digest('hex');
}

/** The images of a run from its last report, if they are those of its present checkpoints. */
export async function storedImages(path: string, key: string): Promise<RunImages | undefined> {
  const text = await readText(join(path, FILE)).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const stored = JSON.parse(text) as RunImages | null;
    return stored?.key === key ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the images for the next report; a folder that cannot be written does not stop this one. */
export async function storeImages(path: string, images: RunImages): Promise<void> {
  try {
    await writeAtomic(join(path, FILE), JSON.stringify(images));
  } catch (error) {
    if (!CarlError.is(error) || error.code !== 'DISK') throw error;
  }
}
