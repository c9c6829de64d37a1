import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationReport, Observer, StepReport } from '../contracts/observer.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Rules for observers. */
export const observerRules: readonly Rule<Observer>[] = [
  { name: 'takes all events of a training and closes', check: inRun(training) },
  { name: 'closes after an error before the first event', check: inRun(failed) },
  { name: 'closes after an evaluation without a training', check: inRun(evaluation) },
  { name: 'takes a resumed training in the same run directory', check: resumed },
  { name: 'leaves events unchanged', check: inRun(unchanged) },
];

const STEPS = 4;

function report(step: number): StepReport {
  return {
    step,
    steps: STEPS,
    epoch: step <= STEPS / 2 ? 1 : 2,
    epochs: 2,
    loss: 1 / step,
    parts: { consistency: 0.5 / step, regulariser: 0.5 / step },
    notes: { temperature: 0.1 },
    learningRate: 0.1,
    gradientNorm: 1,
    imagesPerSecond: 100,
    imagesPerStep: 16,
  };
}

const RESULT = { metric: 'knn20@t0.1', split: 'test', value: 0.5, kind: 'accuracy' } as const;
const EVALUATION: EvaluationReport = {
  step: STEPS,
  evaluator: 'knn',
  subject: 'trained encoder',
  number: 1,
  count: 2,
  status: 'running',
  done: 100,
  total: 200,
};

/** The events of a run in their order. */
type Events = readonly (readonly [hook: Exclude<keyof Observer, 'name'>, ...event: unknown[]])[];

const health = { featureSpread: 0.5, rankMe: 4, rankLimit: 8 };
const warning = {
  kind: 'dimensional-collapse',
  since: 1,
  collapsed: false,
  message: 'The features use few dimensions.',
};

function trainingEvents(run: string, { from, to }: { from: number; to: number }): Events {
  const steps = Array.from({ length: to - from }, (_, i) => from + i + 1);
  return [
    ['onStart', { run, steps: STEPS, epochs: 2, startStep: from }],
    ...steps.flatMap((step): Events => [['onStep', report(step)], ...(step % 2 === 0 ? afterEpoch(run, step) : [])]),
  ];
}

function afterEpoch(run: string, step: number): Events {
  return [
    ['onHealth', { step, health }],
    ['onWarning', warning],
    ['onEpoch', { epoch: step / 2, metrics: { loss: 1 } }],
    ['onCheckpoint', join(run, 'checkpoints', `step-${String(step).padStart(8, '0')}`)],
  ];
}

const evaluationEvents: Events = [
  ['onEvaluation', EVALUATION],
  ['onEvaluation', { ...EVALUATION, status: 'done', results: [RESULT] }],
  ['onEvaluation', { ...EVALUATION, number: 2, status: 'failed', reason: 'It has no validation split.' }],
];

/** Sends the events one after the other, as a run does. */
async function send(observer: Observer, events: Events): Promise<void> {
  for (const [hook, ...event] of events) {
    const hooks = observer as Readonly<Record<string, ((...event: readonly unknown[]) => unknown) | undefined>>;
    await hooks[hook]?.(...event);
  }
}

/** A check with an observer and a run directory that exists. */
function inRun(check: (observer: Observer, run: string) => Promise<readonly string[]>) {
  return async ({ make }: Pick<Subject<Observer>, 'make'>): Promise<readonly string[]> => {
    const run = await mkdtemp(join(tmpdir(), 'carl-observer-'));
    try {
      return await check(make(), run);
    } catch (error) {
      return [`it fails: ${error instanceof Error ? error.message : String(error)}`];
    } finally {
      await rm(run, { recursive: true, force: true });
    }
  };
}

async function training(observer: Observer, run: string): Promise<string[]> {
  await send(observer, [...trainingEvents(run, { from: 0, to: STEPS }), ...evaluationEvents, ['close', 'finished']]);
  return [];
}

async function failed(observer: Observer): Promise<string[]> {
  await send(observer, [['close', 'failed', new Error('The disk is full.')]]);
  return [];
}

async function evaluation(observer: Observer): Promise<string[]> {
  await send(observer, [...evaluationEvents, ['close', 'interrupted']]);
  return [];
}

async function resumed({ make }: Subject<Observer>): Promise<readonly string[]> {
  return inRun(async (first, run) => {
    await send(first, [...trainingEvents(run, { from: 0, to: 3 }), ['close', 'interrupted']]);
    await send(make(), [...trainingEvents(run, { from: 2, to: STEPS }), ['close', 'finished']]);
    return [];
  })({ make });
}

async function unchanged(observer: Observer, run: string): Promise<string[]> {
  const events = [...trainingEvents(run, { from: 0, to: STEPS }), ...evaluationEvents];
  const before = JSON.stringify(events);
  await send(observer, events);
  const after = JSON.stringify(events);
  await observer.close?.('finished');
  return unless([before === after, 'it changes the objects that it gets']);
}
