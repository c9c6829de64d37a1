import {
  error,
  largestOf,
  needsTargetViews,
  warning,
  type Facts,
  type Finding,
  type ScheduledNumber,
} from '@carl-ssl/core';

export interface MasslSettings {
  readonly blockSize: number;
  readonly studentTemperature: number;
  readonly teacherTemperature: ScheduledNumber;
}

/** Checks for known problems of blocks of memories. */
export function checkMassl(o: MasslSettings, facts: Facts): Finding[] {
  return [...needsTargetViews('massl', facts), ...checkBlocks(o, facts), ...checkTemperatures(o)];
}

function checkBlocks({ blockSize }: MasslSettings, { prototypeCount }: Facts): Finding[] {
  if (prototypeCount === undefined || blockSize <= prototypeCount) return [];
  const message = `blocks of ${blockSize} cannot be drawn from ${prototypeCount} memories. Lower blockSize, or raise assigner.size.`;
  return [error('MASSL_BLOCK_TOO_LARGE', 'blockSize', message)];
}

function checkTemperatures({ studentTemperature, teacherTemperature }: MasslSettings): Finding[] {
  const largest = largestOf(teacherTemperature);
  if (largest < studentTemperature) return [];
  const message = `at ${largest} targets are no sharper than the student (objective.studentTemperature ${studentTemperature}), and all similarities become equal. MaSSL takes 0.04 to 0.07 beside 0.1.`;
  return [warning('MASSL_TEACHER_NOT_SHARPER', 'teacherTemperature', message)];
}
