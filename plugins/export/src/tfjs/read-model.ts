import { CarlError, tf } from '@carl-ssl/core';
import type { io } from '@tensorflow/tfjs-core';
import { loadGraphModel, version_converter, type GraphModel } from '@tensorflow/tfjs-converter';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MODEL } from './convert.js';

/** Loads the model of a folder. @throws CarlError INPUT_FILE */
export async function readModel(folder: string): Promise<{ readonly model: GraphModel; readonly version: string }> {
  const path = join(folder, MODEL);
  try {
    const json = JSON.parse(await readFile(path, 'utf8')) as io.ModelJSON;
    const files = json.weightsManifest.flatMap(({ paths }) => paths);
    const parts = await Promise.all(files.map(file => readFile(join(folder, file))));
    const weightData = new Uint8Array(Buffer.concat(parts)).buffer;
    const weightSpecs = json.weightsManifest.flatMap(({ weights }) => weights);
    const { modelTopology, signature, format } = json;
    const handler = tf.io.fromMemory({ modelTopology, signature, format, weightSpecs, weightData });
    return { model: await loadGraphModel(handler), version: version_converter };
  } catch (error) {
    throw new CarlError('INPUT_FILE', `${path}: the model cannot be loaded: ${String(error)}`);
  }
}
