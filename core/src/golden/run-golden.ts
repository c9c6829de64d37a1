import { basename, dirname } from 'node:path';
import type { Components } from '../contracts/components.js';
import { CarlError } from '../errors.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { benchOf, type Bench, type RunKind } from './bench.js';
import { findCases, readCase, type GoldenCase } from './case.js';
import { compare } from './compare.js';
import { assigner } from './kinds/assigner.js';
import { augmentation } from './kinds/augmentation.js';
import { metric } from './kinds/metric.js';
import { encoder, head } from './kinds/module.js';
import { objective } from './kinds/objective.js';
import { optimizer } from './kinds/optimizer.js';
import { reader } from './kinds/reader.js';
import { schedule } from './kinds/schedule.js';
import { training } from './kinds/training.js';

const KINDS: Readonly<Record<string, RunKind>> = {
  assigner,
  augmentation,
  encoder,
  head,
  metric,
  objective,
  optimizer,
  reader,
  schedule,
  training,
};

/** How one case ended. */
export interface GoldenOutcome {
  readonly kind: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Largest error as a share of what is allowed. */
  readonly worst?: number;
  /** The output with the largest error, why it failed, or what is missing. */
  readonly detail: string;
}

/** What cases are run with. */
export interface GoldenRun {
  readonly catalogue: Catalogue;
  readonly components: Components;
  /** One kind of cases only. */
  readonly only?: string;
  /** What the computing of one case happens in, such as another precision. */
  readonly around?: (work: () => Promise<GoldenOutcome>) => Promise<GoldenOutcome>;
}

/** Runs cases through the components of a catalogue, one after the other. @throws CarlError INPUT_FILE if there are none */
export async function* runGolden(
  directory: string,
  { catalogue, components, only, around = work => work() }: GoldenRun,
): AsyncGenerator<GoldenOutcome> {
  const bench = benchOf(catalogue, components);
  for (const folder of await findCases(directory, only)) {
    const golden = await readCase(folder).catch(unreadable);
    yield 'status' in golden
      ? { kind: basename(dirname(folder)), name: basename(folder), ...golden }
      : around(() => runCase(golden, bench));
  }
}

async function runCase(golden: GoldenCase, bench: Bench): Promise<GoldenOutcome> {
  const { kind, name, use } = golden;
  const run = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (!run) return { kind, name, status: 'skipped', detail: `kind ${kind} is not known` };
  try {
    const outputs = await run(golden, bench);
    if (!outputs) return { kind, name, status: 'skipped', detail: `no component ${use}` };
    if (!golden.expect) return { kind, name, status: 'failed', detail: 'should have been refused' };
    const { worst, output, problem } = compare(golden, outputs);
    return { kind, name, status: worst <= 1 ? 'passed' : 'failed', worst, detail: problem ?? output };
  } catch (error) {
    return refusal(golden, error);
  }
}

/** A case that cannot be read fails for itself; the others run. */
function unreadable(error: unknown): Pick<GoldenOutcome, 'status' | 'detail'> {
  if (!CarlError.is(error)) throw error;
  return { status: 'failed', detail: error.message };
}

/** An error is right only where one is expected, and only one written for users. */
function refusal({ kind, name, expect }: GoldenCase, error: unknown): GoldenOutcome {
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
  if (!expect && CarlError.is(error)) return { kind, name, status: 'passed', detail: `refused: ${message}` };
  return { kind, name, status: 'failed', detail: message };
}
