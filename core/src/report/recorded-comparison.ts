import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrialRecord } from '../compare/trial-table.js';

/** What `carl compare` has recorded in a folder of runs. */
export interface RecordedComparison {
  readonly trials: readonly TrialRecord[];
  /** Names of the pipelines in the order of the command; the first is the reference of the differences. */
  readonly names: readonly string[];
}

/** Empty without `comparison.json`, or if that was changed by hand so that it cannot be read: the report then shows the runs alone. */
export async function recordedComparison(folder: string): Promise<RecordedComparison> {
  const text = await readFile(join(folder, 'comparison.json'), 'utf8').catch(() => '{}');
  const { trials, pipelines } = parsed(text);
  const listed: readonly unknown[] = Array.isArray(pipelines) ? pipelines : [];
  const names = listed.map(one => (one as { readonly name?: unknown } | null)?.name);
  return {
    trials: Array.isArray(trials) && trials.every(isRecord) ? trials : [],
    names: names.filter(name => typeof name === 'string'),
  };
}

function parsed(text: string): { readonly trials?: unknown; readonly pipelines?: unknown } {
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
