import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a run directory has that no training made. */
export interface FakeRun {
  readonly name?: string;
  readonly method?: string;
  readonly seed?: number;
  readonly created?: string;
  /** Number of steps; each is a line of the metrics. */
  readonly steps?: number;
  readonly epochs?: number;
  /** Further lines of the metrics. */
  readonly lines?: readonly object[];
  /** Accuracy on validation; without it the run has no results. */
  readonly accuracy?: number;
}

/** Writes a run directory with the files that readers of runs need. */
export function writeFakeRun(path: string, run: FakeRun = {}): void {
  const { name = 'fake', method = 'carl', seed = 0, steps = 20, epochs = 2, lines = [], accuracy } = run;
  mkdirSync(path, { recursive: true });
  const write = (file: string, content: unknown): void =>
    writeFileSync(join(path, file), typeof content === 'string' ? content : JSON.stringify(content));
  write('pipeline.json', {
    ...{ name, seed, plugins: [], data: { use: 'fashion-mnist-mini' }, objective: { use: method, temperature: 0.2 } },
    ...{ trainer: { epochs, batchSize: 256 }, evaluate: [{ use: 'knn', k: [20] }], observers: [] },
  });
  write('metrics.jsonl', '');
  write('lock.json', {
    ...{ format: 1, created: run.created ?? '2026-01-02T03:04:05.000Z', seed, pipeline: 'none', data: {}, plugins: [] },
    ...{ backend: { name: 'cpu' }, versions: { node: '20.0.0' } },
    machine: { platform: 'linux', arch: 'x64', cpu: 'a processor', cores: 2 },
  });
  appendMetrics(path, [...stepLines(0, steps, seed), ...lines]);
  if (accuracy !== undefined) write('results.json', resultsOf(accuracy));
}

/** Appends lines to the metrics of a run. */
export function appendMetrics(path: string, lines: readonly object[]): void {
  appendFileSync(join(path, 'metrics.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
}

/** Lines of steps `from` + 1 to `to`, with a measurement of the monitor every tenth step. */
export function stepLines(from: number, to: number, seed = 0): readonly object[] {
  return Array.from({ length: to - from }, (_, i) => from + i + 1).flatMap(step => {
    const loss = 5 / (1 + step / 200) + 0.1 * Math.sin(step + seed);
    const line = {
      ...{ v: 1, type: 'step', step, epoch: 1, loss, parts: { consistency: loss - 0.5, regulariser: 0.5 } },
      ...{ notes: { 'probe.accuracy': 1 / (1 + loss) }, learningRate: 0.1 / step, gradientNorm: 1 },
    };
    return step % 10 === 0 ? [line, { v: 1, type: 'health', step, health: HEALTH }] : [line];
  });
}

const HEALTH = { featureSpread: 0.6, rankMe: 20, rankLimit: 64 };

export const COLLAPSE = {
  ...{ v: 1, type: 'warning', step: 20 },
  warning: { kind: 'complete-collapse', since: 10, collapsed: true, message: 'All features are equal.' },
};

function resultsOf(value: number): object {
  const figure = {
    metric: 'knn20@t0.1',
    split: 'validation',
    value,
    kind: 'accuracy',
    description: 'accuracy of k-NN',
  };
  return {
    ...{ format: 2, step: 20, untrained: [], pixels: [], chance: {} },
    status: [{ evaluator: 'knn', subject: 'trained', status: 'done', figures: 1 }],
    trained: [figure],
  };
}
