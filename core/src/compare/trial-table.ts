import type { JudgedTrial, Tuned } from './trials.js';

/** Head and one row for each pipeline: values on validation, failures and collapses of its trials. */
export function trialRows(tuned: readonly Tuned[]): readonly (readonly string[])[] {
  const [{ metric }] = tuned;
  return [
    [`trials by ${metric} validation`, 'chosen', 'median', 'worst', 'trials', 'failed', 'collapsed'],
    ...tuned.map(one => {
      const { trials, ranked } = one;
      const collapsed = trials.filter(({ collapses }) => collapses.length > 0).length;
      const at = (i: number): string => (ranked.length === 0 ? '' : shown(one, ranked[i]));
      return [
        one.of.name,
        at(0),
        at(Math.floor(ranked.length / 2)),
        at(ranked.length - 1),
        String(trials.length),
        String(trials.length - ranked.length),
        String(collapsed),
      ];
    }),
  ];
}

/** `carl: optimizer.learningRate=0.31, assigner.count=128 (worst: ...)`, a line for each pipeline. */
export function trialLines(tuned: readonly Tuned[]): readonly string[] {
  return tuned.map(({ of, ranked, trials }) => {
    if (ranked.length === 0) return `${of.name}: all ${trials.length} trials failed`;
    const [best, worst] = [ranked[0], ranked.at(-1)!].map(({ trial }) => trial.drawn.join(', '));
    return ranked.length === 1 ? `${of.name}: ${best}` : `${of.name}: ${best} (worst: ${worst})`;
  });
}

/** The trials for `comparison.json`. */
export function trialRecord(tuned: readonly Tuned[]) {
  return tuned.map(({ of, metric, kind, lowest, trials, ranked: [chosen] }) => ({
    name: of.name,
    ...{ metric, kind, split: 'validation', lowest },
    ...((chosen as JudgedTrial | undefined) && { chosen: chosen.trial.variant.name }),
    trials: trials.map(({ trial, value, collapses }) => ({
      name: trial.variant.name,
      settings: trial.drawn,
      ...(value !== undefined && { value }),
      collapses,
    })),
  }));
}

function shown({ kind }: Tuned, { value }: JudgedTrial): string {
  return kind === 'accuracy' ? (100 * value!).toFixed(1) : value!.toPrecision(4);
}
