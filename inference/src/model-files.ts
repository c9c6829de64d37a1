import type { io } from '@tensorflow/tfjs-core';
import type * as Files from 'node:fs/promises';
import type * as Url from 'node:url';
import { isNode, nodeModule } from './node-module.js';
import type { Preparation } from './prepare.js';

/** Facts on an encoder in its `model.json`. */
export interface EncoderFacts {
  readonly name: string;
  /** Height, width and channels of prepared images. */
  readonly image: readonly [height: number, width: number, channels: number];
  /** Number of values of the features. */
  readonly featureDim: number;
  /** True if features are of unit length. */
  readonly unitLength: boolean;
  /** Number of prototypes; undefined if the export has no assignments. */
  readonly prototypeCount?: number;
  /** Undefined for an encoder whose preprocessing is not described; its images are prepared and normalised by the caller. */
  readonly preparation?: Preparation;
}

/** A model in memory: the content of `model.json`, and that of the files of weights one after the other. */
export interface ModelFiles {
  readonly model: object;
  readonly weights: ArrayBuffer;
}

/** `model.json` as it is written by `carl export`. */
export type ModelJson = Pick<io.ModelJSON, 'modelTopology' | 'signature' | 'format' | 'weightsManifest'> & {
  readonly userDefinedMetadata: { readonly carl: EncoderFacts & { readonly format: number } };
};

/** Version of the facts. */
const FORMAT = 1;

/** @throws Error if the content is not that of an exported encoder */
export function checkedModel(model: object, source: string): ModelJson {
  const facts = (model as Partial<ModelJson> | null)?.userDefinedMetadata?.carl;
  if (!facts) throw new Error(`${source}: this is not an encoder of \`carl export --format tfjs\`.`);
  if (facts.format !== FORMAT)
    throw new Error(`${source}: this encoder was exported by another version (format ${facts.format}, and ${FORMAT} is known). Export it again, or use the package of that version.`); // prettier-ignore
  return model as ModelJson;
}

/** Reads the model at a URL, or in Node.js at a path. @throws Error if a file cannot be read, or is not an exported encoder */
export async function readModel(source: string | URL): Promise<ModelFiles> {
  const address = await addressOf(source);
  const text = new TextDecoder().decode(await bytesAt(address));
  const model = checkedModel(parsed(text, address), String(source));
  const paths = model.weightsManifest.flatMap(group => group.paths);
  const parts = await Promise.all(paths.map(path => bytesAt(new URL(path, address))));
  return { model, weights: joined(parts) };
}

function parsed(text: string, address: URL): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new Error(`${address.href}: this is not JSON. Name the file model.json of an export.`);
  }
}

/** The URL of a source; in Node.js all but URLs are paths of files. */
async function addressOf(source: string | URL): Promise<URL> {
  if (source instanceof URL) return source;
  if (/^[a-z][a-z+.-]+:/i.test(source)) return new URL(source);
  if (isNode) return (await nodeModule<typeof Url>('node:url')).pathToFileURL(source);
  const { location } = globalThis as unknown as { readonly location: { readonly href: string } };
  return new URL(source, location.href);
}

async function bytesAt(address: URL): Promise<Uint8Array> {
  if (address.protocol === 'file:' && isNode)
    return (await nodeModule<typeof Files>('node:fs/promises')).readFile(address);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.href}: the server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}
