import { error, needsViews, warning, type Facts, type Finding } from '@carl-ssl/core';

export interface CarpSettings {
  readonly partitionSize: number;
  readonly temperature: number;
}

/** Checks for known problems of random partitions. */
export function checkCarp(o: CarpSettings, facts: Facts): Finding[] {
  return [...needsViews('carp', facts), ...checkSizes(o, facts), ...checkTemperature(o, facts)];
}

function checkSizes({ partitionSize }: CarpSettings, { prototypeCount, batchSize, views }: Facts): Finding[] {
  if (prototypeCount !== undefined && partitionSize > prototypeCount) {
    const message = `groups of ${partitionSize} prototypes cannot be drawn from ${prototypeCount}. Lower partitionSize, or take more prototypes.`;
    return [error('CARP_PARTITION_TOO_LARGE', 'partitionSize', message)];
  }
  const rows = batchSize * (views.length + 2);
  if (partitionSize <= rows) return [];
  const message =
    `the mean assignment of ${rows} rows (${batchSize} images in ${views.length} views and 2 of the teacher) cannot be uniform over a group of ` +
    `${partitionSize}. CARP takes 512 for batches of 1024 (arXiv 2310.12692): lower partitionSize or raise trainer.batchSize.`;
  return [warning('CARP_PARTITION_EXCEEDS_BATCH', 'partitionSize', message)];
}

/** The head's scores are no cosines: its bottleneck has any length, so that they become sharp by themselves. */
function checkTemperature({ temperature }: CarpSettings, { uses, assignerTemperature }: Facts): Finding[] {
  if (uses.head !== 'carp-head' || assignerTemperature === undefined) return [];
  const product = assignerTemperature * temperature;
  if (product >= 0.5) return [];
  const message =
    `the scores of carp-head are no cosines, they grow as the bottleneck does; divided by ${product} (assigner.temperature x objective.temperature) ` +
    'they saturate from the start. CARP takes them as they are: set assigner.temperature: 1.';
  return [warning('CARP_TEMPERATURE_LOW', 'temperature', message)];
}
