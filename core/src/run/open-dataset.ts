import { counted } from '../text/counted.js';
import { Components } from '../contracts/components.js';
import type { Augmenter } from '../contracts/augmenter.js';
import { Dataset } from '../contracts/dataset.js';
import type { ImageSet } from '../contracts/image-set.js';
import { slots } from '../contracts/slots.js';
import { atKey } from '../config/data-error.js';
import type { Path } from '../config/node.js';
import { valueAt } from '../config/origin.js';
import { MismatchError } from '../config/mismatch-error.js';
import type { Services } from '../container/root.js';
import { CarlError } from '../errors/carl-error.js';
import type { Pipeline } from '../schema/skeleton.js';

/** A dataset whose splits are open. */
export interface OpenDataset {
  readonly dataset: Dataset;
  readonly train: ImageSet;
  /** The other splits that the dataset has. */
  readonly held: { readonly validation?: ImageSet; readonly test?: ImageSet };
}

/** A dataset under `transfer`. */
export interface TransferDataset extends OpenDataset {
  readonly name: string;
}

/** Opens the splits of the pipeline's own dataset. @throws DataError INPUT_DATA, INPUT_FILE */
export async function openOwnDataset(pipeline: Pipeline, services: Services): Promise<OpenDataset> {
  return openAt(['data'], pipeline, services.get(Dataset));
}

/** Opens a dataset under `transfer`. @throws DataError INPUT_DATA, INPUT_FILE */
export async function openTransferDataset(
  name: string,
  pipeline: Pipeline,
  services: Services,
): Promise<TransferDataset> {
  const dataset = services.get(Components).create(slots.dataset, pipeline.transfer![name].data);
  return { name, ...(await openAt(['transfer', name, 'data'], pipeline, dataset)) };
}

/** Opens the splits of the dataset at a key of the pipeline. */
async function openAt(key: Path, pipeline: Pipeline, dataset: Dataset): Promise<OpenDataset> {
  try {
    const { train, ...held } = await splitsOf(dataset);
    if (train && train.length > 0) return { dataset, train, held };
    const use = String(valueAt(pipeline, [...key, 'use']));
    throw new CarlError('INPUT_DATA', `The dataset \`${use}\` has no training images.`);
  } catch (error) {
    throw atKey(error, key, pipeline);
  }
}

async function splitsOf(dataset: Dataset): Promise<Partial<OpenDataset['held'] & Pick<OpenDataset, 'train'>>> {
  const [train, validation, test] = [
    await dataset.split('train'),
    await dataset.split('validation'),
    await dataset.split('test'),
  ];
  return { ...(train && { train }), ...(validation && { validation }), ...(test && { test }) };
}

/**
 * Checks that the encoder can take the images of a dataset under `transfer`. The evaluation transform brings them to its size,
 * but not to another number of channels.
 * @throws MismatchError
 */
export function checkChannels(
  { name, train: { channels: stored } }: TransferDataset,
  { augmenter, channels }: { readonly augmenter: Augmenter; readonly channels: number },
): void {
  const found = augmenter.outputChannels(stored);
  if (found === channels) return;
  throw new MismatchError(
    ['transfer', name, 'data', 'use'],
    `The images of \`${name}\` have ${counted(stored, 'channel')}, and the encoder takes ${counted(channels, 'channel')}.`,
    (found === undefined ? augmenter.refusal?.(stored) : undefined) ??
      `Convert the images to ${counted(channels, 'channel')}, train the encoder on images with ${counted(stored, 'channel')}, or remove \`transfer.${name}\`.`,
  );
}

/** The splits that evaluators get besides `train`. */
export function reportedSplits(held: OpenDataset['held'], { evaluation: { splits } }: Pipeline): OpenDataset['held'] {
  const named = Object.entries(held).filter(([name]) => !splits || (splits as readonly string[]).includes(name));
  return Object.fromEntries(named);
}

/** All splits of an experiment by name: `train`, `test`; `flowers/train` for those under `transfer`. */
export function imageSetsOf({
  train,
  held,
  transfer,
}: Pick<OpenDataset, 'train' | 'held'> & { readonly transfer: readonly TransferDataset[] }): ReadonlyMap<
  string,
  ImageSet
> {
  return new Map([
    ...Object.entries({ train, ...held }),
    ...transfer.flatMap(({ name, ...one }) =>
      Object.entries({ train: one.train, ...one.held }).map(([split, set]) => [`${name}/${split}`, set] as const),
    ),
  ]);
}
