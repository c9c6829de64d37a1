import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrialRecord } from '../compare/trial-table.js';

/**
 * The trials that `carl compare` has recorded in a folder of runs. None without its `comparison.json`, or if that was changed by
 * hand so that it cannot be read: the report then shows the runs alone.
 */
export async function recordedTrials(folder: string): Promise<readonly TrialRecord[]> {
  const text = await readFile(join(folder, 'comparison.json'), 'utf8').catch(() => '{}');
  const { trials = [] } = parsed(text);
  return Array.isArray(trials) && trials.every(isRecord) ? trials : [];
}

function parsed(text: string): { readonly trials?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { readonly trials?: unknown };
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is TrialRecord {
  const record = value as Partial<TrialRecord> | null;
  return (
    typeof record?.name === 'string' &&
    typeof record.metric === 'string' &&
    Array.isArray(record.trials) &&
    record.trials.every(
      ({ name, settings, collapses }) =>
        typeof name === 'string' && Array.isArray(settings) && Array.isArray(collapses),
    )
  );
}
