import { type Augmenter, type Collective, floatImage, pixelImages, seededStreams } from '@carl-ssl/core';
import { Observers } from '@carl-ssl/core/host';
import {
  Batches,
  checkShares,
  CollapseMonitor,
  createModel,
  disposeModel,
  type HostBatch,
  inFloat64,
  type Network,
  type RunLog,
  runWorkers,
  shapeOf,
  singleProcess,
  train,
  type Training,
  untimed,
  workerRunLog,
} from '@carl-ssl/core/testing';
import deepcluster from '@carl-ssl/deepcluster';
import heads from '@carl-ssl/heads';
import optim from '@carl-ssl/optim';
import vit from '@carl-ssl/vit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { workbench } from '../plugins/objective-support.js';

const [SIDE, IMAGES, BATCH] = [4, 18, 8];
const bench = workbench(deepcluster, heads, optim, vit);

const options = {
  epochs: 2,
  batchSize: BATCH,
  forward: 'joint',
  accumulate: 1,
  clipNorm: null,
  precision: 'float32',
  checkpointEvery: 1,
  checkpointMinutes: 15,
  keepCheckpoints: 2,
  monitorEvery: 1,
  onCollapse: 'warn',
} as const;

/** Images that become brighter with their index. */
const images = pixelImages({
  bytes: Uint8Array.from({ length: IMAGES * SIDE * SIDE }, (_, i) => (i * 37 + i / 4) % 256),
  size: [SIDE, SIDE],
  channels: 1,
});

/** Two views with noise. */
const augmenter: Augmenter = {
  views: [0, 1].map(() => ({ kind: 'global', height: SIDE, width: SIDE })),
  outputChannels: channels => channels,
  augment: (image, randoms) =>
    randoms.map(random => {
      const whole = floatImage(image);
      return { ...whole, data: whole.data.map(value => value + 0.3 * random.normal()) };
    }),
  plain: floatImage,
};

const source = { images, augmenter, streams: seededStreams(4) };
const viewTask = { pipeline: {} as Training['viewTask']['pipeline'], plugins: [] };

describe('the batches of a worker', () => {
  const shares = async (size: number, rank: number, accumulate: number): Promise<readonly HostBatch[]> => {
    const worker = { rank, size };
    const batches = new Batches(source, { options: { ...options, accumulate }, worker, task: viewTask, threads: 0 });
    return [...(await batches.at({ step: 0, steps: 2, stepsPerEpoch: 1 })), ...(await batches.at({ step: 1, steps: 2, stepsPerEpoch: 1 }))]; // prettier-ignore
  };

  for (const accumulate of [1, 2])
    it(`are equal shares of the global batches in order of rank, with the same views (accumulate ${accumulate})`, async () => {
      const whole = await shares(1, 0, accumulate);
      expect(whole).to.have.length(2 * accumulate);
      for (const size of [2, 4]) {
        const workers = await Promise.all(Array.from({ length: size }, (_, rank) => shares(size, rank, accumulate)));
        whole.forEach(({ views, place }, batch) => {
          const parts = workers.map(batches => batches[batch]);
          expect(parts.flatMap(part => part.place.images)).to.deep.equal(place.images);
          for (const part of parts) {
            expect(part.place.images).to.have.length(BATCH / size);
            expect(part.place.globalImages).to.deep.equal(place.globalImages);
            expect(part.place.number).to.equal(place.number);
          }
          views.forEach((view, v) => {
            expect(parts.flatMap(part => [...part.views[v].data])).to.deep.equal([...view.data]);
          });
        });
      }
    });

  it('must be equal shares', () => {
    expect(() => checkShares(BATCH, { size: 4 })).to.not.throw();
    expect(() => checkShares(BATCH, { size: 3 }))
      .to.throw('A batch of 8 images cannot be divided equally among 3 workers. Set `trainer.batchSize` to a multiple of 3, for example 9.')
      .with.property('path')
      .that.deep.equals(['trainer', 'batchSize']); // prettier-ignore
  });
});

/** A run log in memory, with the names of all writes. */
function logInMemory(): RunLog & { readonly writes: string[]; readonly losses: number[] } {
  const [writes, losses]: [string[], number[]] = [[], []];
  const write = (name: string) => (): Promise<void> => Promise.resolve(void writes.push(name));
  return {
    writes,
    losses,
    path: 'run',
    checkpointPath: step => `run/${step}`,
    checkpoints: () => Promise.resolve([3]),
    writeCheckpoint: step => write(`checkpoint ${step}`)(),
    prune: write('prune'),
    appendMetrics: async line => {
      if (line.type === 'step') losses.push(line.loss);
      await write('metrics')();
    },
    flushMetrics: () => write('flush')().then(() => undefined),
    appendSeconds: write('seconds'),
    log: write('log'),
  };
}

describe('the run log of a worker', () => {
  it('writes for worker 0 alone, and reads for all', async () => {
    for (const [rank, expected] of [
      [0, ['checkpoint 2', 'prune', 'metrics', 'flush', 'seconds', 'log']],
      [1, []],
    ] as const) {
      // prettier-ignore
      const shared = logInMemory();
      const log = workerRunLog({ rank }, shared);
      await log.writeCheckpoint(2, { a: 'content' });
      await log.prune(1, 4);
      await log.appendMetrics({ v: 1, type: 'epoch', step: 1, epoch: 1, loss: 0 });
      await log.flushMetrics();
      await log.appendSeconds(1, 2);
      await log.log('message');
      expect(shared.writes).to.deep.equal(expected);
      expect([log.path, log.checkpointPath(5), await log.checkpoints()]).to.deep.equal(['run', 'run/5', [3]]);
    }
  });
});

/** DeepCluster v2 with an online probe: a memory that is filled before the first step, batch norm in the head, clustering at the start of an epoch. */
function networkOf(collective: Collective): Network {
  return {
    encoder: bench.make('encoder', { use: 'vit', imageSize: SIDE, patchSize: 2, layers: 1, heads: 2, dim: 6 }),
    head: bench.make('head', {
      use: 'mlp-head',
      layers: [{ units: 6, norm: 'batch', activation: 'relu' }, { units: 4 }],
    }),
    assigner: bench.make('assigner', { use: 'spherical-kmeans', clusters: 3 }),
    objective: bench.make('objective', { use: 'deepcluster-v2' }),
    objectiveTakesAssignments: true,
    optimizer: bench.make('optimizer', { use: 'sgd', learningRate: 0.1, momentum: 0.9 }),
    collective,
    probe: {
      classes: 3,
      labels: Int32Array.from({ length: IMAGES }, (_, i) => (i * i) % 3),
      optimizer: bench.make('optimizer', { use: 'adam', learningRate: 0.1 }),
    },
  };
}

interface Result {
  readonly outcome: Awaited<ReturnType<typeof train>>;
  readonly writes: readonly string[];
  readonly losses: readonly number[];
  readonly weights: readonly number[];
}

/** A run log that shows each line of the metrics before it takes it. */
const stopping = (log: RunLog, see: (line: Parameters<RunLog['appendMetrics']>[0]) => void): RunLog => ({
  ...log,
  appendMetrics: line => {
    see(line);
    return log.appendMetrics(line);
  },
});

/** A training from the first step to the end, or until one worker is interrupted after the report of a step. */
async function trained(
  collective: Collective,
  stop?: { readonly rank: number; readonly step: number },
): Promise<Result> {
  const network = networkOf(collective);
  const data = { images: IMAGES, batches: Math.floor(IMAGES / BATCH) };
  const shape = { ...shapeOf(network, [SIDE, SIDE, 1], { views: augmenter.views, batchSize: BATCH }), data };
  const model = createModel(network, shape, seededStreams(2));
  const interrupt = new AbortController();
  const log = logInMemory();
  const observers = new Observers([], () => undefined);
  try {
    const training: Training = {
      network,
      shape,
      model,
      source,
      schedule: { value: () => 0.1 },
      options,
      pipeline: 'hash',
      run: stopping(workerRunLog(collective, log), line => {
        if (stop?.rank === collective.rank && line.type === 'step' && line.step === stop.step) interrupt.abort();
      }),
      observers,
      epochLosses: [],
      monitor: new CollapseMonitor(),
      viewTask,
      viewThreads: 0,
      spans: untimed,
    };
    const outcome = await train(training, 0, interrupt.signal);
    const stored = [await model.student.save(), await model.probe!.save()].flatMap(store => Object.values(store));
    const weights = stored.flatMap(({ data: values }) => [...values]);
    return { outcome, writes: log.writes, losses: log.losses, weights };
  } finally {
    await observers.close('finished');
    disposeModel(model);
  }
}

describe('a training on two workers', () => {
  before(() => tf.setBackend('cpu'));

  it('comes to the losses and weights of one worker, and worker 0 writes the run', async () => {
    await inFloat64(async () => {
      const one = await trained(singleProcess);
      const [first, second] = await runWorkers(2, collective => trained(collective));
      expect(first.outcome).to.deep.equal({ status: 'finished', step: 4 });
      expect(second.outcome).to.deep.equal(first.outcome);
      expect(one.losses).to.have.length(4);
      one.losses.forEach((loss, i) => expect(first.losses[i]).to.be.closeTo(loss, 1e-9));
      for (const { weights } of [first, second])
        one.weights.forEach((value, i) => expect(weights[i]).to.be.closeTo(value, 1e-9));
      expect(first.writes).to.deep.equal(one.writes);
      expect(first.writes).to.include.members(['checkpoint 2', 'checkpoint 4']);
      expect(second.writes).to.deep.equal([]);
    });
  });

  it('stops after the same step on both if one is interrupted', async () => {
    const results = await runWorkers(2, collective => trained(collective, { rank: 1, step: 2 }));
    const { outcome } = await trained(singleProcess, { rank: 0, step: 2 });
    expect(outcome.status).to.equal('interrupted');
    for (const result of results) expect(result.outcome).to.deep.equal(outcome);
  });
});
