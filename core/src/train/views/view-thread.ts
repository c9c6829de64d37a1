import { parentPort, workerData } from 'node:worker_threads';
import { wirePipeline } from '../../container/root.js';
import { Augmenter } from '../../contracts/augmenter.js';
import { Dataset } from '../../contracts/dataset.js';
import { createCatalogue } from '../../plugin/catalogue.js';
import { builtinPlugin, loadPlugin } from '../../catalogue/load.js';
import { openShared } from '../../data/shared-images.js';
import { makeViews, type ViewSource } from '../view-batch.js';
import type { ViewReply, ViewRequest, ViewTask } from './view-threads.js';
import { Streams } from '../../contracts/random.js';

/** Program of a thread that makes views. It also reads and decodes images, so that this happens during the step. */

const source = await sourceOf(workerData as ViewTask);
parentPort!.on('message', (request: ViewRequest) => void answer(request));
parentPort!.postMessage({ ready: true } satisfies ViewReply);

async function sourceOf({ pipeline, plugins, images: shared }: ViewTask): Promise<ViewSource> {
  const loaded = await Promise.all(plugins.map(path => loadPlugin(path, path)));
  const services = wirePipeline(pipeline, createCatalogue([builtinPlugin(), ...loaded]));
  const images = shared ? await openShared(shared) : await services.get(Dataset).split('train');
  return { images: images!, augmenter: services.get(Augmenter), streams: services.get(Streams) };
}

async function answer({ id, epoch, images }: ViewRequest): Promise<void> {
  try {
    const views = await makeViews(source, epoch, images);
    const buffers = views.map(({ data }) => data.buffer as ArrayBuffer);
    parentPort!.postMessage({ id, views } satisfies ViewReply, buffers);
  } catch {
    // The main thread then makes these views itself and reports the error.
    parentPort!.postMessage({ id } satisfies ViewReply);
  }
}
