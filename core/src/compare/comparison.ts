import { join } from 'node:path';
import { loadPipeline } from '../config/load.js';
import { epochsWithin, type Budget } from './budget.js';
import { runPath } from './collect.js';
import type { ComparedRun } from './compared-run.js';
import { judgeTrials, TRIAL_SEED, type Ranking, type Trial } from './trials.js';
import type { Variant } from './variants.js';

/** The runs of a comparison, in stages: all runs of a stage have ended before the next is known. */
export interface Comparison {
  /** Folder of the run directories. */
  readonly out: string;
  /** Run directories of all stages. */
  readonly paths: readonly string[];
  /** The runs of the last stage are those of the table. */
  readonly stages: readonly (() => Promise<readonly ComparedRun[]>)[];
}

/** Settings that all runs of a comparison share. */
export interface RunSettings {
  readonly out: string;
  readonly backend?: string;
  readonly budget?: Budget;
}

/** Runs of every variant with the seeds 0 to n - 1. */
export function comparisonOf(variants: readonly Variant[], seeds: number, settings: RunSettings): Comparison {
  const runs = runsOf(variants, seedsFrom(0, seeds), settings);
  return { out: settings.out, paths: runs.map(({ path }) => path), stages: [() => Promise.resolve(runs)] };
}

/** The trials, then runs of the best settings of each variant with the seeds 1 to n. */
export function tunedComparison(trials: readonly Trial[], seeds: number, settings: RunSettings & Ranking): Comparison {
  const tried = runsOf(
    trials.map(({ variant }) => variant),
    [TRIAL_SEED],
    settings,
  );
  const fresh = seedsFrom(TRIAL_SEED + 1, seeds);
  const variants = [...new Set(trials.map(({ of }) => of))];
  const final = runsOf(variants, fresh, settings).map(({ path }) => path);
  const chosen = async () => {
    const tuned = await judgeTrials(trials, settings.out, settings);
    const best = tuned.flatMap(({ of, ranked }) => (ranked.length > 0 ? [withSettings(of, ranked[0].trial)] : []));
    return runsOf(best, fresh, settings);
  };
  return {
    out: settings.out,
    paths: [...tried.map(({ path }) => path), ...final],
    stages: [() => Promise.resolve(tried), chosen],
  };
}

function withSettings(variant: Variant, { drawn }: Trial): Variant {
  return { ...variant, set: [...variant.set, ...drawn] };
}

/** Seeds of the runs of the table: 0 to n - 1, or 1 to n after trials. */
export function seedsOf({ seeds, trials }: { readonly seeds: number; readonly trials?: number }): readonly number[] {
  return seedsFrom(trials === undefined ? 0 : TRIAL_SEED + 1, seeds);
}

function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Runs of every variant with every seed, seed by seed, so that an early table compares all variants. */
function runsOf(variants: readonly Variant[], seeds: readonly number[], settings: RunSettings): readonly ComparedRun[] {
  return seeds.flatMap(seed => variants.map(variant => comparedRun(variant, seed, settings)));
}

function comparedRun(variant: Variant, seed: number, { out, backend, budget }: RunSettings): ComparedRun {
  const { name, file, set } = variant;
  const load = (more: readonly string[] = []) =>
    loadPipeline(file, { set: [...set, ...more], seed, ...(backend !== undefined && { backend }) });
  return {
    variant,
    seed,
    path: runPath(out, name, seed),
    title: `${name}, seed ${seed}`,
    load: async () => {
      const loaded = await load();
      if (budget === undefined) return loaded;
      return load([`trainer.epochs=${await epochsWithin(budget, loaded, join(out, name))}`]);
    },
  };
}
