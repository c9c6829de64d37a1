import { inFloat64 } from '../backend/float64.js';
import type { GoldenCase } from './case.js';
import { compare, type Outputs } from './compare.js';
import { Forcing, type Sides, type Watch } from './kinks.js';

/** Computes a case, under watch if that is asked for. Undefined: the component is not there. */
export type Compute = (watch?: Watch) => Promise<Outputs | undefined>;

/** What a case gave in float32, and the sides it took. */
export interface Computed {
  readonly outputs: Outputs;
  readonly sides: Sides;
}

export interface SideComparison {
  readonly status: 'passed' | 'failed';
  /** Largest error as a share of what is allowed, if it passed. */
  readonly worst?: number;
  /** Why. */
  readonly detail: string;
}

/**
 * Judges a float32 result that is out of tolerance. Where rounding moves a value across the kink of a relu, a gradient path
 * appears or vanishes, and the result is off by far more than rounding though every operation is right. It is right if
 *
 * - the case in float64 agrees with the reference,
 * - made to take the sides that the result took, it agrees with the result, within the tolerance of the case,
 * - and each side that is not its own is that of a value as near to zero as rounding explains.
 *
 * Sides of relus are tried first, then those of the gradients that come to an optimizer too.
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
  if (!fits) return failed('float64 computes other relus');
  if (crossed === 0) return failed('no value lay on the other side of zero');
  const found = `${forcing.summary} lay on the other side of zero`;
  if (!(furthest <= 1)) return failed(`${found}, up to ${furthest.toPrecision(2)} times as far as rounding explains`);
  if (worst > 1)
    return failed(`${found}; on the same side still ${worst.toPrecision(2)} times what is allowed, ${output}`);
  return { status: 'passed', worst, detail: `${found}, within rounding` };
}

const failed = (detail: string): SideComparison => ({ status: 'failed', detail });
