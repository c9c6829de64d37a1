import { basename, dirname } from 'node:path';
import type { Components } from '../contracts/components.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { inFloat64 } from '../backend/float64.js';
import { withKernels } from '../tensor/kernels.js';
import { benchOf, withOptimizers, type Bench, type RunKind } from './bench.js';
import { findCases, readCase, type GoldenCase } from './case.js';
import { compare } from './compare.js';
import { judgeBySides, type Compute } from './judge-by-sides.js';
import { noting, type Sides } from './kinks.js';
import { assigner } from './kinds/assigner.js';
import { augmentation } from './kinds/augmentation.js';
import { metric } from './kinds/metric.js';
import { encoder, head } from './kinds/module.js';
import { objective } from './kinds/objective.js';
import { optimizer } from './kinds/optimizer.js';
import { reader } from './kinds/reader.js';
import { schedule } from './kinds/schedule.js';
import { statistic } from './kinds/statistic.js';
import { training } from './kinds/training.js';

/** How cases of each kind are run. */
export const KINDS: Readonly<Record<string, RunKind>> = {
  assigner,
  augmentation,
  encoder,
  head,
  metric,
  objective,
  optimizer,
  reader,
  schedule,
  statistic,
  training,
};

/** Result of one case. */
export interface GoldenOutcome {
  readonly kind: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Largest error relative to the tolerance. */
  readonly worst?: number;
  /** The output with the largest error, the reason of a failure, or the missing component. */
  readonly detail: string;
}

/** Options for running cases. */
export interface GoldenRun {
  readonly catalogue: Catalogue;
  readonly components: Components;
  /** Runs only the cases of this kind. */
  readonly only?: string;
  /** Whether to compute in float64 rather than on the active backend in its float32. */
  readonly float64?: boolean;
}

/** Runs cases through the components of a catalogue, one after the other. @throws CarlError INPUT_FILE if there are none */
export async function* runGolden(
  directory: string,
  { catalogue, components, only, float64 = false }: GoldenRun,
): AsyncGenerator<GoldenOutcome> {
  const bench = benchOf(catalogue, components);
  for (const folder of await findCases(directory, only)) {
    const golden = await readCase(folder).catch(unreadable);
    if ('status' in golden) yield { kind: basename(dirname(folder)), name: basename(folder), ...golden };
    else yield runCase(golden, bench, float64);
  }
}

async function runCase(golden: GoldenCase, bench: Bench, float64: boolean): Promise<GoldenOutcome> {
  const { kind, name, use } = golden;
  const run = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (!run) return { kind, name, status: 'skipped', detail: `unknown kind ${kind}` };
  const compute = computing(golden, run, bench);
  const sides: Sides = { relus: [], gradients: [] };
  try {
    const outputs = await (float64 ? inFloat64(() => compute()) : compute(noting(sides)));
    if (!outputs) return { kind, name, status: 'skipped', detail: `no component ${use}` };
    if (!golden.expect) return { kind, name, status: 'failed', detail: 'should have been refused' };
    const { worst, output, problem } = compare(golden, outputs);
    const outcome = { kind, name, worst, detail: problem ?? output };
    if (worst <= 1 || sides.relus.length === 0) return { ...outcome, status: worst <= 1 ? 'passed' : 'failed' };
    const judged = await judgeBySides(golden, compute, { outputs, sides });
    return { ...outcome, ...judged, detail: `${outcome.detail}; ${judged.detail}` };
  } catch (error) {
    return refusal(golden, error);
  }
}

/** Returns a function that computes a case, with a watch if one is given. */
function computing(golden: GoldenCase, run: RunKind, bench: Bench): Compute {
  return watch => {
    if (!watch) return run(golden, bench);
    const watched = withOptimizers(bench, own => watch.optimizer(own));
    return withKernels(
      own => watch.kernels(own),
      () => run(golden, watched),
    );
  };
}

/** Outcome of a case that cannot be read. The other cases still run. */
function unreadable(error: unknown): Pick<GoldenOutcome, 'status' | 'detail'> {
  if (!CarlError.is(error)) throw error;
  return { status: 'failed', detail: error.message };
}

/** Outcome of a case that throws: it passes only if an error is expected and this one is a CarlError. */
function refusal({ kind, name, expect }: GoldenCase, error: unknown): GoldenOutcome {
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
  if (!expect && CarlError.is(error)) return { kind, name, status: 'passed', detail: `refused: ${message}` };
  return { kind, name, status: 'failed', detail: message };
}
