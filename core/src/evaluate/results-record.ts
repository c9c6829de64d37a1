import type { EvaluatorResult } from '../contracts/evaluator.js';
import type { EvaluatorStatus, Results, Subject } from './results.js';

/** The result of one evaluator on one subject. */
export type Outcome =
  | { readonly status: 'done'; readonly results: readonly EvaluatorResult[] }
  | { readonly status: 'failed'; readonly reason: string };

/** Results that grow evaluator by evaluator, in any order. */
export class ResultsRecord {
  readonly #outcomes = new Map<number, Outcome>();

  constructor(
    private readonly head: Omit<Results, 'format' | 'status' | Subject>,
    private readonly tasks: readonly Pick<EvaluatorStatus, 'evaluator' | 'subject'>[],
  ) {}

  /** The results so far; figures are in the order of the tasks. */
  get results(): Results {
    const { chance, ...rest } = this.head;
    const figures = (subject: Subject) =>
      this.tasks.flatMap((task, place) => (task.subject === subject ? this.#figures(place) : []));
    return {
      format: 2,
      ...rest,
      status: this.tasks.map((task, place) => ({ ...task, ...stateOf(this.#outcomes.get(place)) })),
      trained: figures('trained'),
      untrained: figures('untrained'),
      pixels: figures('pixels'),
      chance,
    };
  }

  /** Adds the outcome of the task at the given index. */
  add(place: number, outcome: Outcome): void {
    this.#outcomes.set(place, outcome);
  }

  #figures(place: number): readonly EvaluatorResult[] {
    const outcome = this.#outcomes.get(place);
    return outcome?.status === 'done' ? outcome.results : [];
  }
}

function stateOf(outcome: Outcome | undefined): Pick<EvaluatorStatus, 'status' | 'figures' | 'reason'> {
  if (outcome === undefined) return { status: 'pending' };
  return outcome.status === 'done'
    ? { status: 'done', figures: outcome.results.length }
    : { status: 'failed', reason: outcome.reason };
}

/** The outcomes of stored results by the index of their task: those of evaluators that finished with finite figures. */
export function finishedOutcomes({ status, ...results }: Results): ReadonlyMap<number, Outcome> {
  const outcomes = new Map<number, Outcome>();
  const read: Record<Subject, number> = { trained: 0, untrained: 0, pixels: 0 };
  for (const [place, { subject, figures }] of status.entries()) {
    if (figures === undefined) continue;
    const own = results[subject].slice(read[subject], (read[subject] += figures));
    // JSON has no NaN and no infinity: a figure that is not finite is computed again.
    if (own.length === figures && own.every(({ value }) => Number.isFinite(value)))
      outcomes.set(place, { status: 'done', results: own });
  }
  return outcomes;
}
