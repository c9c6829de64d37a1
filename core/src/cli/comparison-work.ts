import { attemptRun, endOf } from '../compare/attempt-run.js';
import type { ComparedRun } from '../compare/compared-run.js';
import type { Comparison } from '../compare/comparison.js';
import { assertSameRuns } from '../compare/earlier-runs.js';
import { workTogether } from '../compare/work-together.js';
import { counted } from '../text/counted.js';
import { printable } from '../text/printable.js';
import { isJob, runJobs } from './comparison-jobs.js';
import { comparisonObserver, ComparisonProgress, type ComparisonEvent } from './comparison-progress.js';
import { interruptibleSession } from './interruptible.js';
import { warnOfDifferences } from './run-differences.js';

/** Gets events and lines of the work on a comparison. */
export interface WorkReporter {
  show(event: ComparisonEvent): void;
  line(text: string): void;
}

/** How a comparison ended: all runs of its stages, and the reasons of those without results. */
export interface MadeRuns {
  readonly stages: readonly (readonly ComparedRun[])[];
  readonly missing: ReadonlyMap<ComparedRun, string>;
}

export interface WorkOptions {
  readonly backend?: string;
  /** Number of processes that make the runs; undefined for this one. */
  readonly jobs?: number;
}

/** Makes all runs in this process, or in jobs that get the arguments. Undefined after an interruption. @throws CarlError INPUT_RUN */
export async function makeRuns(
  comparison: Comparison,
  args: readonly string[],
  { jobs, backend }: WorkOptions,
): Promise<MadeRuns | undefined> {
  const progress = await progressOf(comparison);
  try {
    if (jobs === undefined) return await workThrough(comparison, checked => workOn(checked, backend, progress));
    await checkedRuns(comparison, await comparison.stages[0]());
    if (!(await runJobs(jobs, args, progress))) return undefined;
    return await workThrough(comparison, missingOf);
  } finally {
    progress.close();
  }
}

/** Makes all runs for the process that started this one. */
export async function workAsJob(comparison: Comparison, reporter: WorkReporter, backend?: string): Promise<void> {
  for (const [i, stage] of comparison.stages.entries()) {
    const runs = await stage();
    // The starter has checked the runs that are known from the start.
    if (i > 0) await assertSameRuns(comparison.out, runs);
    if (!(await workOn(runs, backend, reporter))) return;
  }
}

type Work = (runs: readonly ComparedRun[]) => Promise<ReadonlyMap<ComparedRun, string> | undefined>;

async function workThrough(comparison: Comparison, work: Work): Promise<MadeRuns | undefined> {
  const stages: (readonly ComparedRun[])[] = [];
  const missing = new Map<ComparedRun, string>();
  for (const stage of comparison.stages) {
    const runs = await checkedRuns(comparison, await stage());
    const reasons = await work(runs);
    if (reasons === undefined) return undefined;
    stages.push(runs);
    for (const [run, reason] of reasons) missing.set(run, reason);
  }
  return { stages, missing };
}

async function checkedRuns({ out }: Comparison, runs: readonly ComparedRun[]): Promise<readonly ComparedRun[]> {
  warnOfDifferences(await assertSameRuns(out, runs));
  return runs;
}

/** Works on the runs together with other processes. */
function workOn(runs: readonly ComparedRun[], backend: string | undefined, reporter: WorkReporter): ReturnType<Work> {
  const line = (text: string): void => reporter.line(printable(text));
  const send = (event: ComparisonEvent): void => reporter.show(event);
  const options = {
    listeners: { ...interruptibleSession, observers: [comparisonObserver(send, line)] },
    ...(backend !== undefined && { backend }),
    onStart: ({ title }: ComparedRun) => send({ kind: 'start', title }),
    onMessage: line,
  };
  return workTogether(runs, {
    attempt: run => attemptRun(run, options),
    onEnd: ({ path }) => send({ kind: 'end', path }),
    // The starter of a job shows what the other jobs do.
    ...(!isJob() && {
      onWait: (busy: readonly ComparedRun[]) =>
        line(`waiting for ${counted(busy.length, 'run')} of other processes: ${titles(busy)}`),
    }),
  });
}

/** The first few titles. */
function titles(runs: readonly ComparedRun[]): string {
  const shown = runs.slice(0, 3).map(({ title }) => title);
  return [...shown, ...(runs.length > shown.length ? [`${runs.length - shown.length} more`] : [])].join('; ');
}

/** The reasons of the runs without results, once nobody works on them any more. */
async function missingOf(runs: readonly ComparedRun[]): Promise<ReadonlyMap<ComparedRun, string>> {
  const missing = new Map<ComparedRun, string>();
  for (const run of runs) {
    const end = (await endOf(run.path)) ?? { status: 'failed', reason: 'not finished: see the messages of the jobs' };
    if (end.status === 'failed') missing.set(run, end.reason);
  }
  return missing;
}

async function progressOf({ paths }: Comparison): Promise<ComparisonProgress> {
  const ended: string[] = [];
  for (const path of paths) if (await endOf(path).catch(() => undefined)) ended.push(path);
  return new ComparisonProgress(process.stderr, { all: paths, ended });
}
