import type { GivenValue } from '../config/override.js';
import { loadValues, type LoadOptions } from '../config/load.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import type { ImageSet } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import { dataValues } from './given-data.js';
import { openDataset } from './open-pipeline.js';

/** An encoder that is evaluated without a pipeline. Every value is YAML, in which the brackets of a list may be left out. */
export interface GivenEncoder {
  /** The component: `resnet`, `{ use: resnet, depth: 18 }`. */
  readonly encoder: string;
  /** A folder with images, or the component: `{ use: image-folder, root: photos }`. */
  readonly data: string;
  /** Evaluators: `knn, linear` by default. */
  readonly evaluate?: string;
  /** Mean and standard deviation that images are normalised with. */
  readonly mean?: string;
  readonly std?: string;
  /** Pixels of the shorter side of a resized image, 8/7 of `crop` by default. */
  readonly resize?: number;
  /** Pixels of the side of the centre that is cropped, 224 by default. */
  readonly crop?: number;
}

/** Sides of the resized and of the cropped image. */
interface Sides {
  readonly resize: number;
  readonly crop: number;
}

/** Crop of the papers, in pixels; images are resized to 8/7 of it. */
const CROP = 224;
const MARGIN = 8 / 7;

/** Images whose size is read to find out whether all are smaller than the crop. */
const SAMPLE = 16;

/**
 * Loads a pipeline made of the given values. Small images of one size are neither resized nor cropped, unless their sides are given.
 * @throws PipelineError whose errors name the options; CarlError INPUT_ARGUMENT, INPUT_DATA, INPUT_FILE
 */
export async function loadGivenEncoder(given: GivenEncoder, options: LoadOptions = {}): Promise<LoadedPipeline> {
  const data = dataValues(given.data, options.cwd ?? process.cwd());
  const load = async (sides: Sides) => loadValues([...data, ...valuesOf(given, sides)], options);
  const loaded = await load(sidesOf(given));
  if (given.resize !== undefined || given.crop !== undefined) return loaded;
  const side = await commonSide((await openDataset(loaded)).train);
  return side === undefined || side >= CROP ? loaded : load({ resize: side, crop: side });
}

/** Loads a pipeline that is only used to open its data: a folder with images, or a dataset in YAML. @throws as {@link loadGivenEncoder} */
export async function loadGivenData(data: string, options: LoadOptions = {}): Promise<LoadedPipeline> {
  const unused = { encoder: '{ use: resnet, depth: 18 }', data, evaluate: '[]' };
  return loadValues(
    [...dataValues(data, options.cwd ?? process.cwd()), ...valuesOf(unused, sidesOf({ crop: CROP }))],
    options,
  );
}

/** @throws CarlError INPUT_ARGUMENT */
function sidesOf({ resize, crop }: Pick<GivenEncoder, 'resize' | 'crop'>): Sides {
  if (crop === undefined && resize !== undefined) return { resize, crop: Math.round(resize / MARGIN) };
  const side = crop ?? CROP;
  const sides = { resize: resize ?? Math.round(side * MARGIN), crop: side };
  if (sides.resize >= sides.crop) return sides;
  throw new CarlError(
    'INPUT_ARGUMENT',
    `--resize ${resize} is smaller than --crop ${crop}, which is cut out of the resized image. Most papers resize to 8/7 of the crop.`,
  );
}

/** The pipeline's values beside the data, in the order in which they are set. */
function valuesOf(given: GivenEncoder, { resize, crop }: Sides): readonly GivenValue[] {
  const { encoder, mean, std, evaluate = 'knn, linear' } = given;
  const of = (option: string, entries: Readonly<Record<string, string>>): readonly GivenValue[] =>
    Object.entries(entries).map(([key, text]) => ({ option, key, text }));
  const normalising = mean !== undefined ? '--mean' : std !== undefined ? '--std' : '--data';
  return [
    ...of('--encoder', { encoder, ...NOT_USED }),
    // An augmenter that cannot take the images has a mean for others.
    ...of(normalising, { augmenter: augmenterOf(crop) }),
    ...of('--resize', { 'augmenter.evaluation.resize': String(resize) }),
    ...(mean === undefined ? [] : of('--mean', { 'augmenter.mean': listOf(mean) })),
    ...(std === undefined ? [] : of('--std', { 'augmenter.std': listOf(std) })),
    ...of('--evaluate', { evaluate: listOf(evaluate) }),
  ];
}

/** Views for evaluators that train on augmented images: random crops and flips, as in most papers' linear evaluation. */
function augmenterOf(side: number): string {
  const steps = `[{ use: random-resized-crop, size: ${side} }, { use: random-horizontal-flip }]`;
  return `{ use: views, views: [{ size: ${side}, steps: ${steps} }] }`;
}

/** Keys that every pipeline has and that no evaluation uses. */
const NOT_USED = {
  name: 'given-weights',
  objective: 'dcl',
  optimizer: '{ use: sgd, learningRate: 0.1 }',
  trainer: '{ epochs: 1 }',
};

function listOf(text: string): string {
  return /^\s*\[/.test(text) ? text : `[${text}]`;
}

/** The shorter side of the images; undefined if their sizes differ. Of a set that does not know them, some images are read. */
async function commonSide(images: ImageSet): Promise<number | undefined> {
  if (images.size) return Math.min(...images.size);
  const count = Math.min(SAMPLE, images.length);
  const places = Array.from({ length: count }, (_, i) => Math.floor((i * images.length) / count));
  // An evaluator that reads a damaged image reports it.
  const read = await images.read(places).catch(() => []);
  const sizes = new Set(read.map(({ height, width }) => `${height}x${width}`));
  return sizes.size === 1 ? Math.min(read[0].height, read[0].width) : undefined;
}
