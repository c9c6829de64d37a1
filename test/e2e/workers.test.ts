import { CarlError, type Collective, decodeSafetensors } from '@carl-ssl/core';
import {
  loadPipeline,
  openPipeline,
  openRun,
  readRun,
  resumeRun,
  startRun,
  type TrainRunOptions,
} from '@carl-ssl/core/host';
import { runWorkers, singleProcess } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpu, onCpu, remains, temporaryFolder, trainTiny, writePipeline } from './tiny.js';

const folder = temporaryFolder();
const changes = { trainer: { epochs: 2, batchSize: 16 }, data: { use: 'stripes', count: 32 } };
const STEPS = 4;

/** Options of a worker whose observer keeps its number once the run is closed. */
function optionsOf({ rank }: Collective, observed = new Set<number>()): TrainRunOptions {
  const observers = [{ close: () => void observed.add(rank) }];
  return { backend: cpu, observers, signal: new AbortController().signal, viewThreads: 0 };
}

/** Trains a worker's share of a new run. It runs again from the start whenever the worker had to wait. */
async function start(run: string, collective: Collective, observed?: Set<number>) {
  if (collective.rank === 0) rmSync(run, { recursive: true, force: true });
  const loaded = await loadPipeline(writePipeline(`${run}.yaml`, changes), { collective });
  const { experiment } = await openPipeline(loaded);
  return startRun(experiment, run, { ...optionsOf(collective, observed), source: loaded.source });
}

/** Resumes a copy of a run, which is a fresh one each time the worker runs again. */
async function resume(stopped: string, copy: string, collective: Collective, changedWorkers = true) {
  rmSync(copy, { recursive: true, force: true });
  cpSync(stopped, copy, { recursive: true });
  const { run, loaded } = await openRun(copy, { collective });
  const { experiment } = await openPipeline(loaded);
  return resumeRun(experiment, run, { ...optionsOf(collective), changedWorkers });
}

/** Losses of all steps and all weights of the last checkpoint. */
async function numbersOf(path: string): Promise<readonly number[]> {
  const { metrics, checkpoints } = await readRun(path);
  const losses: number[] = [];
  for await (const { loss } of metrics.of('step')) losses.push(loss);
  const file = join(checkpoints.at(-1)!.path, 'weights.safetensors');
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  return [...losses, ...Object.values(tensors).flatMap(({ data }) => Array.from(data))];
}

/** The same but for rounding. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).to.have.length(expected.length);
  expected.forEach((value, i) => expect(actual[i]).to.be.closeTo(value, 1e-5));
}

describe('a run trained by two workers', () => {
  const whole = (): string => folder.within('whole');
  before(async () => {
    await onCpu();
    await start(whole(), singleProcess);
  });

  it('has the losses and weights of one worker, and is written and observed by worker 0', async () => {
    const run = folder.within('shared');
    const observed = new Set<number>();
    const results = await runWorkers(2, collective => start(run, collective, observed));
    const finished = { status: 'finished', step: STEPS };
    expect(results).to.deep.equal([finished, finished]);
    expectClose(await numbersOf(run), await numbersOf(whole()));
    expect([...observed]).to.deep.equal([0]);
  });

  it('continues from a checkpoint of one worker where another number of workers is accepted', async () => {
    const stopped = folder.within('stopped');
    const { status } = await trainTiny(stopped, {
      changes,
      observer: abort => ({ onEpoch: abort }),
      viewThreads: 0,
    });
    expect(status).to.equal('interrupted');
    const copies = [0, 1].map(rank => folder.within(`copy-${rank}`));
    const refused = await runWorkers(2, collective =>
      resume(stopped, copies[collective.rank], collective, false),
    ).catch((reason: unknown) => reason as Error);
    expect((refused as Error).message).to.contain('was trained by 1 worker and cannot be resumed by 2 workers');
    await runWorkers(2, collective => resume(stopped, copies[collective.rank], collective));
    const { workers, changes: recorded } = (await readRun(copies[0])).lock;
    expect(workers).to.equal(2);
    expect(recorded).to.have.length(1);
    expect(recorded![0]).to.include({ kind: 'workers', step: 3, from: 1, to: 2 });
    expect(readFileSync(join(copies[0], 'log.txt'), 'utf8')).to.contain('workers: was 1, is 2 after step 3');
    expectClose(await numbersOf(copies[0]), await numbersOf(whole()));
    expect(remains(copies[1])).to.deep.equal(remains(stopped));
  });

  it('stays as it is if another number of workers finds it finished', async () => {
    const copies = [0, 1].map(rank => folder.within(`finished-${rank}`));
    await runWorkers(2, collective => resume(whole(), copies[collective.rank], collective));
    const [{ lock: before }, { lock: after }] = [await readRun(whole()), await readRun(copies[0])];
    expect(after).to.deep.equal(before);
    expect([after.workers, after.changes]).to.deep.equal([1, undefined]);
  });

  it('is continued by the command for as many workers, if another training wants its folder', async () => {
    const run = folder.within('taken');
    await runWorkers(2, collective => start(run, collective));
    const loaded = await loadPipeline(writePipeline(folder.within('other.yaml'), changes));
    const { experiment } = await openPipeline(loaded);
    const messageOf = async (path: string): Promise<string> => {
      const options = { ...optionsOf(singleProcess), source: loaded.source };
      return startRun(experiment, path, options).then(() => 'trained', String);
    };
    expect(await messageOf(run)).to.contain(`Continue it with \`mpirun -n 2 carl train --resume ${run}\`, or choose`);
    expect(await messageOf(whole())).to.contain(`Continue it with \`carl train --resume ${whole()}\`, or choose`);
    writeFileSync(join(run, 'lock.json'), '{');
    expect(await messageOf(run)).to.contain(`Continue it with \`carl train --resume ${run}\`, or choose`);
  });

  it('names the command that continues it if a worker has ended', async () => {
    const run = folder.within('lost');
    let exchanges = 0;
    const advice: string[] = [];
    const lost: Collective = {
      ...singleProcess,
      any: async flag => {
        if (++exchanges > 2) throw new CarlError('COLLECTIVE', 'A worker has ended.');
        return flag;
      },
      advise: text => advice.push(text),
    };
    const error: unknown = await start(run, lost).catch((reason: unknown) => reason);
    const lock = join(run, 'lock.json');
    expect((error as CarlError).message).to.equal(
      `A worker has ended. Continue from the last checkpoint: carl train --resume ${run}`,
    );
    expect(advice).to.deep.equal([`Continue from the last checkpoint: carl train --resume ${run}`]);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).to.include({ workers: 1 });
  });

  /** The error of two workers that start a run with different pipelines or backends. */
  const refusal = async (changesOf: (rank: number) => object, backendOf: (rank: number) => string = () => 'cpu') => {
    const error = await runWorkers(2, async collective => {
      const { rank } = collective;
      const file = writePipeline(folder.within(`of-${rank}.yaml`), { ...changes, ...changesOf(rank) });
      const loaded = await loadPipeline(file, { collective });
      const { experiment } = await openPipeline(loaded);
      const options = { ...optionsOf(collective), backend: { ...cpu, name: backendOf(rank) } };
      return startRun(experiment, folder.within('none'), { ...options, source: loaded.source });
    }).catch((reason: unknown) => reason);
    return error as CarlError;
  };

  it('needs the same pipeline on both, and names the first key that differs', async () => {
    const error = await refusal(seed => ({ seed }));
    expect(error.code).to.equal('INPUT_PIPELINE');
    expect(String(error)).to.contain('Worker 1 has another pipeline than worker 0: `seed` is 1 in place of 0.');
  });

  it('names a key whose long values differ at their end', async () => {
    const [first, second] = ['a', 'b'].map(end => `${'long-'.repeat(40)}${end}`);
    const { message } = await refusal(rank => ({ observers: [{ use: 'csv', file: [first, second][rank] }] }));
    expect(message).to.contain(`\`observers.0.file\` is "${second}" in place of "${first}".`);
  });

  it('needs the same backend on both', async () => {
    const { code, message } = await refusal(
      () => ({}),
      rank => ['cpu', 'wasm'][rank],
    );
    expect([code, message]).to.deep.equal([
      'INPUT_PIPELINE',
      'Worker 1 computes on the backend wasm, and worker 0 on cpu. Give all workers the same one, which is installed on all ' +
        'machines: --backend cpu',
    ]);
  });

  it('needs a batch that divides among them', async () => {
    const loaded = await loadPipeline(writePipeline(`${whole()}.yaml`, changes), {
      collective: { ...singleProcess, size: 3 },
    });
    const error = await openPipeline(loaded).catch((reason: unknown) => reason);
    expect((error as Error).message).to.contain('cannot be divided equally among 3 workers');
  });
});
