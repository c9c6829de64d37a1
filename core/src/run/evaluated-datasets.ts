import { Components } from '../contracts/components.js';
import { Evaluator } from '../contracts/evaluator.js';
import { slots } from '../contracts/slots.js';
import type { EvaluatedDataset } from '../evaluate/run-evaluators.js';
import type { Experiment } from './experiment.js';
import type { Pipeline } from '../schema/skeleton.js';
import { reportedSplits, type OpenDataset } from './open-dataset.js';

/** The pipeline's dataset and those under `transfer`, with the evaluators of each. */
export function evaluatedDatasets(experiment: Experiment): readonly EvaluatedDataset[] {
  const { services, pipeline, transfer } = experiment;
  const components = services.get(Components);
  const own = services.all(Evaluator).map((evaluator, i) => ({ use: pipeline.evaluate[i].use, evaluator }));
  const others = transfer.map(one => {
    const evaluators = pipeline.transfer![one.name].evaluate.map(options => ({
      use: options.use,
      evaluator: components.create(slots.evaluator, options),
    }));
    return { name: one.name, ...imagesOf(one, pipeline), evaluators };
  });
  return [{ ...imagesOf(experiment, pipeline), evaluators: own }, ...others];
}

function imagesOf(
  { train, held, dataset }: OpenDataset,
  pipeline: Pipeline,
): Pick<EvaluatedDataset, 'splits' | 'classCount'> {
  return { splits: { train, ...reportedSplits(held, pipeline) }, classCount: dataset.classCount };
}
