import { token } from './token.js';

/** What a schedule takes from the training it belongs to where its options leave them out. */
export interface ScheduleDefaults {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Value it starts from: the optimizer's learning rate. */
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
