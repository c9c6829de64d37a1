import type { ImageSet } from '../contracts/image-set.js';

/** A set that forwards every property and call except `share` to another set. Base of sets that override some of them. */
export function forwarding(images: ImageSet): ImageSet {
  const { length, labels, multiLabels, classes, channels, size, leftOut } = images;
  return {
    ...{ length, labels, classes, channels, size, leftOut },
    ...(multiLabels && { multiLabels }),
    read: indices => images.read(indices),
    fingerprint: signal => images.fingerprint(signal),
    ...(images.fileName && { fileName: index => images.fileName!(index) }),
    ...(images.quickFingerprint && { quickFingerprint: damaged => images.quickFingerprint!(damaged) }),
  };
}
