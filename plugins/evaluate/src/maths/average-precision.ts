/**
 * Form of the area under the curve of precision over recall.
 * none: sum over distinct scores, in descending order, of the precision times the increase in recall (scikit-learn).
 * area: the same sum with the largest precision at that recall or more (PASCAL VOC 2010).
 * eleven-point: the mean, over recalls of 0, 0.1, ..., 1, of the largest precision at that recall or more (PASCAL VOC 2007).
 */
export type Interpolation = 'none' | 'area' | 'eleven-point';

/** Counts among all samples with at least some score. */
interface CurvePoint {
  readonly hits: number;
  readonly precision: number;
}

/**
 * Average precision of scores [N] for the samples that are relevant. Samples of equal score form one point of the curve, so
 * their order does not matter. 0 when no sample is relevant.
 * @see Everingham et al. 2010, section 4.2
 */
export function averagePrecision(
  scores: Float64Array,
  relevant: readonly boolean[],
  interpolation: Interpolation = 'none',
): number {
  const total = relevant.filter(Boolean).length;
  if (total === 0) return 0;
  const curve = precisionCurve(scores, relevant);
  if (interpolation === 'none') return areaUnder(curve, total);
  const monotone = madeMonotone(curve);
  return interpolation === 'area' ? areaUnder(monotone, total) : elevenPoints(monotone, total);
}

/** One point for each distinct score, in descending order, at which the number of relevant samples increases. */
function precisionCurve(scores: Float64Array, relevant: readonly boolean[]): readonly CurvePoint[] {
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  const curve: CurvePoint[] = [];
  let hits = 0;
  order.forEach((sample, rank) => {
    if (relevant[sample]) hits++;
    const isStep = rank + 1 === order.length || scores[order[rank + 1]] !== scores[sample];
    if (isStep && hits > (curve.at(-1)?.hits ?? 0)) curve.push({ hits, precision: hits / (rank + 1) });
  });
  return curve;
}

/** Every precision replaced by the largest one at its recall or more. */
function madeMonotone(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  let largest = 0;
  return curve
    .toReversed()
    .map(({ hits, precision }) => ({ hits, precision: (largest = Math.max(largest, precision)) }))
    .toReversed();
}

function areaUnder(curve: readonly CurvePoint[], total: number): number {
  return curve.reduce((sum, { hits, precision }, i) => {
    const gained = hits - (i === 0 ? 0 : curve[i - 1].hits);
    return sum + (gained / total) * precision;
  }, 0);
}

function elevenPoints(monotone: readonly CurvePoint[], total: number): number {
  const tenths = Array.from({ length: 11 }, (_, tenth) => tenth);
  // In whole numbers, because 0.1 * 3 is not 0.3.
  const at = (tenth: number) => monotone.find(({ hits }) => 10 * hits >= tenth * total)?.precision ?? 0;
  return tenths.reduce((sum, tenth) => sum + at(tenth), 0) / tenths.length;
}
