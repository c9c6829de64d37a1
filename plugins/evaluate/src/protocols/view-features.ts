import {
  blockLength,
  CarlError,
  mapImages,
  packed,
  tf,
  toTensor,
  type Augmenter,
  type HostImages,
  type ProtocolInputs,
} from '@carl-ssl/core';
import { firstNotFinite } from '../arrays.js';
import { part } from './batches.js';

/** Augmented views of images, and the network that they pass through. */
export interface ViewTask {
  readonly inputs: ProtocolInputs;
  readonly augmenter: Augmenter;
  /** Places of the images in `train`. */
  readonly places: readonly number[];
  /** Number of views of each image. */
  readonly views: number;
}

/** Outputs [views, D] of the views of one image. */
export interface ViewBlock {
  /** Place in `places`. */
  readonly number: number;
  readonly data: Float32Array;
  readonly dim: number;
}

/**
 * Features of augmented views of training images, or embeddings if the evaluator gets `embed`, image by image. The views of one call
 * of the augmenter that are global and of one size are all used. @throws CarlError TRAIN_NOT_FINITE
 */
export async function* viewFeatures(task: ViewTask): AsyncGenerator<ViewBlock, void, undefined> {
  const { inputs, places, views } = task;
  for (const [number, place] of places.entries()) {
    await inputs.progress(number, places.length);
    const images = await viewsOf(task, place);
    const height = blockLength(inputs.encoder.image);
    const pieces: Float32Array[] = [];
    for (let from = 0; from < views; from += height) {
      if (from > 0) await inputs.progress(number, places.length);
      pieces.push(await outputsOf(inputs, part(images, from, Math.min(views, from + height))));
    }
    const data = joined(pieces);
    const dim = data.length / views;
    if (firstNotFinite({ data, rows: views, columns: dim }) >= 0)
      throw new CarlError(
        'TRAIN_NOT_FINITE',
        `The features of views of image ${place} (from 0) of split 'train' hold NaN or infinity. The encoder has diverged: check the loss in metrics.jsonl and lower the learning rate.`,
      );
    yield { number, data, dim };
  }
}

async function viewsOf({ inputs, augmenter, views }: ViewTask, place: number): Promise<HostImages> {
  const [{ height, width }] = augmenter.views;
  const used = [...augmenter.views.keys()].filter(view => {
    const { kind, ...size } = augmenter.views[view];
    return view === 0 || (kind === 'global' && size.height === height && size.width === width);
  });
  const made = await mapImages(inputs.train, [place], image =>
    Array.from({ length: Math.ceil(views / used.length) }, (_, call) => {
      const randoms = augmenter.views.map((_, view) => inputs.streams.at('augment', place, call, view));
      const all = augmenter.augment(image, randoms);
      return used.map(view => all[view]);
    }),
  );
  return packed(made.flat(2).slice(0, views));
}

async function outputsOf({ encoder, embed }: ProtocolInputs, images: HostImages): Promise<Float32Array> {
  const output = tf.tidy(() => {
    const features = encoder.forward(toTensor(images));
    return embed ? embed(features) : features;
  });
  try {
    return await output.data<'float32'>();
  } finally {
    output.dispose();
  }
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  if (pieces.length === 1) return pieces[0];
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const piece of pieces) {
    all.set(piece, from);
    from += piece.length;
  }
  return all;
}
