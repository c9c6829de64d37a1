import type { EvaluatorResult } from '../contracts/evaluator.js';
import type { EvaluatorStatus, Results } from './results.js';

/** The result of one evaluator on one subject. */
export type Outcome =
  | { readonly status: 'done'; readonly results: readonly EvaluatorResult[] }
  | { readonly status: 'failed'; readonly reason: string };

/** Results that grow evaluator by evaluator. */
export class ResultsRecord {
  #results: Results;

  constructor(
    head: Pick<Results, 'step' | 'network' | 'initialWeights' | 'chance'>,
    tasks: readonly Pick<EvaluatorStatus, 'evaluator' | 'subject'>[],
  ) {
    const status = tasks.map(task => ({ ...task, status: 'pending' as const }));
    const { chance, ...rest } = head;
    this.#results = { format: 2, ...rest, status, trained: [], untrained: [], pixels: [], chance };
  }

  get results(): Results {
    return this.#results;
  }

  /** Adds the outcome of the task at the given index. */
  add(place: number, outcome: Outcome): void {
    const task = this.#results.status[place];
    const { evaluator, subject } = task;
    const ended: EvaluatorStatus =
      outcome.status === 'done'
        ? { evaluator, subject, status: 'done' }
        : { evaluator, subject, status: 'failed', reason: outcome.reason };
    const figures = outcome.status === 'done' ? outcome.results : [];
    this.#results = {
      ...this.#results,
      status: this.#results.status.with(place, ended),
      [subject]: [...this.#results[subject], ...figures],
    };
  }
}
