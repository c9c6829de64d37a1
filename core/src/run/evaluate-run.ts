import { Augmenter } from '../contracts/augmenter.js';
import { Evaluator } from '../contracts/evaluator.js';
import { CarlError } from '../errors/carl-error.js';
import { encoderFeatures, pixelFeatures } from '../evaluate/features.js';
import { chance, runEvaluators, type EvaluationContext } from '../evaluate/run-evaluators.js';
import type { Results } from '../evaluate/results.js';
import type { DiskTensors } from '../tensor/weight-layout.js';
import { WeightStore } from '../tensor/weight-store.js';
import { loadWeights } from '../train/checkpoint.js';
import type { Experiment } from './experiment.js';
import type { RunDirectory } from './run-directory.js';
import { Streams } from '../contracts/random.js';

/** Judges the newest checkpoint of a run, beside the untrained encoder and raw pixels, and writes `results.json`. */
export async function evaluateRun(experiment: Experiment, run: RunDirectory): Promise<Results> {
  const step = (await run.checkpoints()).at(-1);
  if (step === undefined)
    throw new CarlError(
      'INPUT_RUN',
      `${run.path} has no checkpoint yet. Train it first: carl train --resume ${run.path}`,
    );
  const { services, dataset, network, initial } = experiment;
  const judgement: EvaluationContext = {
    dataset,
    augmenter: services.get(Augmenter),
    evaluators: services.all(Evaluator),
    streams: services.get(Streams),
  };
  const store = new WeightStore();
  store.add('encoder', network.encoder.weights(experiment.shape.image), judgement.streams);
  // Untrained means as training found it.
  if (initial) store.load(initial.tensors, initial.path);
  const describe = encoderFeatures(network.encoder, store, network.collective);
  const untrained = await runEvaluators(describe, judgement);
  store.load(encoderOf(await loadWeights(run.checkpointPath(step))), run.checkpointPath(step));
  const trained = await runEvaluators(describe, judgement);
  store.dispose();
  const results: Results = {
    format: 1,
    step,
    trained,
    untrained,
    pixels: await runEvaluators(pixelFeatures, judgement),
    chance: await chance(dataset),
  };
  await run.writeResults(results);
  return results;
}

function encoderOf(weights: DiskTensors): DiskTensors {
  return Object.fromEntries(Object.entries(weights).filter(([name]) => name.startsWith('encoder.')));
}
