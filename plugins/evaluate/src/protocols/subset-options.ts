import {
  CarlError,
  Path,
  readUserFile,
  Type,
  type EvaluationSizes,
  type Random,
  type Refusal,
  type Static,
  type TObject,
} from '@carl-ssl/core';
import { basename, extname } from 'node:path';
import { balancedDraw, drawPerClass } from '../maths/balanced-draw.js';
import type { LabelledImages } from './labelled-images.js';

/** Options that name labelled training images; exactly one of them is set. */
export const subsetOptions = {
  share: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description:
        'Fraction of the training images, drawn with the same number from each class, at least one. 1 takes all images.',
    }),
  ),
  perClass: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Number of training images of each class, drawn at random.' }),
  ),
  file: Type.Optional(
    Path({
      description:
        'Text file that lists the training images, one per line: by file name, with or without folders, or by number from 0 in datasets without image files.',
    }),
  ),
};
export type SubsetOptions = Readonly<Static<TObject<typeof subsetOptions>>>;

/** An error for a subset that sets none or several of the options. */
export function refuseSubset({ share, perClass, file }: SubsetOptions, path: string): readonly Refusal[] {
  const set = Object.entries({ share, perClass, file }).filter(([, value]) => value !== undefined);
  if (set.length === 1) return [];
  const found = set.length === 0 ? 'none of them is set' : `${set.map(([key]) => key).join(' and ')} are set`;
  const message = `A subset needs exactly one of share, perClass and file; ${found}.`;
  return [{ code: 'SUBSET_AMBIGUOUS', path, message }];
}

/** The part of a metric's name that names the subset: `1%`, `10/class`, `-1percent` for a file. */
export function subsetName({ share, perClass, file }: SubsetOptions): string {
  if (share !== undefined) return `${Number((100 * share).toPrecision(6))}%`;
  return perClass === undefined ? `-${basename(file!, extname(file!))}` : `${perClass}/class`;
}

/**
 * Places of the images of a subset, in ascending order.
 * @throws CarlError INPUT_FILE, or INPUT_DATA if a listed image is not in the training images
 */
export async function subsetPlaces(
  { share, perClass, file }: SubsetOptions,
  train: LabelledImages,
  random: Random,
): Promise<readonly number[]> {
  if (share === 1) return Array.from(train.labels.keys());
  if (share !== undefined) return [...balancedDraw(train.labels, share, random)];
  if (perClass !== undefined) return [...drawPerClass(train.labels, perClass, random)];
  return listedPlaces(file!, train);
}

/** Number of images of a subset, for an estimate; 0 if its list cannot be read. */
export async function subsetLength(
  { share, perClass, file }: SubsetOptions,
  { images: { train }, classes }: EvaluationSizes,
): Promise<number> {
  if (share !== undefined) return Math.min(train, Math.max(classes, Math.round(share * train)));
  if (perClass !== undefined) return Math.min(train, perClass * classes);
  const lines = await listedEntries(file!).catch(() => []);
  return Math.min(train, lines.length);
}

async function listedEntries(file: string): Promise<readonly string[]> {
  const lines = new TextDecoder().decode(await readUserFile(file)).split(/\r?\n/u);
  return lines.map(line => line.trim()).filter(line => line !== '');
}

async function listedPlaces(file: string, train: LabelledImages): Promise<readonly number[]> {
  const entries = await listedEntries(file);
  const placeOf = placesByEntry(train);
  const found = entries.map(entry => ({ entry, place: placeOf(entry) }));
  const unknown = found.filter(({ place }) => place === undefined);
  if (unknown.length > 0) {
    const { length } = unknown;
    const which = `${length} of the ${entries.length} images listed in ${file} ${length === 1 ? 'is' : 'are'} not in the training images: ${unknown[0].entry}${length === 1 ? '' : ', ...'}.`;
    throw new CarlError(
      'INPUT_DATA',
      `${which} Check the names. Images held out for validation or test are not in the training images either.`,
    );
  }
  if (entries.length === 0) throw new CarlError('INPUT_DATA', `${file} lists no images. Write one per line.`);
  return [...new Set(found.map(({ place }) => place!))].sort((a, b) => a - b);
}

/** Finds images by path or unambiguous file name, or by number in sets without files. */
function placesByEntry({ images }: LabelledImages): (entry: string) => number | undefined {
  const { length } = images;
  if (!images.fileName) return entry => (/^\d+$/u.test(entry) && Number(entry) < length ? Number(entry) : undefined);
  const places = new Map<string, number | undefined>();
  for (let place = 0; place < length; place++) {
    const path = images.fileName(place);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name !== path) places.set(name, places.has(name) ? undefined : place);
  }
  for (let place = 0; place < length; place++) places.set(images.fileName(place), place);
  return entry => places.get(entry);
}
