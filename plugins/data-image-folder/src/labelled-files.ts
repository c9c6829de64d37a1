import { CarlError } from '@carl-ssl/core';
import { join } from 'node:path';
import { listFolders, listImages, type ListRules } from './list-images.js';

/** Image files of a folder, in order. */
export interface ImageFiles {
  readonly root: string;
  /** Relative to the root, with `/` between parts. */
  readonly paths: readonly string[];
  /** Class of every file, from 0. */
  readonly labels?: Int32Array;
  readonly classes?: readonly string[];
}

/**
 * Images labelled by the folder they are in: one folder a class, sorted by name; images that are in no such folder are
 * left out.
 * @param classes names of the classes if they are known from another split
 * @throws CarlError INPUT_FILE, INPUT_DATA if there is no class, an empty one or an unknown one
 */
export async function labelledFiles(root: string, rules: ListRules, classes?: readonly string[]): Promise<ImageFiles> {
  const folders = await listFolders(root);
  if (folders.length === 0)
    throw new CarlError(
      'INPUT_DATA',
      `${root} has no folders; labels need one folder of images for each class. For images without labels, use the dataset \`image-folder\` with \`labels: none\`.`,
    );
  const names = classes ?? folders;
  const unknown = folders.find(folder => !names.includes(folder));
  if (unknown !== undefined)
    throw new CarlError(
      'INPUT_DATA',
      `${root} has a folder "${unknown}", which is no class of the training images: ${names.join(', ')}.`,
    );
  const label = new Map(names.map((name, i) => [name, i]));
  const labelled = (await listImages(root, rules)).map(path => ({
    path,
    label: label.get(path.split('/', 1)[0]) ?? -1,
  }));
  const used = new Set(labelled.map(one => one.label));
  const empty = folders.find(folder => !used.has(label.get(folder)!));
  if (empty !== undefined)
    throw noImages(join(root, empty), rules, 'Remove the folder or put images of this class into it.');
  const inOrder = labelled.filter(one => one.label >= 0).sort((a, b) => a.label - b.label);
  const labels = Int32Array.from(inOrder, one => one.label);
  return { root, paths: inOrder.map(one => one.path), labels, classes: names };
}

/** All images below a folder, without labels. @throws CarlError INPUT_FILE, INPUT_DATA if there is none */
export async function unlabelledFiles(root: string, rules: ListRules): Promise<ImageFiles> {
  const paths = await listImages(root, rules);
  if (paths.length === 0) throw noImages(root, rules, 'Check the path, and `extensions` if yours end otherwise.');
  return { root, paths };
}

/** The files at the given places. */
export function filesAt(files: ImageFiles, places: readonly number[]): ImageFiles {
  const { labels, paths } = files;
  return { ...files, paths: places.map(i => paths[i]), labels: labels && Int32Array.from(places, i => labels[i]) };
}

function noImages(folder: string, { extensions }: ListRules, remedy: string): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${folder} has no image, that is no file whose name ends in ${extensions.map(one => `.${one}`).join(', ')}. ${remedy}`,
  );
}
