import {
  batchNormRelu,
  batchNormReluConv,
  checkpointed,
  conv,
  residual,
  sequence,
  tf,
  type Layer,
  type Stage,
} from '@carl-ssl/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** A wide residual network without the number of channels of its images. */
export interface WideArchitecture {
  /** Blocks in each of the three groups. */
  readonly blocks: number;
  /** Factor of the groups' channels. */
  readonly widen: number;
  /** Channels after the first convolution. */
  readonly width: number;
  readonly gradientCheckpointing: boolean;
}

interface BlockShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
}

const GROUPS = [0, 1, 2];

/** Channels of the last group. */
export const wideOutputWidth = ({ width, widen }: WideArchitecture): number => width * widen * 4;

/** The first convolution, the groups, and the normalisation that pre-activation leaves for the end. */
export function wideStagesOf(architecture: WideArchitecture, channels: number): readonly Stage<Tensor4D>[] {
  const { width } = architecture;
  const outputs = wideOutputWidth(architecture);
  return [
    { name: 'stem', layer: conv('conv1', { inputs: channels, outputs: width, size: 3 }) },
    ...GROUPS.map(index => ({ name: `block${index + 1}`, layer: group(architecture, index) })),
    { name: 'norm', layer: batchNormRelu<Tensor4D>('bn1', outputs) },
  ];
}

/** Blocks of one width; the first of them, but for the first group's, halves height and width. */
function group({ blocks, widen, width, gradientCheckpointing }: WideArchitecture, index: number): Layer<Tensor4D> {
  const outputs = width * widen * 2 ** index;
  const before = index === 0 ? width : outputs / 2;
  return sequence(
    Array.from({ length: blocks }, (_, place) =>
      checkpointed(
        block(`block${index + 1}.layer.${place}`, {
          inputs: place === 0 ? before : outputs,
          outputs,
          stride: place === 0 && index > 0 ? 2 : 1,
        }),
        gradientCheckpointing,
      ),
    ),
  );
}

/**
 * Normalisation and ReLU before each of two 3x3 convolutions: [B, H, W, inputs] -> [B, ceil(H / stride),
 * ceil(W / stride), outputs]. Where the width changes, the shortcut is a 1x1 convolution of what the first ReLU gives.
 */
function block(name: string, { inputs, outputs, stride }: BlockShape): Layer<Tensor4D> {
  const first = { inputs, outputs, size: 3, stride, normalized: true };
  const second = batchNormReluConv(
    { norm: `${name}.bn2`, conv: `${name}.conv2` },
    { inputs: outputs, outputs, size: 3 },
  );
  if (inputs === outputs)
    return residual(sequence([batchNormReluConv({ norm: `${name}.bn1`, conv: `${name}.conv1` }, first), second]));
  const main = sequence<Tensor4D>([conv(`${name}.conv1`, first), second]);
  const shortcut = conv(`${name}.convShortcut`, { inputs, outputs, size: 1, stride });
  return sequence([batchNormRelu(`${name}.bn1`, inputs), sum(main, shortcut)]);
}

/** a(x) + b(x). */
function sum(a: Layer<Tensor4D>, b: Layer<Tensor4D>): Layer<Tensor4D> {
  return {
    weights: [...a.weights, ...b.weights],
    forward: (input, pass) => tf.tidy(() => tf.add<Tensor4D>(a.forward(input, pass), b.forward(input, pass))),
    cost: shape => {
      const { activations, multiplyAdds } = b.cost(shape);
      const main = a.cost(shape);
      return { ...main, multiplyAdds: main.multiplyAdds + multiplyAdds, activations: main.activations + activations };
    },
  };
}
