import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { kernels } from '@carl-ssl/core';

/** Channels of the images and of the first stage. */
export interface Shape {
  readonly channels: number;
  readonly width: number;
}

const EPSILON = 1e-5;
const EMBEDDING = 128;
const HIDDEN = 512;

/** ResNet-18 with the 3x3 stem for small images and SimCLR's projection head, written with the kernels and nothing else. */
export class ResNet18 {
  readonly variables: Variable[] = [];
  private next = 0;

  constructor(private readonly shape: Shape) {}

  /** [B, H, W, C] -> [B, 128]. The first call makes the weights. */
  forward(images: Tensor4D): Tensor2D {
    this.next = 0;
    let x = this.convolution(images, { size: 3, channels: this.shape.width, stride: 1 });
    x = kernels.relu(this.normalization(x));
    for (let stage = 0; stage < 4; stage++)
      for (let block = 0; block < 2; block++)
        x = this.block(x, this.shape.width * 2 ** stage, stage > 0 && block === 0 ? 2 : 1);
    return this.head(tf.mean(x, [1, 2]));
  }

  private block(x: Tensor4D, channels: number, stride: number): Tensor4D {
    const inner = kernels.relu(this.normalization(this.convolution(x, { size: 3, channels, stride })));
    const outer = this.normalization(this.convolution(inner, { size: 3, channels, stride: 1 }));
    const plain = stride === 1 && x.shape[3] === channels;
    return kernels.addRelu(outer, plain ? x : this.normalization(this.convolution(x, { size: 1, channels, stride })));
  }

  private head(features: Tensor2D): Tensor2D {
    const hidden = kernels.relu(this.normalization(this.product(features, HIDDEN)));
    return this.normalization(this.product(hidden, EMBEDDING));
  }

  private convolution(
    x: Tensor4D,
    { size, channels, stride }: { size: number; channels: number; stride: number },
  ): Tensor4D {
    const fan = size * size * x.shape[3];
    const filter = this.weight(() =>
      tf.randomNormal([size, size, x.shape[3], channels], 0, Math.sqrt(2 / fan), 'float32', this.next),
    );
    return kernels.conv2d(x, filter as Tensor4D, stride, (size - 1) / 2);
  }

  private product(x: Tensor2D, width: number): Tensor2D {
    const matrix = this.weight(() =>
      tf.randomNormal([x.shape[1], width], 0, Math.sqrt(1 / x.shape[1]), 'float32', this.next),
    );
    return tf.matMul(x, matrix);
  }

  private normalization<T extends Tensor2D | Tensor4D>(x: T): T {
    const channels = x.shape[x.rank - 1];
    const scale = this.weight(() => tf.ones([channels])) as Tensor1D;
    const offset = this.weight(() => tf.zeros([channels])) as Tensor1D;
    return kernels.batchNorm(x, scale, offset, EPSILON).output;
  }

  private weight(initial: () => Tensor): Tensor {
    const index = this.next++;
    return (this.variables[index] ??= tf.variable(initial()));
  }
}
