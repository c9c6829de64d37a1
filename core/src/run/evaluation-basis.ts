import { existsSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { NestedOptions } from '../contracts/components.js';
import type { EvaluationBasis, Results } from '../evaluate/results.js';
import { digestFiles } from '../files/digest-files.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Pipeline } from '../schema/skeleton.js';
import { hashOf, type Lock } from './lock.js';
import { changesExperiment, isRounding, linesOf, type LockDifference, lockDifferences } from './lock-differences.js';
import { pipelineDifferences } from './pipeline-differences.js';
import { isLock } from './stored-lock.js';

/**
 * Everything that the figures of an evaluation depend on besides the options of the evaluators. Of the pipeline these are
 * the seed, the splits to report on, the augmenter and all parts of the network, since evaluators may read the output of any; the data are in the lock.
 * @param weights SHA-256 of the file of the evaluated weights
 */
export async function evaluationBasis(
  pipeline: Pipeline,
  { lock, weights }: { readonly lock: Lock; readonly weights: string },
): Promise<EvaluationBasis> {
  const { seed, augmenter, encoder, head, predictor, assigner } = pipeline;
  const { splits } = pipeline.evaluation;
  const { data, initialWeights, backend, versions } = lock;
  const state: Omit<Lock, 'created' | 'machine'> = {
    format: 1,
    seed,
    pipeline: hashOf({ seed, augmenter, encoder, head, predictor, assigner, ...(splits && { splits }) }),
    data,
    ...(initialWeights !== undefined && { initialWeights }),
    backend,
    versions,
    plugins: lock.plugins.map(({ name, version, integrity }) => ({ name, version, integrity })),
  };
  const paths = [...new Set(storedEvaluators(pipeline).flatMap(({ options }) => pathsIn(options)))];
  const digests = await digestFiles(paths);
  return { weights, files: Object.fromEntries(paths.map((path, i) => [path, digests[i]])), lock: state };
}

/** Files that options name; their paths are absolute. */
function pathsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return isAbsolute(value) && isFile(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

/**
 * True if everything that an evaluator depends on is in the basis. One that reads a folder or a dataset of its own is not
 * reproducible: the state of these is not recorded.
 */
export function isReproducible(options: unknown, catalogue: Catalogue): boolean {
  if (typeof options === 'string') return !isAbsolute(options) || !existsSync(options) || isFile(options);
  if (typeof options !== 'object' || options === null) return true;
  const { use } = options as { readonly use?: unknown };
  if (typeof use === 'string' && catalogue.get('dataset', use)) return false;
  return Object.values(options).every(value => isReproducible(value, catalogue));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** The fields of results that decide whether their figures can be kept. */
export type Comparable = Pick<Results, 'evaluators' | 'network' | 'basis'>;

/** Why figures of an earlier evaluation cannot be kept, one line for each difference; none if they can. */
export function basisDifferences(before: Comparable, now: Comparable): readonly string[] {
  const lock = lockIn(before);
  if (!before.evaluators || !lock) return ['the state of data and plugins was not stored with them'];
  const of = ({ network, basis, evaluators }: Comparable) => {
    const { weights, files } = basis ?? {};
    return { network, weights, files, evaluate: evaluators };
  };
  const differences = lockDifferences(lock, lockIn(now)!).filter(one => !isRounding(one));
  return [...pipelineDifferences(of(before), of(now)), ...linesOf(differences)];
}

/** Differences that change the figures of an evaluation by rounding only. */
export function roundingDifferences(before: Comparable, now: Comparable): readonly string[] {
  return linesOf(lockDifferences(lockIn(before)!, lockIn(now)!).filter(isRounding));
}

/** How an evaluation differs from another one besides its versions and its machine, one line for each difference. */
export function otherEvaluation(before: Comparable, now: Comparable): readonly string[] {
  const [old, current] = [lockIn(before), lockIn(now)];
  const same = (of: (one: Comparable) => unknown) => hashOf([of(before)]) === hashOf([of(now)]);
  return [
    ...(same(one => one.basis?.weights) ? [] : ['other weights']),
    ...(same(one => one.network)
      ? []
      : [`network: was ${before.network ?? 'the only one'}, is ${now.network ?? 'the only one'}`]),
    ...(same(one => one.evaluators) ? [] : ['other evaluators, or other options of them']),
    ...(old && current ? lockDifferences(old, current).filter(changesExperiment).map(inWords) : ['other data']),
  ];
}

/** The pipeline of a basis is a hash of some of its keys. */
function inWords({ part, text }: LockDifference): string {
  return part === 'pipeline' ? 'another seed, preparation of images, network or choice of splits' : text;
}

/** A line with the number of images of each split; none if they were not stored with the results. */
export function imageCounts(results: Comparable): readonly string[] {
  const splits = Object.entries(lockIn(results)?.data ?? {});
  if (splits.length === 0) return [];
  return [`images: ${splits.map(([split, { images }]) => `${split} ${images.toLocaleString('en')}`).join(', ')}`];
}

function lockIn({ basis }: Comparable): Lock | undefined {
  return basis && isLock(basis.lock) ? basis.lock : undefined;
}

/** An evaluator by its name in results, such as `flowers/knn`. */
interface StoredEvaluator {
  readonly title: string;
  readonly options: NestedOptions;
}

/** Evaluators of all datasets with their options, in a form that is the same after it was written and read. */
export function storedEvaluators({ evaluate, transfer = {} }: Pipeline): readonly StoredEvaluator[] {
  const others = Object.entries(transfer).flatMap(([name, one]) => one.evaluate.map(options => ({ title: `${name}/${options.use}`, options }))); // prettier-ignore
  const all = [...evaluate.map(options => ({ title: options.use, options })), ...others];
  return JSON.parse(JSON.stringify(all)) as readonly StoredEvaluator[];
}
