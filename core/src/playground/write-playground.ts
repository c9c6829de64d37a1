import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { checkFolder, exportedFiles } from '../export/export-run.js';
import { trainedEncoder } from '../export/trained-encoder.js';
import { trainedNetwork } from '../export/trained-network.js';
import { makeFolders, writeFolderAtomic } from '../files/atomic.js';
import { readRun } from '../run/read-run.js';
import { playgroundImages } from './playground-images.js';
import { playgroundPage, SCRIPTS } from './playground-page.js';

/** File by which the folder of a playground is known; only such a folder is replaced. */
const PAGE = 'index.html';
const CONTENT = 'content.js';

/** Number of images that the page compares with, and its size. */
export interface Playground {
  readonly images: number;
  readonly bytes: number;
}

/**
 * Writes a folder with a page that runs the encoder of a run in the browser of its visitor. It needs no server.
 * @throws CarlError INPUT_ARGUMENT, INPUT_RUN, INPUT_DATA, DISK
 */
export async function writePlayground(
  path: string,
  folder: string,
  { overwrite = false }: { readonly overwrite?: boolean },
): Promise<Playground> {
  checkFolder(folder, { overwrite, known: 'playground.js', kind: 'a playground' });
  const runtime = await runtimeFiles();
  const record = await readRun(path);
  const network = await trainedNetwork(path);
  const encoder = trainedEncoder(network);
  const assignments = encoder.prototypeCount !== undefined;
  const { files: model } = await exportedFiles(network, { use: 'tfjs', assignments });
  const images = await playgroundImages(record);
  const { name, image } = encoder;
  const facts = { name, images: images.indices.length, split: images.split, size: [image[0], image[1]] as const };
  const { wasm, ...scripts } = runtime;
  const files: Record<string, Uint8Array | string> = {
    [PAGE]: playgroundPage({ ...facts, hasMap: images.plane !== undefined }),
    ...scripts,
    [CONTENT]: contentScript({ images, ...modelParts(model), wasm: base64(wasm) }),
  };
  await makeFolders(dirname(resolve(folder)));
  await writeFolderAtomic(folder, files, overwrite ? 'replace' : 'refuse');
  const bytes = Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  return { images: images.indices.length, bytes };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'); // prettier-ignore

/** A graph model as plain data. */
function modelParts(files: Readonly<Record<string, Uint8Array | string>>) {
  const model = JSON.parse(String(files['model.json'])) as {
    readonly weightsManifest: readonly { readonly paths: readonly string[] }[];
  };
  const shards = model.weightsManifest.flatMap(({ paths }) => paths.map(path => files[path] as Uint8Array));
  return { model, weights: base64(Buffer.concat(shards)) };
}

/** Scripts are the only files that a page without a server can read. */
function contentScript(content: object): string {
  return `globalThis.carlPlayground = ${JSON.stringify(content)};\n`;
}

/** The scripts and the style of the page, and TensorFlow.js on WebAssembly. @throws CarlError INPUT_ARGUMENT */
async function runtimeFiles(): Promise<Readonly<Record<string, Uint8Array>> & { readonly wasm: Uint8Array }> {
  const assets = new URL('../../assets/', import.meta.url);
  const files: Record<string, Uint8Array> = {};
  for (const name of ['playground.js', 'playground.css']) files[name] = await readFile(new URL(name, assets));
  for (const name of SCRIPTS.filter(one => one.startsWith('tf-'))) files[name] = await tensorflowFile(name);
  return { ...files, wasm: await tensorflowFile('tfjs-backend-wasm-simd.wasm') };
}

/** A file of TensorFlow.js for browsers, from the packages of `@carl-ssl/inference`. */
async function tensorflowFile(name: string): Promise<Uint8Array> {
  const [, part] = /(core|converter|backend-wasm|backend-webgpu)/.exec(name)!;
  const main = inferencePackage().resolve(`@tensorflow/tfjs-${part}`);
  return readFile(join(dirname(main), name));
}

function inferencePackage(): NodeJS.Require {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return createRequire(createRequire(from).resolve('@carl-ssl/inference/package.json'));
    } catch {
      continue;
    }
  }
  throw new CarlError(
    'INPUT_ARGUMENT',
    'The page computes with @carl-ssl/inference, which is not installed. Install it: npm install @carl-ssl/inference',
  );
}
