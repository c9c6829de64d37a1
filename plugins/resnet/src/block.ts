import { batchNorm, batchNormRelu, batchNormReluConv, conv, sequence, tf, totalCost, type Layer } from '@carl-ssl/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
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
  const convolutions = kind === 'basic' ? basic(shape) : bottleneck(shape);
  const changes = stride !== 1 || inputs !== outputs;
  return residual(name, convolutions, {
    zeroInit: shape.zeroInit,
    shortcut: changes ? downsample(name, { inputs, outputs, size: 1, stride }) : undefined,
  });
}

/** Two 3x3 convolutions. */
const basic = ({ inputs, inner, outputs, stride }: BlockShape): ConvSize[] => [
  { inputs, outputs: inner, size: 3, stride },
  { inputs: inner, outputs, size: 3, stride: 1 },
];

/** 1x1, 3x3 and 1x1 convolutions; as in torchvision the 3x3 one has the stride. */
const bottleneck = ({ inputs, inner, outputs, stride }: BlockShape): ConvSize[] => [
  { inputs, outputs: inner, size: 1, stride: 1 },
  { inputs: inner, outputs: inner, size: 3, stride },
  { inputs: inner, outputs, size: 1, stride: 1 },
];

/** Brings a block's input to the shape of its output. */
function downsample(name: string, size: ConvSize): Layer<Tensor4D> {
  return sequence([
    conv(`${name}.downsample.0`, { ...size, normalized: true }),
    batchNorm(`${name}.downsample.1`, size.outputs),
  ]);
}

/** Each convolution is normalised and rectified, the last one after the shortcut was added; without a layer that is x itself. */
function residual(
  name: string,
  convolutions: readonly ConvSize[],
  { zeroInit, shortcut }: { readonly zeroInit: boolean; readonly shortcut: Layer<Tensor4D> | undefined },
): Layer<Tensor4D> {
  const main = sequence(
    convolutions.map((size, i) => {
      const options = { ...size, normalized: true };
      if (i === 0) return conv(`${name}.conv1`, options);
      return batchNormReluConv({ norm: `${name}.bn${i}`, conv: `${name}.conv${i + 1}` }, options);
    }),
  );
  const { length, [length - 1]: end } = convolutions;
  const last = batchNormRelu<Tensor4D>(`${name}.bn${length}`, end.outputs, { initialScale: zeroInit ? 0 : 1 });
  return {
    weights: [...main.weights, ...last.weights, ...(shortcut?.weights ?? [])],
    forward: (input, pass) =>
      tf.tidy(() => last.forward(main.forward(input, pass), pass, shortcut?.forward(input, pass) ?? input)),
    cost: shape => {
      const [a, b] = [totalCost([main, last], shape), shortcut?.cost(shape)];
      return {
        shape: a.shape,
        multiplyAdds: a.multiplyAdds + (b?.multiplyAdds ?? 0),
        activations: a.activations + (b?.activations ?? 0),
      };
    },
  };
}
