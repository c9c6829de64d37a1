import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Schedule, ScheduleDefaults } from '../contracts/schedule.js';
import type { Teacher } from '../contracts/teacher.js';
import { tf } from '../tensor/tf.js';
import { leaked, leakProblem, noise, sameBits } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

const TRAINING: ScheduleDefaults = { steps: 60, stepsPerEpoch: 10, startValue: 0.3 };

/** Rules for schedules. */
export const scheduleRules: readonly Rule<Schedule>[] = [
  { name: 'is finite at all steps, whatever the length of the training', check: finiteValues },
  { name: 'keeps the last value after the last step', check: lastValue },
  { name: 'depends on the step alone', check: stepAlone },
];

/** Rules for teachers. */
export const teacherRules: readonly Rule<Teacher>[] = [
  { name: 'keeps a share between 0 and 1 at all steps', check: momentumRange },
  { name: 'does not change at a momentum of 1 and copies at 0', check: ends },
  { name: 'moves between its weights and the online ones', check: between },
  { name: 'does not change online weights and leaves no tensor behind', check: noLeak },
];

function valuesOf(schedule: Schedule, training = TRAINING, steps = training.steps): number[] {
  return Array.from({ length: steps }, (_, step) => schedule.value(step, training));
}

function finiteValues({ make }: Subject<Schedule>): string[] {
  const lengths: readonly ScheduleDefaults[] = [
    TRAINING,
    { steps: 1, stepsPerEpoch: 1, startValue: 0.3 },
    { steps: 2, stepsPerEpoch: 1, startValue: 0.3 },
    { steps: 7, stepsPerEpoch: 7, startValue: 0.3 },
  ];
  return lengths.flatMap(training => {
    const values = valuesOf(make(), training);
    const wrong = values.findIndex(value => !Number.isFinite(value));
    return unless([wrong < 0, `at step ${wrong} of ${training.steps} it is ${values[wrong] ?? ''}`]);
  });
}

function lastValue({ make, options }: Subject<Schedule>): string[] {
  // A schedule with a length of its own ends there.
  const last = Math.max(TRAINING.steps, typeof options.steps === 'number' ? options.steps : 0) - 1;
  const [before, after] = [last, last + 5].map(step => make().value(step, TRAINING));
  return unless([before === after, `it is ${before} at the last step and ${after} later`]);
}

function stepAlone({ make }: Subject<Schedule>): string[] {
  const schedule = make();
  const forward = valuesOf(schedule);
  const backward = forward.map((_, i) => schedule.value(TRAINING.steps - 1 - i, TRAINING)).reverse();
  return unless([sameBits(forward, backward), 'in reverse order of steps it gives other values']);
}

function momentumRange({ make }: Subject<Teacher>): string[] {
  const teacher = make();
  return [1, 2, 100].flatMap(steps => {
    const momenta = Array.from({ length: steps }, (_, step) => teacher.momentum(step, steps));
    const wrong = momenta.find(momentum => !(momentum >= 0 && momentum <= 1));
    return unless([wrong === undefined, `in ${steps} steps its momentum becomes ${wrong ?? ''}`]);
  });
}

interface Pair {
  readonly targets: Variable[];
  readonly online: Tensor[];
}

function pair(): Pair {
  const shapes = [[3, 3, 2, 4], [5, 3], [7]];
  return {
    targets: tf.tidy(() => shapes.map((shape, i) => tf.variable(noise(`target ${String(i)}`, shape)))),
    online: shapes.map((shape, i) => noise(`online ${String(i)}`, shape)),
  };
}

const bits = (tensors: readonly Tensor[]): number[] => tensors.flatMap(tensor => [...tensor.dataSync()]);

/** Target weights before, online weights and target weights after one move. */
function after(teacher: Teacher, momentum: number): Readonly<Record<'before' | 'online' | 'after', number[]>> {
  const { targets, online } = pair();
  const before = bits(targets);
  teacher.update(targets, online, momentum);
  const result = { before, online: bits(online), after: bits(targets) };
  tf.dispose([...targets, ...online]);
  return result;
}

function ends({ make }: Subject<Teacher>): string[] {
  const [still, copied] = [after(make(), 1), after(make(), 0)];
  return unless(
    [sameBits(still.after, still.before), 'it moves at a momentum of 1'],
    [sameBits(copied.after, copied.online), 'it does not copy at a momentum of 0'],
  );
}

function between({ make }: Subject<Teacher>): string[] {
  const moved = after(make(), 0.75);
  const furthest = moved.after.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - 0.75 * moved.before[i] - 0.25 * moved.online[i])),
    0,
  );
  return unless([furthest < 1e-5, `at a momentum of 0.75 it is off by ${furthest.toPrecision(2)}`]);
}

async function noLeak({ make }: Subject<Teacher>): Promise<string[]> {
  const { targets, online } = pair();
  const before = bits(online);
  const teacher = make();
  const count = await leaked(() => teacher.update(targets, online, 0.9));
  const unchanged = sameBits(bits(online), before);
  tf.dispose([...targets, ...online]);
  return [...leakProblem(count, 'a move'), ...unless([unchanged, 'it changes the online weights'])];
}
