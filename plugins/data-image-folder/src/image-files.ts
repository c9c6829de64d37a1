import { CarlError, type LeftOutFile } from '@carl-ssl/core';
import { join } from 'node:path';
import { listFolders, listImages, type ListRules } from './list-images.js';

/** Image files of a folder, in order. */
export interface ImageFiles {
  readonly root: string;
  /** Relative to the root, with `/` between parts. */
  readonly paths: readonly string[];
  /** Class of each file, from 0. */
  readonly labels?: Int32Array;
  readonly classes?: readonly string[];
  /** Table that lists the files, and the line of each in it, from 1. */
  readonly table?: { readonly file: string; readonly lines: Int32Array };
  /** Other files below the root. */
  readonly leftOut?: readonly LeftOutFile[];
}

/**
 * Images labelled by folder: one folder directly below the root for each class, sorted by name. Images in no such folder
 * are left out.
 * @param classes class names, if another split determines them
 * @throws CarlError INPUT_FILE, INPUT_DATA if there is no class, an empty one or an unknown one
 */
export async function labelledFiles(root: string, rules: ListRules, classes?: readonly string[]): Promise<ImageFiles> {
  const folders = await classFolders(root, classes);
  const names = classes ?? folders;
  const label = new Map(names.map((name, i) => [name, i]));
  const { images, leftOut } = await listImages(root, rules);
  const labelled = images.map(path => ({ path, label: label.get(path.split('/', 1)[0]) ?? -1 }));
  const used = new Set(labelled.map(one => one.label));
  const empty = folders.find(folder => !used.has(label.get(folder)!));
  if (empty !== undefined)
    throw noImages(join(root, empty), rules, 'Remove the folder or put images of this class into it.');
  const inOrder = labelled.filter(one => one.label >= 0).sort((a, b) => a.label - b.label);
  const loose = labelled.filter(one => one.label < 0).map(({ path }) => ({ file: path, reason: 'in no class folder' }));
  return {
    root,
    paths: inOrder.map(one => one.path),
    labels: Int32Array.from(inOrder, one => one.label),
    classes: names,
    leftOut: [...leftOut, ...loose],
  };
}

async function classFolders(root: string, classes?: readonly string[]): Promise<readonly string[]> {
  const folders = await listFolders(root);
  if (folders.length === 0)
    throw new CarlError(
      'INPUT_DATA',
      `${root} has no folders; labels need one folder of images for each class. For images without labels, set \`labels: none\` in \`data\` (--set data.labels=none) and use no evaluator that needs them; for labels in a table, take the dataset \`files\` with the reader \`csv\`.`,
    );
  const known = classes && new Set(classes);
  const unknown = known && folders.find(folder => !known.has(folder));
  if (unknown === undefined) return folders;
  throw new CarlError(
    'INPUT_DATA',
    `${root} has a folder "${unknown}", which is not a class of the training images: ${shortList(classes!)}. Move its images into the folders of these classes, or give their labels in a table, with the dataset \`files\` and the reader \`csv\`.`,
  );
}

/** At most five names; a dataset can have thousands of classes. */
export function shortList(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
}

/** All images below a folder, without labels. @throws CarlError INPUT_FILE, INPUT_DATA if there is none */
export async function unlabelledFiles(root: string, rules: ListRules): Promise<ImageFiles> {
  const { images, leftOut } = await listImages(root, rules);
  if (images.length === 0)
    throw noImages(root, rules, 'Check the path, and set `extensions` if your files have other suffixes.');
  return { root, paths: images, leftOut };
}

/** The files at the given indices, without `leftOut`. */
export function filesAt({ root, paths, labels, classes, table }: ImageFiles, places: readonly number[]): ImageFiles {
  return {
    root,
    classes,
    paths: places.map(i => paths[i]),
    ...(labels && { labels: Int32Array.from(places, i => labels[i]) }),
    ...(table && { table: { file: table.file, lines: Int32Array.from(places, i => table.lines[i]) } }),
  };
}

function noImages(folder: string, { extensions }: ListRules, remedy: string): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${folder} has no image: no file with the suffix ${extensions.map(one => `.${one}`).join(', ')}. ${remedy}`,
  );
}
