import { error, globalViews, needsTargetViews, needsViews, warning, type Facts, type Finding } from '@carl-ssl/core';

/** Checks for known problems of objectives whose negatives are the other images of the batch. */
export function batchAdvice(use: string, temperature: number, facts: Facts): Finding[] {
  return [...needsViews(use, facts), ...temperatureAdvice(temperature), ...unusedTeacher(use, facts)];
}

/** Warns about too few negatives, for an objective that depends on their number. */
export function fewNegatives(facts: Facts): Finding[] {
  if (facts.batchSize >= 64) return [];
  const message =
    `a batch of ${facts.batchSize} gives ${2 * facts.batchSize - 2} negatives; accuracy falls below a few hundred ` +
    '(arXiv 2002.05709, figure 9). Raise trainer.batchSize (trainer.accumulate adds no negatives), or take objective ' +
    '`dcl`, made for small batches, or `info-nce` with its queue.';
  return [warning('CONTRASTIVE_BATCH_SMALL', '', message)];
}

/** Warns about temperatures of cosines that are far from those of published methods. */
export function temperatureAdvice(temperature: number, path = 'temperature'): Finding[] {
  if (temperature > 1) {
    const message = `cosines lie in [-1, 1]; at temperature ${temperature} all candidates have nearly the same probability. Usual: 0.05 to 0.5 (arXiv 2002.05709, table 5; github.com/google-research/simclr/issues/142).`;
    return [warning('CONTRASTIVE_TEMPERATURE_HIGH', path, message)];
  }
  if (temperature >= 0.02) return [];
  const message = `at temperature ${temperature} only the nearest candidate counts and gradients of the others vanish. Usual: 0.05 to 0.5 (arXiv 2012.09740).`;
  return [warning('CONTRASTIVE_TEMPERATURE_LOW', path, message)];
}

/** Warns about an unused teacher, which costs a forward pass per step. */
function unusedTeacher(use: string, { uses }: Facts): Finding[] {
  if (uses.teacher === undefined) return [];
  const message = `${use} does not use a teacher. Remove \`teacher:\`, or take objective \`info-nce\`.`;
  return [warning('CONTRASTIVE_TEACHER_UNUSED', '', message)];
}

/** Checks for known problems of queues; `arriving` is the number of rows that a step pushes. */
export function queueAdvice(
  path: string,
  { size, arriving }: { size: number; arriving: number },
  facts: Facts,
): Finding[] {
  if (size < arriving) {
    const message = `a queue of ${size} cannot hold the ${arriving} embeddings of one step. Make it a multiple of ${arriving}.`;
    return [error('QUEUE_BELOW_BATCH', path, message)];
  }
  const findings: Finding[] = [];
  if (size % arriving !== 0) {
    const message =
      `${size} is not a multiple of the ${arriving} embeddings a step pushes: in every round the last ones are dropped, and the end of ` +
      `the queue becomes outdated (MoCo refuses such sizes: github.com/facebookresearch/moco/pull/100). Take ${Math.ceil(size / arriving) * arriving}.`;
    findings.push(warning('QUEUE_NO_MULTIPLE', path, message));
  }
  if (facts.trainImages !== undefined && size > facts.trainImages / 2) {
    const message =
      `a queue of ${size} for ${facts.trainImages} training images holds most images' own earlier embeddings, which then count as ` +
      'negatives of themselves; MoCo keeps one in twenty (arXiv 1911.05722). Make it smaller.';
    findings.push(warning('QUEUE_LARGE', path, message));
  }
  return findings;
}

/** Keys that a step pushes: those of the last global view, or with `symmetric` those of every global view. */
function arrivingKeys({ symmetric }: { readonly symmetric?: boolean }, { batchSize, views }: Facts): number {
  return batchSize * (symmetric ? Math.max(1, globalViews(views).length) : 1);
}

/** Warns of views that pass through the network although only one of them is used. */
function unusedViews({ symmetric }: { readonly symmetric?: boolean }, { views }: Facts): Finding[] {
  if (symmetric !== false || views.length <= 2) return [];
  const message = `only one of the ${views.length} views learns, from the teacher's output for one other view; the rest is computed but not used. Set symmetric: true, or make two views.`;
  return [warning('CONTRASTIVE_VIEWS_UNUSED', 'symmetric', message)];
}

/** Options of an objective with a teacher and, where `queueSize` is given, a queue of its targets. */
export interface QueryOptions {
  readonly temperature: number;
  readonly queueSize?: number;
  readonly symmetric?: boolean;
}

/** Checks for known problems of objectives that compare views with a teacher's embeddings. */
export function queryAdvice(use: string, { temperature, queueSize, symmetric }: QueryOptions, facts: Facts): Finding[] {
  return [
    ...needsTargetViews(use, facts),
    ...unusedViews({ symmetric }, facts),
    ...temperatureAdvice(temperature),
    ...(queueSize === undefined
      ? []
      : queueAdvice('queueSize', { size: queueSize, arriving: arrivingKeys({ symmetric }, facts) }, facts)),
  ];
}

/** Checks for known problems of ReSSL: those of its queue, and a teacher that is not sharper than the student. */
export function checkRessl(
  o: { studentTemperature: number; teacherTemperature: number; inputs: string; queueSize: number; symmetric: boolean },
  facts: Facts,
): Finding[] {
  const findings = [
    ...needsTargetViews('ressl', facts),
    ...unusedViews(o, facts),
    ...temperatureAdvice(o.studentTemperature, 'studentTemperature'),
    ...(o.inputs === 'embeddings'
      ? queueAdvice('queueSize', { size: o.queueSize, arriving: arrivingKeys(o, facts) }, facts)
      : []),
  ];
  if (o.teacherTemperature < o.studentTemperature) return findings;
  const message = `the teacher must be sharper than the student; at ${o.teacherTemperature} against ${o.studentTemperature} there is nothing to learn (arXiv 2107.09282, table 2). Usual: 0.04 and 0.1.`;
  return [...findings, warning('RESSL_TEACHER_NOT_SHARPER', 'teacherTemperature', message)];
}
