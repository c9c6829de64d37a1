import { batchNorm, conv, kernels, relu, sequence, sizeOf, type Layer } from '@carl-ssl/core';
import type { Tensor4D } from '@tensorflow/tfjs';
import type { BlockName } from './layout.js';

export interface BlockShape {
  readonly inputs: number;
  /** Channels of the inner convolutions. */
  readonly inner: number;
  readonly outputs: number;
  readonly stride: number;
  /** Whether the last scale starts at zero, so that the block starts as the identity. */
  readonly zeroInit: boolean;
}

type ConvSize = Readonly<Record<'inputs' | 'outputs' | 'size' | 'stride', number>>;

/** A residual block: [B, H, W, inputs] -> [B, ceil(H / stride), ceil(W / stride), outputs]. */
export function residualBlock(name: string, kind: BlockName, shape: BlockShape): Layer<Tensor4D> {
  const { inputs, outputs, stride } = shape;
  const changes = stride !== 1 || inputs !== outputs;
  return residual(
    kind === 'basic' ? basic(name, shape) : bottleneck(name, shape),
    changes ? downsample(name, { inputs, outputs, size: 1, stride }) : undefined,
  );
}

/** Two 3x3 convolutions. */
function basic(name: string, { inputs, inner, outputs, stride, zeroInit }: BlockShape): Layer<Tensor4D> {
  return sequence([
    ...normed(name, 1, { inputs, outputs: inner, size: 3, stride }),
    relu(),
    ...normed(name, 2, { inputs: inner, outputs, size: 3, stride: 1 }, zeroInit),
  ]);
}

/** 1x1, 3x3 and 1x1 convolutions; as in torchvision the 3x3 one has the stride. */
function bottleneck(name: string, { inputs, inner, outputs, stride, zeroInit }: BlockShape): Layer<Tensor4D> {
  return sequence([
    ...normed(name, 1, { inputs, outputs: inner, size: 1, stride: 1 }),
    relu(),
    ...normed(name, 2, { inputs: inner, outputs: inner, size: 3, stride }),
    relu(),
    ...normed(name, 3, { inputs: inner, outputs, size: 1, stride: 1 }, zeroInit),
  ]);
}

function normed(name: string, place: number, size: ConvSize, zeroInit = false): Layer<Tensor4D>[] {
  const initialScale = zeroInit ? 0 : 1;
  return [conv(`${name}.conv${place}`, size), batchNorm(`${name}.bn${place}`, size.outputs, { initialScale })];
}

/** Brings a block's input to the shape of its output. */
function downsample(name: string, size: ConvSize): Layer<Tensor4D> {
  return sequence([conv(`${name}.downsample.0`, size), batchNorm(`${name}.downsample.1`, size.outputs)]);
}

/** relu(main(x) + shortcut(x)); without a shortcut layer it is x itself. */
function residual(main: Layer<Tensor4D>, shortcut: Layer<Tensor4D> | undefined): Layer<Tensor4D> {
  return {
    weights: [...main.weights, ...(shortcut?.weights ?? [])],
    forward: (input, pass) => kernels.addRelu(main.forward(input, pass), shortcut?.forward(input, pass) ?? input),
    cost: shape => {
      const [a, b] = [main.cost(shape), shortcut?.cost(shape)];
      return {
        shape: a.shape,
        multiplyAdds: a.multiplyAdds + (b?.multiplyAdds ?? 0),
        activations: a.activations + (b?.activations ?? 0) + sizeOf(a.shape),
      };
    },
  };
}
