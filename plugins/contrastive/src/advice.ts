import { needsViews, type Facts, type Finding } from '@carl-ssl/core';

const warning = (code: string, path: string, message: string): Finding => ({
  severity: 'warning',
  code,
  path,
  message,
});

/** What goes wrong with objectives whose negatives are the other images of the batch. */
export function batchAdvice(use: string, temperature: number, facts: Facts): Finding[] {
  return [...needsViews(use, facts), ...temperatureAdvice(temperature), ...unusedTeacher(use, facts)];
}

/** Few negatives make the task too easy; only objectives that suffer from it say so. */
export function fewNegatives(facts: Facts): Finding[] {
  if (facts.batchSize >= 64) return [];
  const message =
    `a batch of ${facts.batchSize} gives ${2 * facts.batchSize - 2} negatives; accuracy falls below some hundreds ` +
    '(arXiv 2002.05709, figure 9). Raise trainer.batchSize (trainer.accumulate adds no negatives), or take objective ' +
    '`dcl`, made for small batches, or `info-nce` with its queue.';
  return [warning('CONTRASTIVE_BATCH_SMALL', '', message)];
}

/** Temperatures of cosines that are far from what any method uses. */
export function temperatureAdvice(temperature: number, path = 'temperature'): Finding[] {
  if (temperature > 1) {
    const message = `cosines lie in [-1, 1]; at temperature ${temperature} all candidates look alike. Usual: 0.05 to 0.5 (arXiv 2002.05709, table 5; github.com/google-research/simclr/issues/142).`;
    return [warning('CONTRASTIVE_TEMPERATURE_HIGH', path, message)];
  }
  if (temperature >= 0.02) return [];
  const message = `at temperature ${temperature} only the nearest candidate counts and gradients of the others vanish. Usual: 0.05 to 0.5 (arXiv 2012.09740).`;
  return [warning('CONTRASTIVE_TEMPERATURE_LOW', path, message)];
}

/** A teacher costs a forward pass a step, also where nobody listens to it. */
export function unusedTeacher(use: string, { uses }: Facts): Finding[] {
  if (uses.teacher === undefined) return [];
  const message = `${use} does not listen to a teacher. Remove \`teacher:\`, or take objective \`info-nce\`.`;
  return [warning('CONTRASTIVE_TEACHER_UNUSED', '', message)];
}

/** What goes wrong with queues; `arriving` is the number of rows a step pushes. */
export function queueAdvice(
  path: string,
  { size, arriving }: { size: number; arriving: number },
  facts: Facts,
): Finding[] {
  if (size < arriving) {
    const message = `a queue of ${size} cannot hold the ${arriving} embeddings of one step. Make it a multiple of ${arriving}.`;
    return [{ severity: 'error', code: 'QUEUE_BELOW_BATCH', path, message }];
  }
  const findings: Finding[] = [];
  if (size % arriving !== 0) {
    const message =
      `${size} is no multiple of the ${arriving} embeddings a step pushes: in every round the last ones are dropped and the end of ` +
      `the queue grows old (MoCo refuses such sizes: github.com/facebookresearch/moco/pull/100). Take ${Math.ceil(size / arriving) * arriving}.`;
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

/** A view must have a target that is another view of the image. */
export function needsTargets(use: string, facts: Facts): Finding[] {
  const globals = facts.views.filter(({ kind }) => kind === 'global').length;
  if (globals > 0) return needsViews(use, facts);
  const message = `${use} takes its targets from global views, and the augmenter makes none. Add a view with \`kind: global\`.`;
  return [{ severity: 'error', code: 'OBJECTIVE_NEEDS_GLOBAL_VIEW', path: '', message }];
}
