import { counted } from '../text/counted.js';
import { Components } from '../contracts/components.js';
import type { Augmenter } from '../contracts/augmenter.js';
import { Dataset } from '../contracts/dataset.js';
import type { ImageSet } from '../contracts/image-set.js';
import { slots } from '../contracts/slots.js';
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

/** Opens the splits of the pipeline's own dataset. @throws CarlError INPUT_DATA, INPUT_FILE */
export async function openOwnDataset({ data }: Pipeline, services: Services): Promise<OpenDataset> {
  const dataset = services.get(Dataset);
  const { train, ...held } = await splitsOf(dataset);
  if (!train || train.length === 0)
    throw new CarlError('INPUT_DATA', `The dataset \`${data.use}\` has no training images.`);
  return { dataset, train, held };
}

/**
 * Opens the datasets under `transfer`, whose images the encoder must be able to take.
 * @throws CarlError INPUT_DATA, INPUT_FILE; MismatchError
 */
export async function openTransferDatasets(
  { transfer = {} }: Pipeline,
  services: Services,
  encoder: { readonly augmenter: Augmenter; readonly channels: number },
): Promise<readonly TransferDataset[]> {
  const components = services.get(Components);
  const opened: TransferDataset[] = [];
  for (const [name, { data }] of Object.entries(transfer)) {
    const dataset = components.create(slots.dataset, data);
    const { train, ...held } = await inTransfer(name, () => splitsOf(dataset));
    if (!train || train.length === 0)
      throw new CarlError('INPUT_DATA', `transfer.${name}: the dataset \`${data.use}\` has no training images.`);
    checkChannels(name, train, encoder);
    opened.push({ name, dataset, train, held });
  }
  return opened;
}

async function splitsOf(dataset: Dataset): Promise<Partial<OpenDataset['held'] & Pick<OpenDataset, 'train'>>> {
  const [train, validation, test] = [
    await dataset.split('train'),
    await dataset.split('validation'),
    await dataset.split('test'),
  ];
  return { ...(train && { train }), ...(validation && { validation }), ...(test && { test }) };
}

/** Names the dataset in errors about its files. */
async function inTransfer<T>(name: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!CarlError.is(error) || error instanceof MismatchError) throw error;
    throw new CarlError(error.code, `transfer.${name}: ${error.message}`, { cause: error });
  }
}

/** The evaluation transform brings images to the encoder's size, but not to another number of channels. */
function checkChannels(
  name: string,
  { channels: stored }: ImageSet,
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
