import { floatImage, type ImageSet, type Optimizer, shareable } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { changing, keep, made, type Broken } from './fault.js';
import {
  augmentation,
  augmenter,
  backend,
  collective,
  dataset,
  metric,
  optimizer,
  pixels,
  reader,
  schedule,
  teacher,
} from './sound.js';

const images: readonly Broken[] = [
  made(augmentation, 'leaves its argument untouched', () => ({
    apply: image => ({ ...image, data: image.data.fill(0) }),
  })),
  made(augmentation, 'gives the same image for the same stream', () => ({
    apply: image => ({ ...image, data: image.data.map(() => changing()) }),
  })),
  made(augmentation, 'gives complete images with the declared number of channels', sound => ({
    ...sound,
    outputChannels: channels => channels + 1,
  })),
  made(augmentation, 'gives complete images with the declared number of channels', () => ({
    apply: image => ({ ...image, height: 3 }),
  })),
  made(augmenter, 'declares views, global ones first', sound => ({ ...sound, views: [...sound.views].reverse() })),
  made(augmenter, 'makes views of the declared sizes and channels', sound => ({
    ...sound,
    views: sound.views.map(view => ({ ...view, height: 3 })),
  })),
  made(augmenter, 'leaves the image untouched and follows its streams', sound => ({
    ...sound,
    augment: (image, randoms) =>
      sound.augment(
        image,
        randoms.map(() => randoms[0]),
      ),
  })),
  made(augmenter, 'leaves the image untouched and follows its streams', sound => ({
    ...sound,
    augment: (image, randoms) => {
      image.data[0] = 0.5;
      return sound.augment(image, randoms);
    },
  })),
  made(augmenter, 'leaves the image untouched and follows its streams', sound => ({
    ...sound,
    augment: (image, randoms, _, into) =>
      sound.augment(image, randoms).map((view, i) => (into ? { ...view, data: into[i].fill(0) } : view)),
  })),
  made(augmenter, 'gives evaluators images of one size, without randomness', sound => ({
    ...sound,
    plain: image => floatImage(image),
  })),
  made(augmenter, 'treats bytes as levels of 1 / 255', sound => ({
    ...sound,
    plain: image => sound.plain({ ...image, data: Float32Array.from(image.data) }),
  })),
];

const sets = (slotOf: (rule: string, change: (set: ImageSet) => ImageSet) => Broken): readonly Broken[] => {
  const stored = pixels();
  return [
    slotOf('reads the same images in any order and at any time', set => ({
      ...set,
      read: indices => set.read([...indices].sort()),
    })),
    slotOf('reads the same images in any order and at any time', set => {
      const shared = set.read([0, 1, 2, 3, 4, 5]);
      return {
        ...set,
        read: async indices =>
          indices
            .map(index => index)
            .map(async index => (await shared)[index])
            .reduce<Promise<Awaited<typeof shared>>>(
              async (all, one) => [...(await all), await one],
              Promise.resolve([]),
            ),
      };
    }),
    slotOf('has the same order and fingerprint when it is opened again', set => ({
      ...set,
      fingerprint: async () => changing().toString(16).padStart(64, '0'),
    })),
    slotOf('has the same order and fingerprint when it is opened again', set => ({
      ...set,
      quickFingerprint: async () => ({ sha256: String(changing()), bytes: 1 }),
    })),
    slotOf('has the same images in a thread that shares them', set =>
      shareable({ ...set }, () => pixels(Uint8Array.from({ length: 6 * 4 }, (_, i) => i)).share!(2)),
    ),
    slotOf('has the same order and fingerprint when it is opened again', set => {
      const turn = changing() % stored.length;
      return { ...set, read: indices => set.read(indices.map(index => (index + turn) % set.length)) };
    }),
  ];
};

const whole = (
  name: string,
  slotOf: (rule: string, change: (set: ImageSet) => ImageSet) => Broken,
): readonly Broken[] => [
  slotOf(name, set => ({ ...set, labels: Int32Array.of(0, 1) })),
  slotOf(name, set => ({ ...set, labels: set.labels!.map(label => label + 1) })),
  slotOf(name, set => ({ ...set, channels: 3 })),
  slotOf(name, set => ({
    ...set,
    read: async indices => (await set.read(indices)).map(image => ({ ...image, data: Float32Array.from(image.data) })),
  })),
  slotOf(name, set => ({
    ...set,
    read: async indices => (await set.read(indices)).map(image => ({ ...image, data: image.data.slice(1) })),
  })),
  slotOf(name, set => ({ ...set, fingerprint: async () => 'fingerprint' })),
];

const datasetOf = (rule: string, change: (set: ImageSet) => ImageSet): Broken =>
  made(dataset, rule, sound => {
    const set = sound.split('train').then(train => change(train!));
    return { ...sound, split: async name => (name === 'train' ? set : undefined) };
  });
const readerOf = (rule: string, change: (set: ImageSet) => ImageSet): Broken =>
  made(reader, rule, sound => ({ read: async () => change(await sound.read()) }));

const data: readonly Broken[] = [
  made(dataset, 'has training images', sound => ({ ...sound, split: async () => undefined })),
  made(dataset, 'returns the same object for a split each time', sound => ({
    ...sound,
    split: async name => (name === 'train' ? pixels() : undefined),
  })),
  ...whole('has complete images and labels in every split', datasetOf),
  ...whole('reads complete images and labels', readerOf),
  readerOf('has another fingerprint when a file changes', set => ({ ...set, fingerprint: async () => 'f'.repeat(64) })),
  made(reader, 'names a file that is missing', sound => ({
    read: () => sound.read().catch(() => Promise.reject(new Error('a file is missing'))),
  })),
  made(reader, 'names a file that is missing', sound => ({ read: () => sound.read().catch(() => pixels()) })),
  ...sets(datasetOf),
  ...sets(readerOf),
];

const applying = (rule: string, apply: Optimizer['apply']): Broken =>
  made(optimizer, rule, sound => ({ ...sound, apply }));
const move = (value: Variable, by: tf.Tensor): void => tf.tidy(() => value.assign(tf.sub<Variable>(value, by)));

const optimization: readonly Broken[] = [
  applying('does not change parameters at a learning rate of zero', parameters =>
    parameters.forEach(({ value }) => move(value, tf.mul(value, 0.01))),
  ),
  applying('descends a quadratic', (parameters, rate) =>
    parameters.forEach(({ value, gradient }) => move(value, tf.mul(gradient, -rate))),
  ),
  made(optimizer, 'keeps no state between steps except its slots', sound => {
    let steps = 0;
    return { ...sound, apply: (parameters, rate, at) => sound.apply(parameters, rate / ++steps, at) };
  }),
  made(optimizer, 'does not change gradients and leaves no tensor behind', sound => ({
    ...sound,
    apply: (parameters, rate, at) => {
      sound.apply(parameters, rate, at);
      keep(tf.scalar(rate));
    },
  })),
  made(schedule, 'is finite at all steps, whatever the length of the training', () => ({
    value: (step, training) => step / (training!.steps - 1),
  })),
  made(schedule, 'keeps the last value after the last step', () => ({ value: step => step })),
  made(schedule, 'depends on the step alone', () => ({ value: () => changing() })),
  made(teacher, 'keeps a share between 0 and 1 at all steps', sound => ({
    ...sound,
    momentum: (step, steps) => step / (steps - 1),
  })),
  made(teacher, 'does not change at a momentum of 1 and copies at 0', sound => ({
    ...sound,
    update: (targets, online, momentum) => sound.update(targets, online, momentum * 0.999),
  })),
  made(teacher, 'moves between its weights and the online ones', sound => ({
    ...sound,
    update: (targets, online, momentum) => sound.update(targets, online, momentum ** 2),
  })),
  made(teacher, 'does not change online weights and leaves no tensor behind', sound => ({
    ...sound,
    update: (targets, online, momentum) => {
      sound.update(targets, online, momentum);
      keep(tf.scalar(momentum));
    },
  })),
];

const judgement: readonly Broken[] = [
  made(metric, 'is finite', () => ({ compute: () => ({ figure: Infinity }) })),
  made(metric, 'gives the same results twice and leaves its inputs untouched', () => ({
    compute: () => ({ figure: changing() }),
  })),
  made(metric, 'gives the same results twice and leaves its inputs untouched', () => ({
    compute: ({ features }) => ({ figure: (features.data[0] += 1) }),
  })),
  made(metric, 'does not depend on the order of the rows', () => ({
    compute: ({ features }) => ({ figure: features.data[0] }),
  })),
];

const machines: readonly Broken[] = [
  made(backend, 'has its name and a rank', sound => ({ ...sound, name: 'other' })),
  made(backend, 'checks its availability without side effects', sound => ({
    ...sound,
    probe: async () => ({ available: false, reason: 'two\nlines' }),
  })),
  made(backend, 'estimates more seconds for more work', sound => ({
    ...sound,
    estimate: () => ({ seconds: 1, threads: 1, inProcess: true }),
  })),
  made(backend, 'estimates more seconds for more work', sound => ({
    ...sound,
    estimate: ({ flops }) => ({ seconds: flops, threads: 0.5, inProcess: true }),
  })),
  made(collective, 'has a rank below its size', sound => ({ ...sound, rank: 1 })),
  made(collective, 'returns new tensors', sound => ({ ...sound, allGather: values => values as never })),
];

/** Faults of what stands around a network. */
export const brokenSurroundings: readonly Broken[] = [...images, ...data, ...optimization, ...judgement, ...machines];
