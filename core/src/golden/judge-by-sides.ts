import { inFloat64 } from '../backend/float64.js';
import type { GoldenCase } from './case.js';
import { compare, type Outputs } from './compare.js';
import { Forcing, type Sides, type Watch } from './kinks.js';

/** Computes a case, with the given watch if any; undefined if no plugin has the component. */
export type Compute = (watch?: Watch) => Promise<Outputs | undefined>;

/** Outputs of a case in float32, and the signs of its values at relus and optimizers. */
export interface Computed {
  readonly outputs: Outputs;
  readonly sides: Sides;
}

export interface SideComparison {
  readonly status: 'passed' | 'failed';
  /** Largest error relative to the tolerance, if the case passed. */
  readonly worst?: number;
  /** Reason for the status. */
  readonly detail: string;
}

/**
 * Checks a float32 result that is out of tolerance. If rounding changes the sign of a value at a relu, a gradient path
 * appears or vanishes, and the error is far larger than rounding although every operation is correct. The result passes if
 *
 * - the case in float64 agrees with the reference,
 * - the case in float64, forced to the signs of the result, agrees with the result within the tolerance of the case,
 * - and every value whose sign was forced is as close to zero as rounding explains.
 *
 * Signs at relus are tried first, then also those of the gradients that reach an optimizer.
 */
export async function judgeBySides(golden: GoldenCase, compute: Compute, result: Computed): Promise<SideComparison> {
  const exact = await inFloat64(() => compute());
  if (compare(golden, exact!).worst > 1) return failed('out of tolerance in float64 too');
  const relus = await tryWith(new Forcing(result.sides, false), { golden, compute, result });
  if (relus.status === 'passed' || result.sides.gradients.length === 0) return relus;
  return tryWith(new Forcing(result.sides, true), { golden, compute, result });
}

interface Trial {
  readonly golden: GoldenCase;
  readonly compute: Compute;
  readonly result: Computed;
}

async function tryWith(forcing: Forcing, { golden, compute, result }: Trial): Promise<SideComparison> {
  const forced = (await inFloat64(() => compute(forcing)))!;
  const expect = Object.fromEntries(Object.keys(golden.expect!).map(name => [name, forced[name]]));
  const { worst, output } = compare({ ...golden, expect }, result.outputs);
  const { crossed, furthest, fits } = forcing;
  if (!fits) return failed('the float64 run computes other relus');
  if (crossed === 0) return failed('no value had the opposite sign');
  const found = `${forcing.summary} had the opposite sign`;
  if (!(furthest <= 1))
    return failed(`${found}, up to ${furthest.toPrecision(2)} times as far from zero as rounding explains`);
  if (worst > 1)
    return failed(
      `${found}; with the same signs the error is still ${worst.toPrecision(2)} times the tolerance, ${output}`,
    );
  return { status: 'passed', worst, detail: `${found}, within rounding` };
}

const failed = (detail: string): SideComparison => ({ status: 'failed', detail });
