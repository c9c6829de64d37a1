import {
  needsViews,
  type Facts,
  type Finding,
  type ObjectiveSize,
  type ScheduledNumber,
  type TrivialValue,
} from '@carl-ssl/core';
import type { CenteringOptions } from './centering.js';
import type { SelfDistillationOptions } from './dino.js';

/** The two collapses of self-distillation; DINO's centring prevents the second, its sharpening the first. */
export function trivialValues({ width }: ObjectiveSize): TrivialValue[] {
  return [
    {
      name: "the teacher's assignments are uniform (ln K)",
      loss: Math.log(width),
      advice:
        "Lower the teacher's temperature (assigner.temperature or objective.teacherTemperature), freeze the prototypes for longer " +
        '(assigner.frozenSteps), or lower optimizer.learningRate.',
    },
    {
      name: 'all images have the same prototype',
      loss: 0,
      advice: "Let the centre move faster (a lower momentum of the centre), or raise the teacher's temperature.",
    },
  ];
}

export function checkDino(use: string, o: SelfDistillationOptions, facts: Facts): Finding[] {
  const found = use === 'dino' ? needsViews(use, facts) : [];
  const assigner = facts.components?.assigner;
  if (assigner?.use === 'centering')
    return o.studentTemperature === 1 ? found : [...found, doubled(o.studentTemperature)];
  const scale = typeof assigner?.temperature === 'number' ? assigner.temperature : 1;
  const teacher = highest(o.teacherTemperature) * scale;
  return [
    ...found,
    ...checkTemperatures({ teacher, student: o.studentTemperature * scale, path: 'teacherTemperature' }),
  ];
}

function doubled(studentTemperature: number): Finding {
  const message = `assigner.studentTemperature divides the logits already, and this by ${studentTemperature} more. Set it to 1.`;
  return { severity: 'warning', code: 'DINO_TEMPERATURE_TWICE', path: 'studentTemperature', message };
}

export function checkCentering(o: CenteringOptions, facts: Facts): Finding[] {
  const found = checkTemperatures({
    teacher: highest(o.temperature),
    student: o.studentTemperature,
    path: 'temperature',
  });
  if (o.count === undefined || o.frozenSteps > 0 || facts.uses.objective !== 'dino') return found;
  const message =
    "prototypes that move from the first step on can keep the loss from falling. DINO freezes its last layer for the first epoch: set frozenSteps to an epoch's steps (github.com/facebookresearch/dino, freeze_last_layer).";
  return [...found, { severity: 'warning', code: 'PROTOTYPES_NOT_FROZEN', path: 'frozenSteps', message }];
}

function checkTemperatures({ teacher, student, path }: { teacher: number; student: number; path: string }): Finding[] {
  const found: Finding[] = [];
  const n = (value: number): string => String(Number(value.toPrecision(3)));
  if (teacher >= student)
    found.push({
      severity: 'warning',
      code: 'DINO_NOT_SHARPENED',
      path,
      message: `the teacher's temperature ${n(teacher)} is not below the student's ${n(student)}: nothing sharpens, and centring alone drives all assignments to uniform (arXiv 2104.14294, section 5.3).`,
    });
  else if (teacher > 0.071)
    found.push({
      severity: 'warning',
      code: 'DINO_TEACHER_TEMPERATURE_HIGH',
      path,
      message: `a teacher's temperature of ${n(teacher)} is unstable in most settings; start at 0.04 and stay at 0.07 or below (github.com/facebookresearch/dino, teacher_temp).`,
    });
  if (student < 0.02)
    found.push({
      severity: 'warning',
      code: 'DINO_STUDENT_TEMPERATURE_LOW',
      path,
      message: `the student's scores are divided by ${n(student)} in all (assigner.temperature x studentTemperature); DINO divides by 0.1.`,
    });
  return found;
}

const highest = (value: ScheduledNumber): number =>
  typeof value === 'number' ? value : Math.max(value.from, value.to);
