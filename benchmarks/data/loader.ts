/** Makes batches of views in threads, as a training does, for the comparison of data.ts. Prints the line of JSON that peer.py prints. */
import { Augmenter, Dataset, Streams } from '@carl-ssl/core';
import { loadPipeline } from '@carl-ssl/core/host';
import { Batches } from '@carl-ssl/core/testing';
import { parseArgs } from 'node:util';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { pipeline: text, batch: text, workers: text, seconds: text } });
const [threads, batchSize] = [Number(values.workers), Number(values.batch)];

const { pipeline, services, plugins } = await loadPipeline(values.pipeline!);
const images = (await services.get(Dataset).split('train'))!;
const batches = new Batches(
  { images, augmenter: services.get(Augmenter), streams: services.get(Streams) },
  {
    options: { batchSize, accumulate: 1, forward: 'joint' },
    worker: { rank: 0, size: 1 },
    task: {
      pipeline,
      plugins: plugins
        .filter(({ name }) => name.startsWith('@carl-ssl/') && name !== '@carl-ssl/core')
        .map(({ path }) => path),
    },
    threads,
  },
);

let step = 0;
const stepsPerEpoch = Math.floor(images.length / batchSize);
const next = () => batches.at({ step: step++, steps: 1e9, stepsPerEpoch });
for (let i = 0; i < 2 * threads + 2; i++) await next();
const [start, before] = [performance.now(), process.cpuUsage()];
let made = 0;
while (performance.now() - start < 1000 * Number(values.seconds)) {
  await next();
  made += batchSize;
}
const [seconds, { user, system }] = [(performance.now() - start) / 1000, process.cpuUsage(before)];
console.log(JSON.stringify({ median: made / seconds, cpuMsPerImage: (user + system) / 1000 / made }));
process.exit(0);
