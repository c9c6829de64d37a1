import { loadPipeline } from '../config/load.js';
import { runPath } from './collect.js';
import type { ComparedRun } from './compared-run.js';
import type { Variant } from './variants.js';

/** The runs of a comparison, in stages: all runs of a stage have ended before the next is known. */
export interface Comparison {
  /** Folder of the run directories. */
  readonly out: string;
  /** Run directories of all stages. */
  readonly paths: readonly string[];
  readonly stages: readonly (() => Promise<readonly ComparedRun[]>)[];
}

/** Settings that all runs of a comparison share. */
export interface RunSettings {
  readonly out: string;
  readonly backend?: string;
}

/** Runs of every variant with every seed, seed by seed, so that an early table compares all variants. */
export function runsOf(
  variants: readonly Variant[],
  seeds: readonly number[],
  settings: RunSettings,
): readonly ComparedRun[] {
  return seeds.flatMap(seed => variants.map(variant => comparedRun(variant, seed, settings)));
}

function comparedRun(variant: Variant, seed: number, { out, backend }: RunSettings): ComparedRun {
  const { name, file, set } = variant;
  return {
    variant,
    seed,
    path: runPath(out, name, seed),
    title: `${name}, seed ${seed}`,
    load: () => loadPipeline(file, { set, seed, ...(backend !== undefined && { backend }) }),
  };
}
