import { needsViews, warning, type Facts, type Finding, type ScheduledNumber } from '@carl-ssl/core';

/** Checks for known problems of CARL's loss. */
export function checkCarl(
  { entropyWeight, temperature }: { readonly entropyWeight: ScheduledNumber; readonly temperature: number },
  facts: Facts,
): Finding[] {
  return [
    ...checkWeight(startOf(entropyWeight)),
    ...needsViews('carl', facts),
    ...checkBatch(facts),
    ...(temperature < 0.01 ? [saturated(temperature)] : []),
  ];
}

const startOf = (weight: ScheduledNumber): number => (typeof weight === 'number' ? weight : weight.from);

function checkWeight(start: number): Finding[] {
  if (start > 1) return [];
  const message = `a weight of ${start} at the start lets all images collapse onto a few prototypes (arXiv 2112.15421 starts high). Start above 1, for example { from: 5, to: 1 }.`;
  return [warning('CARL_ENTROPY_WEIGHT_LOW', 'entropyWeight', message)];
}

function checkBatch({ prototypeCount, batchSize, views }: Facts): Finding[] {
  if (prototypeCount === undefined || prototypeCount <= batchSize * views.length) return [];
  const message =
    `the mean assignment of ${batchSize} images x ${views.length} views cannot be uniform over ${prototypeCount} prototypes, which ` +
    'the regulariser of arXiv 2112.15421 asks for. Lower assigner.count, raise trainer.batchSize, or take `carp`, which compares within groups (arXiv 2310.12692).';
  return [warning('CARL_PROTOTYPES_EXCEED_BATCH', '', message)];
}

function saturated(temperature: number): Finding {
  const message = `at temperature ${temperature} assignments saturate and gradients vanish; 0.05 to 0.2 is usual (arXiv 2006.09882, 2012.09740).`;
  return warning('CARL_TEMPERATURE_LOW', 'temperature', message);
}

export interface PrototypesSettings {
  readonly count: number;
  readonly temperature: number;
  readonly normalizeEmbeddings: boolean;
}

/** Checks for known problems of learnable prototypes. */
export function checkPrototypes(o: PrototypesSettings, { trainImages }: Facts): Finding[] {
  const found: Finding[] = [];
  if (o.normalizeEmbeddings && o.temperature > 1) {
    const message = `scores of unit vectors lie in [-1, 1]; at temperature ${o.temperature} every assignment is close to uniform. Usual: 0.05 to 0.5 (0.1 in arXiv 2006.09882).`;
    found.push(warning('PROTOTYPES_TEMPERATURE_HIGH', 'temperature', message));
  }
  if (trainImages !== undefined && o.count > trainImages) {
    const message = `${o.count} prototypes for ${trainImages} training images: most will never be used. Take fewer; ImageNet's 1.28 million images have 3,000 in arXiv 2006.09882.`;
    found.push(warning('PROTOTYPES_MORE_THAN_IMAGES', 'count', message));
  }
  return found;
}
