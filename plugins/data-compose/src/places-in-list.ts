import { CarlError, readUserFile, type ImageSet } from '@carl-ssl/core';

/** Largest list: some million names. */
const MOST_BYTES = 2 ** 28;

/**
 * Places of the images that a text file names, in the order of the set.
 * @throws CarlError INPUT_FILE, INPUT_DATA for names that are unknown, ambiguous or repeated, and for sets without file names
 */
export async function placesInList(images: ImageSet, list: string): Promise<Int32Array> {
  const { length } = images;
  if (images.fileName === undefined)
    throw new CarlError(
      'INPUT_DATA',
      `\`list\` is ${list}, and the reader has no image files of its own whose names could be in it. Use \`fraction\`, \`perClass\` or \`count\`.`,
    );
  const byName = placesByName(Array.from({ length }, (_, i) => images.fileName!(i)));
  const places = new Set<number>();
  const bytes = Buffer.from(await readUserFile(list));
  if (bytes.length > MOST_BYTES)
    throw new CarlError('INPUT_DATA', `${list} has ${bytes.length} bytes, too many for a list. Is it the right file?`);
  const lines = bytes.toString('utf8').split(/\r?\n/);
  for (const [i, text] of lines.entries()) {
    const name = text.trim().replace(/^\.\//, '');
    if (name === '') continue;
    const place = byName.get(name);
    const refuse = (problem: string) =>
      new CarlError('INPUT_DATA', `${list}, line ${i + 1}: "${name.slice(0, 200)}" ${problem}`);
    if (place === undefined) throw refuse('is no image of the reader. Is it the list of another dataset?');
    if (place < 0) throw refuse('is the name of several images. Use paths relative to the folder of the images.');
    if (places.has(place)) throw refuse('is listed twice. Remove one of the lines.');
    places.add(place);
  }
  if (places.size === 0) throw new CarlError('INPUT_DATA', `${list} names no images.`);
  return Int32Array.from(places).sort();
}

/** Places by path and by file name; -1 for a file name that several images have. */
function placesByName(paths: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  paths.forEach((path, place) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name !== path) places.set(name, places.has(name) ? -1 : place);
  });
  paths.forEach((path, place) => places.set(path, place));
  return places;
}
