import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ImageSet } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import { openImages } from '../export/image-source.js';
import type { TrainedNetwork } from '../export/trained-network.js';

/** One image that a command names. */
export interface QueryImage {
  /** As it was named. */
  readonly text: string;
  readonly images: ImageSet;
  readonly index: number;
  /** Split of the dataset it comes from; undefined for a file. */
  readonly split?: string;
}

const FORMS = 'Name an image file, or an image of the dataset by its split and number: test:5.';

/**
 * Opens an image file, or an image of a split of the network's own dataset: `test:5`.
 * @throws CarlError INPUT_ARGUMENT, INPUT_FILE, INPUT_DATA
 */
export async function openQuery(network: TrainedNetwork, text: string): Promise<QueryImage> {
  const [, split, number] = /^(train|validation|test):(\d+)$/.exec(text) ?? [];
  if (split === undefined || existsSync(text)) return ofFile(network, text);
  const images = await openImages(network, split);
  const index = Number(number);
  if (index < images.length) return { text, images, index, split };
  throw new CarlError(
    'INPUT_ARGUMENT',
    `${text}: the split ${split} has ${images.length} images, numbered from 0 to ${images.length - 1}.`,
  );
}

async function ofFile(network: TrainedNetwork, text: string): Promise<QueryImage> {
  if (!existsSync(text)) throw new CarlError('INPUT_ARGUMENT', `${text}: there is no such file. ${FORMS}`);
  if (!statSync(text).isFile()) throw new CarlError('INPUT_ARGUMENT', `${text} is not a file. ${FORMS}`);
  const images = await openImages(network, text);
  if (images.length === 1) return { text, images, index: 0 };
  throw new CarlError('INPUT_ARGUMENT', `${text} has ${images.length} images. ${FORMS}`);
}

/**
 * Place of the image in the set that is searched; undefined if it is not part of it.
 * @param among the name by which the set was opened
 */
export function placeIn(query: QueryImage, among: string, images: ImageSet): number | undefined {
  if (query.split !== undefined) return query.split === among ? query.index : undefined;
  if (!images.fileName || !existsSync(among)) return undefined;
  const [own, isFolder] = [resolve(query.text), statSync(among).isDirectory()];
  for (let index = 0; index < images.length; index++)
    if ((isFolder ? resolve(join(among, images.fileName(index))) : resolve(among)) === own) return index;
  return undefined;
}
