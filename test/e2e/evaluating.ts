import type { EvaluationReport } from '@carl-ssl/core';
import {
  assemble,
  evaluateRun,
  judgedNetwork,
  loadPipeline,
  type NetworkName,
  openData,
  Observers,
  type Results,
  RunDirectory,
} from '@carl-ssl/core/host';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tinyPipeline, trainTiny, writePipeline } from './tiny.js';

const plugin = fileURLToPath(new URL('../samples/plugins/evaluators.mjs', import.meta.url));

/** Keys of a tiny pipeline with further evaluators to choose from; a few steps long. */
export function evaluated(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { plugins } = tinyPipeline(changes) as { plugins: readonly string[] };
  return { trainer: { epochs: 1, batchSize: 16 }, plugins: [...plugins, plugin], ...changes };
}

/** A teacher that follows the student, and an objective that needs one. */
export const taught = {
  head: { use: 'mlp-head', layers: [{ units: 8, norm: 'batch', activation: 'relu' }, { units: 6 }] },
  predictor: { use: 'mlp-head', layers: [{ units: 8, norm: 'batch', activation: 'relu' }, { units: 6 }] },
  assigner: undefined,
  objective: 'prediction',
  teacher: { use: 'moving-average', momentum: 0.9 },
};

export interface Evaluated {
  readonly results: Results;
  readonly reports: readonly EvaluationReport[];
}

export interface EvaluationAsk {
  readonly network?: NetworkName;
  readonly signal?: AbortSignal;
  readonly onReport?: (report: EvaluationReport) => void;
}

/** Trains a tiny pipeline unless the run exists, and evaluates it in this process. */
export async function evaluateTiny(
  path: string,
  changes: Readonly<Record<string, unknown>>,
  { network, signal, onReport }: EvaluationAsk = {},
): Promise<Evaluated> {
  const all = evaluated(changes);
  if (!existsSync(path)) await trainTiny(path, { changes: all });
  const loaded = await loadPipeline(writePipeline(`${path}.yaml`, all));
  const experiment = await openData(assemble(loaded));
  const reports: EvaluationReport[] = [];
  const observer = {
    onEvaluation: (report: EvaluationReport) => {
      reports.push(report);
      onReport?.(report);
    },
  };
  const observers = new Observers([{ name: 'test', observer }], () => undefined);
  const results = await evaluateRun(experiment, await RunDirectory.open(path), {
    network: judgedNetwork(loaded, network),
    observers,
    ...(signal && { signal }),
  });
  return { results, reports };
}
