import { CarlError, type LeftOutFile } from '@carl-ssl/core';
import { join } from 'node:path';
import pMap from 'p-map';
import { decodeFile, type DecodeRules } from './decode.js';
import { filesAt, type ImageFiles } from './image-files.js';

/** Images that are decoded at one time. */
const AT_ONCE = { concurrency: 8 };

/** Decodes all files and moves those that cannot be decoded to `leftOut`. @throws CarlError INPUT_DATA if none can be decoded */
export async function readableFiles(files: ImageFiles, rules: DecodeRules): Promise<ImageFiles> {
  const problems = await pMap(files.paths, path => problemOf(join(files.root, path), rules), AT_ONCE);
  const damaged = files.paths.flatMap((file, i): LeftOutFile[] => {
    const detail = problems[i];
    return detail === undefined ? [] : [{ file, reason: 'cannot be decoded', detail }];
  });
  if (damaged.length === 0) return files;
  if (damaged.length === files.paths.length) {
    const { root } = files;
    const which =
      damaged.length === 1 ? `The only image in ${root} cannot` : `None of the ${damaged.length} images in ${root} can`;
    throw new CarlError(
      'INPUT_DATA',
      `${which} be decoded. ${join(root, damaged[0].file)}: ${damaged[0].detail ?? ''}`,
    );
  }
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
    return cause instanceof Error ? cause.message.trim() : message;
  }
}
