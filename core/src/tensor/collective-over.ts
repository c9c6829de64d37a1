import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective, Exchanged } from '../contracts/collective.js';
import { withGradient } from './custom-gradient.js';

/** Messages between workers, without lists and without gradients. Every call blocks until the message of each worker is there. */
export interface Transport extends Pick<Collective, 'rank' | 'size' | 'barrier' | 'any' | 'close' | 'abort'> {
  /** Element-wise mean over workers, [n] -> [n]; float32. */
  mean(values: Tensor1D): Tensor1D;
  /** The values of all workers in order of rank, [n] -> [size, n]; float32 or int32. */
  all(values: Tensor1D): Tensor2D;
  /** The values of worker `root`, [n] -> [n]; float32 or int32. */
  from(root: number, values: Tensor1D): Tensor1D;
}

/** A collective on a transport: sends each list as one message, and adds the backward passes that {@link Collective} defines. */
export function collectiveOver(transport: Transport): Collective {
  const { rank, size } = transport;
  const mean = withGradient((values: Tensor1D) => ({
    value: transport.mean(values),
    gradient: dy => [transport.mean(dy)],
  }));
  const all = withGradient((values: Tensor1D) => ({
    value: transport.all(values),
    gradient: dy => [rowOf(summed(dy, transport), rank)],
  }));
  const from = (root: number) =>
    withGradient((values: Tensor1D) => ({
      value: transport.from(root, values),
      gradient: dy => [tf.mul(summed(dy, transport), rank === root ? 1 : 0)],
    }));
  return {
    rank,
    size,
    allReduceMean: values => packed(values, mean),
    allGather: values => packed(values, one => (one.dtype === 'int32' ? transport.all(one) : all(one))),
    broadcast: (values, root = 0) =>
      packed(values, one => (one.dtype === 'int32' ? transport.from(root, one) : from(root)(one))),
    barrier: () => transport.barrier(),
    any: flag => transport.any(flag),
    close: async () => transport.close?.(),
    abort: status => transport.abort?.(status),
  };
}

/** Sum over workers of a tensor of any shape. */
function summed<T extends Tensor>(values: T, transport: Transport): T {
  return tf.tidy(() => {
    const mean = transport.mean(tf.reshape(values, [-1]));
    return tf.reshape<Rank>(tf.mul(mean, transport.size), values.shape) as T;
  });
}

function rowOf(rows: Tensor2D, index: number): Tensor1D {
  return tf.tidy(() => tf.reshape(tf.slice(rows, [index, 0], [1, -1]), [-1]));
}

/** Sends the tensors of each type as one vector [n] -> [n] or [size, n], and cuts the answer into the shapes of the tensors. */
function packed<const T extends readonly Tensor[]>(values: T, send: (all: Tensor1D) => Tensor): Exchanged<T> {
  const results: Tensor[] = [];
  for (const dtype of ['float32', 'int32']) {
    const places = values.flatMap((value, place) => (value.dtype === dtype ? [place] : []));
    if (places.length === 0) continue;
    const answer = send(tf.concat(places.map(place => tf.reshape<Rank.R1>(values[place], [-1]))));
    const sizes = places.map(place => values[place].size);
    // TensorFlow.js has no gradient for a split into one part.
    const parts = sizes.length === 1 ? [answer] : tf.split(answer, sizes, answer.rank - 1);
    places.forEach((place, i) => (results[place] = tf.reshape(parts[i], shapeOf(values[place], answer))));
  }
  return results as unknown as Exchanged<T>;
}

/** [size, n] stands for concatenation along the first axis. */
function shapeOf({ shape }: Tensor, answer: Tensor): number[] {
  return answer.rank === 1 ? shape : [answer.shape[0] * shape[0], ...shape.slice(1)];
}
