import type { Augmentation } from '@carl-ssl/core';

/** Augmentations one after another as one. */
export function chained(steps: readonly Augmentation[]): Augmentation {
  return {
    apply: (image, random) => {
      let current = image;
      for (const step of steps) current = step.apply(current, random);
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
