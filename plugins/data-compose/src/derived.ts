import type { ImageSet } from '@carl-ssl/core';
import { createHash } from 'node:crypto';

/** What a set has of its own, and not of the set it is made of. */
type Own = Pick<ImageSet, 'channels' | 'labels' | 'multiLabels' | 'classes' | 'read'>;

/**
 * A set of the same images in the same order, with other labels or pixels.
 * @param change everything that tells its content from that of `images`; part of the fingerprint, as JSON
 */
export function derived(images: ImageSet, change: readonly unknown[], own: Own): ImageSet {
  const { length, size, leftOut } = images;
  const digest = (sha256: string): string => {
    const hash = createHash('sha256').update(JSON.stringify([sha256, ...change]));
    return hash.digest('hex');
  };
  return {
    length,
    ...own,
    ...(size && { size }),
    ...(leftOut && { leftOut }),
    fingerprint: async signal => digest(await images.fingerprint(signal)),
    ...(images.fileName && { fileName: (index: number) => images.fileName!(index) }),
    ...(images.quickFingerprint && {
      quickFingerprint: async damaged => {
        const { sha256, bytes } = await images.quickFingerprint!(damaged);
        return { sha256: digest(sha256), bytes };
      },
    }),
  };
}
