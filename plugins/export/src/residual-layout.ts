import { CarlError, type TrainedEncoder } from '@carl-ssl/core';

/** Options of the encoder `resnet`. */
interface ResnetOptions {
  readonly depth?: number;
  readonly block?: 'basic' | 'bottleneck';
  readonly layers?: readonly number[];
  readonly width: number;
  readonly widen: number;
  readonly stem: 'imagenet' | 'cifar' | 'small';
}

/** A ResNet as PyTorch's libraries describe it. */
export interface ResidualLayout extends Omit<ResnetOptions, 'depth'> {
  readonly block: 'basic' | 'bottleneck';
  readonly layers: readonly number[];
  /** Name in torchvision and timm; undefined for a network that they have no name for. */
  readonly name?: string;
}

const BLOCKS: Readonly<Record<number, readonly number[]>> = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
};

export function residualLayout({ encoder }: TrainedEncoder): ResidualLayout {
  const { depth, width, widen, stem, ...given } = encoder as unknown as ResnetOptions;
  const block = given.block ?? (depth !== undefined && depth >= 50 ? 'bottleneck' : 'basic');
  const layers = given.layers ?? BLOCKS[depth!];
  const known = Object.entries(BLOCKS).find(
    ([number, blocks]) => Number(number) >= 50 === (block === 'bottleneck') && blocks.join() === layers.join(),
  );
  const isNamed = known && width === 64 && widen === 1;
  return { block, layers, width, widen, stem, ...(isNamed && { name: `resnet${known[0]}` }) };
}

/** The error for an encoder that a library has no network for. */
export function noForm(library: string, { encoder }: TrainedEncoder): CarlError {
  return new CarlError(
    'INPUT_ARGUMENT',
    `${library} has no network with the architecture of the encoder \`${encoder.use}\`. Export it with --format onnx or tfjs.`,
  );
}
