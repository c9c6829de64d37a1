import { readRun, type RunRecord } from '../run/read-run.js';
import { linesOf, type LockDifference, lockDifferences } from '../run/lock-differences.js';
import { pipelineDifferences } from '../run/pipeline-differences.js';
import { shownPipeline } from '../run/shown-pipeline.js';
import { counted } from '../text/counted.js';

/** One run of each side of a comparison. */
interface Side {
  readonly name: string;
  readonly run: RunRecord;
}

/** What a comparison holds equal and what differs between its sides, besides seeds and names. */
export interface Settings {
  /** As `--budget` gave it, and the epochs of all sides or of each. */
  readonly budget: string;
  /** Name of the side that the others are compared with. */
  readonly reference: string;
  /** Differences of the other sides from the first one. */
  readonly differences: readonly { readonly name: string; readonly lines: readonly string[] }[];
  /** Where results of others come from; their settings are not known. */
  readonly sources: readonly { readonly name: string; readonly source: string }[];
}

/** Reads the settings of the sides from one run of each. */
export async function settingsOf(
  all: readonly { readonly name: string; readonly path?: string; readonly source?: string }[],
  requested?: string,
): Promise<Settings | undefined> {
  const sides = all.flatMap(({ name, path }) => (path === undefined ? [] : [{ name, path }]));
  const read = await Promise.all(sides.map(async ({ name, path }) => ({ name, run: await readRun(path) })));
  if (read.length === 0) return undefined;
  const [first, ...others] = read;
  return {
    budget: [...(requested === undefined ? [] : [requested]), epochsOf(read)].join(': '),
    reference: first.name,
    differences: others.map(side => ({ name: side.name, lines: sideDifferences(first, side) })),
    sources: all.flatMap(({ name, source }) => (source === undefined ? [] : [{ name, source }])),
  };
}

function epochsOf(sides: readonly Side[]): string {
  const epochs = sides.map(({ run }) => run.pipeline.trainer.epochs);
  if (new Set(epochs).size === 1) return `${counted(epochs[0], 'epoch')} each`;
  return sides.map(({ name }, i) => `${name} ${counted(epochs[i], 'epoch')}`).join(', ');
}

function sideDifferences(a: Side, b: Side): readonly string[] {
  const [before, now] = [a, b].map(({ run }) => comparable(run));
  return [
    ...pipelineDifferences(before, now),
    ...linesOf(lockDifferences({ ...a.run.lock, pipeline: b.run.lock.pipeline }, b.run.lock).filter(isOutside)),
  ];
}

/** The pipeline without what always differs, or says nothing about the method. */
function comparable({ pipeline }: RunRecord): object {
  return { ...shownPipeline(pipeline), seed: 0, name: '', description: undefined, plugins: [] };
}

/** True for a difference that is not one of the pipeline: other data, versions or backends. A method has plugins of its own. */
function isOutside({ part }: LockDifference): boolean {
  return part !== 'plugin list';
}

/** Lines of a difference list that a terminal shows for each side; files have all. */
const SHOWN = 12;

/** The settings as lines of text; all of them, or as many as a terminal shows. */
export function settingsLines({ budget, reference, differences, sources }: Settings, shown = SHOWN): readonly string[] {
  const different = differences.filter(({ lines }) => lines.length > 0);
  return [
    `budget: ${budget}`,
    ...(different.length === 0 ? [] : [`settings that differ from ${reference}:`]),
    ...different.flatMap(({ name, lines }) => [
      ...lines.slice(0, shown).map(line => `  ${name}  ${line}`),
      ...(lines.length > shown ? [`  ${name}  and ${lines.length - shown} more, in comparison.md`] : []),
    ]),
    ...sources.map(({ name, source }) => `${name}: results from ${source}; settings unknown, seeds not paired`),
  ];
}
