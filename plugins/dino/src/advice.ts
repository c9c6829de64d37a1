import {
  error,
  largestOf,
  needsHeadScores,
  needsViews,
  warning,
  type Facts,
  type Finding,
  type ObjectiveSize,
  type ScheduledNumber,
  type TrivialValue,
} from '@carl-ssl/core';
import type { Masking } from './masks.js';
import type { SelfDistillationOptions } from './options.js';

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

/** Checks for known problems of self-distillation between views. */
export function checkDino(o: SelfDistillationOptions, facts: Facts): Finding[] {
  return [...needsViews('dino', facts), ...checkObjective(o, facts)];
}

/** Assigners whose prototypes are images of the dataset, or whose buffers have a row for each image. */
const OF_IMAGES = ['instances', 'queue', 'spherical-kmeans'];

/** Checks for known problems of self-distillation of masked patches. */
export function checkIbot(
  o: SelfDistillationOptions & Pick<Masking, 'maskRatio' | 'maskedImages'>,
  facts: Facts,
): Finding[] {
  const found = checkObjective(o, facts);
  const [least, greatest] = o.maskRatio;
  if (least > greatest) {
    const message = `the minimum share ${least} is above the maximum ${greatest}. Swap them.`;
    found.push(error('IBOT_MASK_RANGE', 'maskRatio', message));
  }
  for (const [path, most] of [
    ['maskRatio', greatest],
    ['maskedImages', o.maskedImages],
  ] as const) {
    if (most > 0) continue;
    const message = `${path} of ${path === 'maskRatio' ? '[0, 0]' : 0} masks nothing, and the loss is over masked patches only. Raise it, or remove \`ibot\` from the objective.`;
    found.push(error('IBOT_MASKS_NOTHING', path, message));
  }
  const assigner = facts.uses.assigner;
  if (assigner && OF_IMAGES.includes(assigner)) {
    const message = `the assigner \`${assigner}\` assigns images, not patches. Take learned prototypes: \`softmax\` on a \`dino-head\`, \`prototypes\` or \`centering\`.`;
    found.push(error('IBOT_ASSIGNER', '', message));
  }
  return found;
}

/** Checks the temperatures unless the assigner is `centering`, which computes the codes and has its own check. */
function checkObjective(o: SelfDistillationOptions, { uses, assignerTemperature: scale = 1 }: Facts): Finding[] {
  if (uses.assigner === 'centering') return [];
  const teacher = largestOf(o.teacherTemperature) * scale;
  return checkTemperatures({ teacher, student: o.studentTemperature * scale, path: 'teacherTemperature' });
}

export interface CenteringSettings {
  readonly count?: number;
  readonly frozenSteps: number;
  readonly temperature: ScheduledNumber;
  readonly studentTemperature: number;
}

/** Checks for known problems of centred codes. */
export function checkCentering(o: CenteringSettings, facts: Facts): Finding[] {
  const { studentTemperature: student } = o;
  const found = checkTemperatures({ teacher: largestOf(o.temperature), student, path: 'temperature' });
  if (o.count === undefined) return [...found, ...needsHeadScores(facts)];
  if (o.frozenSteps > 0 || facts.uses.objective !== 'dino') return found;
  const message =
    "prototypes that move from the first step on can keep the loss from falling. DINO freezes its last layer for the first epoch: set frozenSteps to an epoch's steps (github.com/facebookresearch/dino, freeze_last_layer).";
  return [...found, warning('PROTOTYPES_NOT_FROZEN', 'frozenSteps', message)];
}

function checkTemperatures({ teacher, student, path }: { teacher: number; student: number; path: string }): Finding[] {
  const found: Finding[] = [];
  const n = (value: number): string => String(Number(value.toPrecision(3)));
  if (teacher >= student) {
    const message = `the teacher's temperature ${n(teacher)} is not below the student's ${n(student)}: nothing sharpens, and centring alone drives all assignments to uniform (arXiv 2104.14294, section 5.3).`;
    found.push(warning('DINO_NOT_SHARPENED', path, message));
  } else if (teacher > 0.071) {
    const message = `a teacher's temperature of ${n(teacher)} is unstable in most settings; start at 0.04 and stay at 0.07 or below (github.com/facebookresearch/dino, teacher_temp).`;
    found.push(warning('DINO_TEACHER_TEMPERATURE_HIGH', path, message));
  }
  if (student < 0.02) {
    const message = `the student's scores are divided by ${n(student)} in all (assigner.temperature x studentTemperature); DINO divides by 0.1.`;
    found.push(warning('DINO_STUDENT_TEMPERATURE_LOW', path, message));
  }
  return found;
}
