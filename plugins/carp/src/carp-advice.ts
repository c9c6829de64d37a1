import { needsViews, type Facts, type Finding } from '@carl-ssl/core';
import type { CarpOptions } from './carp.js';

/** What is known to go wrong with random partitions. */
export function checkCarp(o: CarpOptions, facts: Facts): Finding[] {
  return [...needsViews('carp', facts), ...checkSizes(o, facts), ...checkTemperature(o, facts)];
}

function checkSizes({ partitionSize }: CarpOptions, facts: Facts): Finding[] {
  const { prototypeCount, batchSize, views } = facts;
  const path = 'partitionSize';
  if (prototypeCount !== undefined && partitionSize > prototypeCount)
    return [
      {
        severity: 'error',
        code: 'CARP_PARTITION_TOO_LARGE',
        path,
        message: `groups of ${partitionSize} prototypes cannot be drawn from ${prototypeCount}. Lower partitionSize, or take more prototypes.`,
      },
    ];
  const rows = batchSize * (views.length + 2);
  if (partitionSize <= rows) return [];
  const message =
    `the mean assignment of ${rows} rows (${batchSize} images in ${views.length} views and 2 of the teacher) cannot be uniform over a group of ` +
    `${partitionSize}. CARP takes 512 for batches of 1024 (arXiv 2310.12692): lower partitionSize or raise trainer.batchSize.`;
  return [{ severity: 'warning', code: 'CARP_PARTITION_EXCEEDS_BATCH', path, message }];
}

/** The head's scores are no cosines: its bottleneck has any length, so that they become sharp by themselves. */
function checkTemperature({ temperature }: CarpOptions, { uses, components }: Facts): Finding[] {
  const assigner = components?.assigner;
  if (uses.head !== 'carp-head' || typeof assigner?.temperature !== 'number') return [];
  const product = assigner.temperature * temperature;
  if (product >= 0.5) return [];
  const message =
    `the scores of carp-head are no cosines, they grow as the bottleneck does; divided by ${product} (assigner.temperature x objective.temperature) ` +
    'they saturate from the start. CARP takes them as they are: set assigner.temperature: 1.';
  return [{ severity: 'warning', code: 'CARP_TEMPERATURE_LOW', path: 'temperature', message }];
}
