/**
 * Average precision of scores [N] for the samples that are relevant: the sum over distinct scores, from the largest on, of
 * the precision among all samples scored at least that much times the recall gained there. Equal scores form one step, so
 * their order does not matter. 0 when no sample is relevant.
 */
export function averagePrecision(scores: Float64Array, relevant: readonly boolean[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  const total = relevant.filter(Boolean).length;
  let sum = 0;
  let hits = 0;
  let hitsBefore = 0;
  order.forEach((sample, rank) => {
    if (relevant[sample]) hits++;
    const stepEnds = rank + 1 === order.length || scores[order[rank + 1]] !== scores[sample];
    if (!stepEnds || hits === hitsBefore) return;
    sum += ((hits - hitsBefore) / total) * (hits / (rank + 1));
    hitsBefore = hits;
  });
  return sum;
}
