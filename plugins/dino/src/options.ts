import { Scheduled, Type, type ScheduledNumber } from '@carl-ssl/core';

/** Options of both objectives. */
export const selfDistillationOptions = {
  studentTemperature: Type.Number({
    exclusiveMinimum: 0,
    default: 1,
    description:
      "The student's logits are divided by it, in addition to the assigner's temperature; the product is 0.1 in DINO.",
  }),
  teacherTemperature: Scheduled({
    exclusiveMinimum: 0,
    default: 0.4,
    description:
      "The teacher's logits are divided by it, in addition to the assigner's temperature; the product rises from 0.04 to 0.07 in DINO. Not used if the assigner computes codes.",
  }),
  centerMomentum: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.9,
    description: 'Momentum of the moving average of the centre. Not used if the assigner computes codes.',
  }),
};

export interface SelfDistillationOptions {
  readonly studentTemperature: number;
  readonly teacherTemperature: ScheduledNumber;
  readonly centerMomentum: number;
}

/** The temperature of the student's logits. */
export function studentTemperatureOf({ studentTemperature: value }: SelfDistillationOptions) {
  return { option: 'studentTemperature', value };
}
