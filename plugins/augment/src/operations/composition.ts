import type { Augmentation, Image } from '@carl-ssl/core';

/** Applies augmentations one after another. All draw from the same random stream, in their order. */
export function chained(steps: readonly Augmentation[]): Augmentation {
  return {
    apply: (image, random, drawn) => {
      let current = image;
      for (const step of steps) current = step.apply(current, random, drawn);
      return current;
    },
    outputChannels: inputChannels => {
      let channels: number | undefined = inputChannels;
      for (const step of steps) {
        if (channels !== undefined && step.outputChannels) channels = step.outputChannels(channels);
      }
      return channels;
    },
  };
}

/**
 * Applies `apply` with the given probability and returns the image itself otherwise. The decision is always drawn, and
 * before any draw of `apply`.
 */
export function withProbability(probability: number, apply: Augmentation['apply']): Augmentation['apply'] {
  return (image, random, drawn) => (random.chance(probability) ? apply(image, random, drawn) : image);
}

/** An operation without parameters that reports its name when it is applied. */
export function reporting(name: string, apply: (image: Image) => Image): Augmentation['apply'] {
  return (image, _, drawn) => {
    drawn?.(name, {});
    return apply(image);
  };
}
