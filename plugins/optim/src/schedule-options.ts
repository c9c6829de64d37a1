import { CarlError, counted, Type, type Facts, type Finding, type ScheduleDefaults } from '@carl-ssl/core';

/** Options that several schedules share. */

export const convention = Type.Union([Type.Literal('inclusive'), Type.Literal('exclusive')], {
  default: 'inclusive',
  description:
    'inclusive: the last step has the end value, and the first step of a warm-up is already one increment above its start value (lightly). ' +
    'exclusive: the end value is not quite reached, and a warm-up begins at its start value (SwAV, DINO, CARP).',
});

export const steps = Type.Optional(
  Type.Integer({ minimum: 1, description: 'Length in steps; by default the whole training.' }),
);

export const startValue = Type.Optional(
  Type.Number({
    description: "Value at the start of the decay, after any warm-up; by default the optimizer's learning rate.",
  }),
);

export const warmup = {
  warmupSteps: Type.Optional(Type.Integer({ minimum: 0, description: 'Length of the warm-up in steps.' })),
  warmupEpochs: Type.Optional(
    Type.Number({ minimum: 0, description: 'Length of the warm-up in epochs, instead of `warmupSteps`.' }),
  ),
  warmupStartValue: Type.Number({ default: 0, description: 'Value at the start of the warm-up.' }),
};

export interface WarmupOptions {
  readonly warmupSteps?: number;
  readonly warmupEpochs?: number;
  readonly warmupStartValue: number;
}

/** An option, or what the training gives in its place. @throws CarlError INPUT_PIPELINE if there is neither */
export function given(option: number | undefined, name: keyof ScheduleDefaults, defaults?: ScheduleDefaults): number {
  const value = option ?? defaults?.[name];
  if (value !== undefined) return value;
  throw new CarlError(
    'INPUT_PIPELINE',
    `This schedule is used outside of a training and must be told its \`${name}\`.`,
  );
}

/** Length of the warm-up in steps. */
export function warmupLength({ warmupSteps, warmupEpochs = 0 }: WarmupOptions, defaults?: ScheduleDefaults): number {
  if (warmupSteps !== undefined) return warmupSteps;
  return warmupEpochs === 0 ? 0 : Math.round(warmupEpochs * given(undefined, 'stepsPerEpoch', defaults));
}

/** What is wrong with a warm-up. */
export function checkWarmup(options: WarmupOptions, { epochs, steps }: Facts): readonly Finding[] {
  const { warmupSteps, warmupEpochs } = options;
  if (warmupSteps !== undefined && warmupEpochs !== undefined) {
    const message = `\`warmupSteps: ${warmupSteps}\` and \`warmupEpochs: ${warmupEpochs}\` both say how long the warm-up is; take one out.`;
    return [{ severity: 'error', code: 'SCHEDULE_WARMUP_TWICE', path: 'warmupEpochs', message }];
  }
  const whole = (warmupEpochs ?? 0) >= epochs || (steps !== undefined && (warmupSteps ?? 0) >= steps);
  if (!whole) return [];
  const path = warmupSteps === undefined ? 'warmupEpochs' : 'warmupSteps';
  const length = `${counted(epochs, 'epoch')}${steps === undefined ? '' : ` (${counted(steps, 'step')})`}`;
  const message = `The warm-up takes the whole training of ${length}, so the value only ever rises; make \`${path}\` smaller.`;
  return [{ severity: 'warning', code: 'SCHEDULE_WARMUP_LONG', path, message }];
}
