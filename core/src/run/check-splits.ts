import { diagnose, type Diagnostic } from '../config/diagnostic.js';
import { locateKey } from '../config/locate.js';
import type { NestedOptions } from '../contracts/components.js';
import type { ImageSet } from '../contracts/image-set.js';
import { withDataset } from '../evaluate/results.js';
import { counted } from '../text/counted.js';
import type { Experiment } from './experiment.js';
import { reportedSplits, type OpenDataset } from './open-dataset.js';

/** Images below which the accuracy on a split says little: each is ten points or more. */
const FEW = 10;

/** Warnings about splits whose figures say little: those with fewer than ten images, or with labels of one class only. */
export function checkSplits(experiment: Experiment): readonly Diagnostic[] {
  const { pipeline, transfer } = experiment;
  const own = pipeline.evaluate.length > 0 ? ofDataset(experiment, experiment, { options: pipeline.data }) : [];
  const others = transfer.flatMap(one => {
    const { data, evaluate } = pipeline.transfer![one.name];
    return evaluate.length > 0 ? ofDataset(experiment, one, { name: one.name, options: data }) : [];
  });
  return [...own, ...others];
}

interface Described {
  /** Name under `transfer`. */
  readonly name?: string;
  readonly options: NestedOptions;
}

function ofDataset(
  { pipeline, loaded }: Experiment,
  { held }: OpenDataset,
  { name, options }: Described,
): readonly Diagnostic[] {
  const path = name === undefined ? ['data'] : ['transfer', name, 'data'];
  const place = locateKey(loaded.document, path);
  return Object.entries(reportedSplits(held, pipeline)).flatMap(([split, images]) => {
    const problem = problemOf(images);
    if (problem === undefined) return [];
    const message = `The split \`${withDataset(name, split)}\` ${problem}`;
    const remedy = `${shareAdvice(split, options, path)}Take more images, or give the dataset a \`${split}\` split of its own.`;
    return [diagnose(place, { code: 'SPLIT_SMALL', severity: 'warning', message, remedy, path })];
  });
}

function problemOf({ length, labels }: ImageSet): string | undefined {
  if (length < FEW)
    return `has ${counted(length, 'image')}: ${length === 1 ? 'any accuracy on it is 0% or 100%' : `one image is ${Math.round(100 / length)} points of accuracy`}, so figures on it say little.`;
  if (labels && new Set(labels).size < 2)
    return 'has images of one class only: the accuracy of chance is 100%, so figures on it say little.';
  return undefined;
}

/** Advice on the share of the images that a dataset holds out, if it has such an option. */
function shareAdvice(split: string, options: NestedOptions, path: readonly string[]): string {
  const key = [split, ...(split === 'validation' ? ['holdout'] : [])].find(one => typeof options[one] === 'number');
  if (key === undefined) return '';
  const name = [...path, key].join('.');
  return `\`${name}\`, the share that is held out, is ${String(options[key])}: set a larger one, such as \`--set ${name}=0.5\`. `;
}
