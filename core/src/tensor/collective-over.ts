import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Collective, Exchanged, HostExchange, Values } from '../contracts/collective.js';
import { withGradient } from './custom-gradient.js';
import { recordsGradients } from './engine.js';
import { tf } from './tf.js';

/** Messages between workers. Every call blocks until the message of each worker is there. */
export interface Transport
  extends HostExchange, Pick<Collective, 'rank' | 'size' | 'barrier' | 'any' | 'close' | 'advise' | 'abort'> {
  /** Replaces the values by those of worker `root`. */
  from(root: number, values: Values): void;
}

/** A collective on a transport: sends each list as one message, and adds the backward passes that {@link Collective} defines. */
export function collectiveOver(transport: Transport): Collective {
  const { rank, size } = transport;
  /** Sum over workers. */
  const summed = (values: Float32Array): Float32Array => {
    transport.mean(values);
    return values.map(value => value * size);
  };
  const mean: Operation = {
    exchange: values => inPlace(values, () => transport.mean(values as Float32Array)),
    gradient: dy => inPlace(dy, () => transport.mean(dy)),
    parts: 1,
  };
  const all: Operation = {
    exchange: values => transport.all(values),
    gradient: dy => summed(dy).subarray((dy.length / size) * rank, (dy.length / size) * (rank + 1)),
    parts: size,
  };
  const from = (root: number): Operation => ({
    exchange: values => inPlace(values, () => transport.from(root, values)),
    gradient: dy => (rank === root ? summed(dy) : summed(dy).fill(0)),
    parts: 1,
  });
  return {
    rank,
    size,
    allReduceMean: values => exchanged(values, mean),
    allGather: values => exchanged(values, all),
    broadcast: (values, root = 0) => exchanged(values, from(root)),
    host: transport,
    barrier: () => transport.barrier(),
    any: flag => transport.any(flag),
    close: async () => transport.close?.(),
    advise: text => transport.advise?.(text),
    abort: status => transport.abort?.(status),
  };
}

/** An exchange of vectors, whose arguments it may change. */
interface Operation {
  /** [n] -> [parts * n]. */
  readonly exchange: (values: Values) => Values;
  /** [parts * n] -> [n]. */
  readonly gradient: (dy: Float32Array) => Float32Array;
  readonly parts: number;
}

function inPlace<T extends Values>(values: T, work: () => void): T {
  work();
  return values;
}

/** Sends the tensors of each type as one vector, and cuts the answer into the shapes of the tensors. */
function exchanged<const T extends readonly Tensor[]>(values: T, operation: Operation): Exchanged<T> {
  const results: Tensor[] = [];
  for (const dtype of ['float32', 'int32']) {
    const places = values.flatMap((value, place) => (value.dtype === dtype ? [place] : []));
    if (places.length === 0) continue;
    const group = places.map(place => values[place]);
    const differentiable = dtype === 'float32' && recordsGradients();
    const answers = differentiable ? ofTensors(group, operation) : ofValues(group, operation);
    places.forEach((place, i) => (results[place] = answers[i]));
  }
  return results as unknown as Exchanged<T>;
}

/** Without gradient, on the host: a list of many small tensors would take many operations. */
function ofValues(group: readonly Tensor[], { exchange, parts }: Operation): Tensor[] {
  const length = group.reduce((sum, { size }) => sum + size, 0);
  const int = group[0].dtype === 'int32';
  const vector = (size: number): Values => (int ? new Int32Array(size) : new Float32Array(size));
  const own = vector(length);
  let end = 0;
  for (const tensor of group) {
    own.set(tensor.dataSync(), end);
    end += tensor.size;
  }
  const answer = exchange(own);
  let start = 0;
  return group.map(tensor => {
    const { size, dtype } = tensor;
    const values = parts === 1 ? answer.subarray(start, start + size) : vector(parts * size);
    for (let part = 0; parts > 1 && part < parts; part++)
      values.set(answer.subarray(part * length + start, part * length + start + size), part * size);
    start += size;
    return tf.tensor(values, shapeOf(tensor, parts), dtype);
  });
}

/** With gradient, as one differentiable operation on the concatenation. */
function ofTensors(group: readonly Tensor[], { exchange, gradient, parts }: Operation): Tensor[] {
  const send = withGradient((values: Tensor1D) => ({
    value: tf.tensor1d(exchange(copyOf(values)) as Float32Array),
    gradient: dy => [tf.tensor1d(gradient(copyOf(dy)))],
  }));
  const answer = send(tf.concat(group.map(tensor => tf.reshape<Rank.R1>(tensor, [-1]))));
  const sizes = group.map(({ size }) => size);
  // TensorFlow.js has no gradient for a split into one part.
  const cut = sizes.length === 1 ? [answer] : tf.split(tf.reshape<Rank.R2>(answer, [parts, -1]), sizes, 1);
  return group.map((tensor, i) => tf.reshape(cut[i], shapeOf(tensor, parts)));
}

/** A copy, because a backend may return its own memory. */
const copyOf = (values: Tensor1D): Float32Array => values.dataSync<'float32'>().slice();

/** Several parts stand for concatenation along the first axis. */
const shapeOf = ({ shape }: Tensor, parts: number): number[] =>
  parts === 1 ? shape : [parts * shape[0], ...shape.slice(1)];
