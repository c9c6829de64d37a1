import { Scheduled, type ScheduledNumber } from '@carl-ssl/core';
import { Type } from 'typebox';

/** Options of both objectives. */
export const selfDistillationOptions = {
  studentTemperature: Type.Number({
    exclusiveMinimum: 0,
    default: 1,
    description:
      "The learning branch's logits are divided by it, beyond the assigner's own temperature: together 0.1 in DINO.",
  }),
  teacherTemperature: Scheduled({
    exclusiveMinimum: 0,
    default: 0.4,
    description:
      "The teacher's logits are divided by it, beyond the assigner's own temperature: together 0.04, rising to 0.07, in DINO. Not used where the assigner makes codes.",
  }),
  centerMomentum: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.9,
    description: 'Share of the old centre that is kept at a step. Not used where the assigner makes codes.',
  }),
};

export interface SelfDistillationOptions {
  readonly studentTemperature: number;
  readonly teacherTemperature: ScheduledNumber;
  readonly centerMomentum: number;
}

/** The temperature of the learning branch's logits. */
export function studentTemperatureOf({ studentTemperature: value }: SelfDistillationOptions) {
  return { option: 'studentTemperature', value };
}
