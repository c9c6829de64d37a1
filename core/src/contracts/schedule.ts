import { token } from './token.js';

/** Values from the training, used for options that a schedule leaves out. */
export interface ScheduleDefaults {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Start value: the optimizer's learning rate. */
  readonly startValue: number;
}

/** A number that changes over training. */
export interface Schedule {
  /** Value at optimizer step `step`, from 0; after the last step, the last value. */
  value(step: number, defaults?: ScheduleDefaults): number;
}
export const Schedule = token<Schedule>('Schedule');
/** The momentum of the teacher. */
export const MomentumSchedule = token<Schedule>('MomentumSchedule');
