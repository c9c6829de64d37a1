import { relative, sep } from 'node:path';
import type { Pipeline } from '../schema/skeleton.js';

/** A pipeline as a report shows it: paths below the working folder are relative to it, because a report is sent to others. */
export function shownPipeline(pipeline: Pipeline, folder = process.cwd()): Pipeline {
  const text = JSON.stringify(pipeline, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(folder + sep) ? relative(folder, value) : value,
  );
  return JSON.parse(text) as Pipeline;
}
