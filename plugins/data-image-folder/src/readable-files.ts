import type { LeftOutFile } from '@carl-ssl/core';
import { join } from 'node:path';
import pMap from 'p-map';
import { decodeFile, type DecodeRules } from './decode.js';
import { filesAt, type ImageFiles } from './image-files.js';
import { checkSkipped } from './skip-limit.js';

/** Images that are decoded at one time. */
const AT_ONCE = { concurrency: 8 };

/** How to decode images, and the largest share of them that may be left out. */
interface SkipOptions extends DecodeRules {
  readonly maxSkipped: number;
}

/** Decodes all files and moves those that cannot be decoded to `leftOut`. @throws CarlError INPUT_DATA if too many cannot be decoded */
export async function readableFiles(files: ImageFiles, options: SkipOptions): Promise<ImageFiles> {
  const { maxSkipped, ...rules } = options;
  const problems = await pMap(files.paths, path => problemOf(join(files.root, path), rules), AT_ONCE);
  const damaged = files.paths.flatMap((file, i): LeftOutFile[] => {
    const detail = problems[i];
    return detail === undefined ? [] : [{ file, reason: 'cannot be decoded', detail }];
  });
  if (damaged.length === 0) return files;
  checkSkipped(files.root, damaged, { images: files.paths.length, maxSkipped });
  const places = [...files.paths.keys()].filter(i => problems[i] === undefined);
  return { ...filesAt(files, places), leftOut: [...(files.leftOut ?? []), ...damaged] };
}

/** Reason why a file cannot be decoded; undefined if it can. */
async function problemOf(path: string, rules: DecodeRules): Promise<string | undefined> {
  try {
    await decodeFile(path, rules);
    return undefined;
  } catch (error) {
    const { cause, message } = error as Error;
    if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return 'the file does not exist';
    return cause instanceof Error ? cause.message.trim() : message;
  }
}
