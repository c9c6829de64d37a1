import { CarlError, type FilePart, type LeftOutFile } from '@carl-ssl/core';
import type { TarEntry } from './tar.js';

/** Consecutive entries of one name up to the first dot. */
export interface Sample {
  readonly key: string;
  /** Parts of the archive by suffix, in lower case. */
  readonly parts: ReadonlyMap<string, FilePart>;
}

/** Samples of an archive, and entries that belong to none. */
export interface Samples {
  readonly samples: readonly Sample[];
  readonly leftOut: readonly LeftOutFile[];
}

/** Files that operating systems leave behind. */
const JUNK = /(^|\/)(__MACOSX|@eaDir|\.ipynb_checkpoints)\/|(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini)$/i;

/** Groups the entries of an archive into samples. @throws CarlError INPUT_DATA if a sample has a suffix twice */
export function samplesOf(path: string, entries: readonly TarEntry[]): Samples {
  const samples: { key: string; parts: Map<string, FilePart> }[] = [];
  const leftOut: LeftOutFile[] = [];
  for (const { name, part } of entries) {
    const { key, suffix } = split(name);
    if (JUNK.test(name) || suffix === '') {
      leftOut.push({ file: name, reason: suffix === '' ? 'no suffix' : 'made by an operating system or editor' });
      continue;
    }
    if (samples.at(-1)?.key !== key) samples.push({ key, parts: new Map() });
    const { parts } = samples.at(-1)!;
    if (parts.has(suffix))
      throw new CarlError(
        'INPUT_DATA',
        `${path} has the entry "${name}" twice, at byte ${part.start}. Write the archive again.`,
      );
    parts.set(suffix, part);
  }
  return { samples, leftOut };
}

/** The key goes up to the first dot after the last slash. */
function split(name: string): { readonly key: string; readonly suffix: string } {
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  if (dot < 0) return { key: name, suffix: '' };
  return { key: name.slice(0, dot), suffix: name.slice(dot + 1).toLowerCase() };
}
