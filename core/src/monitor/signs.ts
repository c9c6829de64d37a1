import type { TrivialValue } from '../contracts/objective.js';
import type { StepReport } from '../contracts/observer.js';
import type { Health } from '../contracts/health.js';

/** Measurements after one step. */
export interface MonitorSample {
  readonly report: StepReport;
  readonly health: Health;
  readonly trivial: readonly TrivialValue[];
}

/** A problem if it persists. */
export interface Sign {
  readonly kind: string;
  readonly collapsed: boolean;
  readonly message: string;
}

const n = (value: number): string => value.toPrecision(3);

/** All signs of collapse in a sample. The monitor decides whether they persist. */
export function signsOf(look: MonitorSample): readonly Sign[] {
  return [
    completeCollapse,
    prototypeCollapse,
    uniformAssignments,
    trivialLoss,
    vanishedGradient,
    fewPrototypes,
    duplicatePrototypes,
    dimensionalCollapse,
  ].flatMap(sign => sign(look) ?? []);
}

function completeCollapse({ health }: MonitorSample): Sign | undefined {
  if (health.featureSpread >= 0.02) return undefined;
  return {
    kind: 'complete-collapse',
    collapsed: true,
    message:
      `the encoder gives every image the same features (spread ${n(health.featureSpread)}, effective rank ${n(health.rankMe)} of ${String(health.rankLimit)}). ` +
      'Lower optimizer.learningRate, raise objective.entropyWeight at the start if there is one, and put batch norm into head.layers.',
  };
}

/** The objective's own advice if the loss is near one of its trivial values; otherwise the given text. */
function adviceAt({ report, trivial }: MonitorSample, otherwise: string): string {
  const off = ({ loss }: TrivialValue) => Math.abs(report.loss - loss) / Math.max(Math.abs(loss), 1);
  const [nearest] = [...trivial].sort((a, b) => off(a) - off(b));
  return nearest && off(nearest) <= 0.02 ? nearest.advice : otherwise;
}

function prototypeCollapse(look: MonitorSample): Sign | undefined {
  const { prototypes } = look.health;
  if (!prototypes || prototypes.count < 4 || prototypes.perplexity > 2 + 0.01 * prototypes.reachable) return undefined;
  const advice = adviceAt(
    look,
    'Raise objective.entropyWeight at the start (from: 5 or more) if there is one, lower optimizer.learningRate, or freeze the prototypes for the first epoch (assigner.frozenSteps).',
  );
  return {
    kind: 'prototype-collapse',
    collapsed: true,
    message: `nearly all images share ${n(prototypes.perplexity)} of ${String(prototypes.count)} prototypes (${String(prototypes.used)} are used in this batch). ${advice}`,
  };
}

function uniformAssignments(look: MonitorSample): Sign | undefined {
  const { prototypes } = look.health;
  // The threshold is in nats: one relative to ln K would report a uniform assignment too early for large K.
  if (!prototypes || (1 - prototypes.uncertainty) * Math.log(prototypes.count) >= 0.05) return undefined;
  const advice = adviceAt(
    look,
    'Lower assigner.temperature, take fewer prototypes than images in a batch (assigner.count against trainer.batchSize), or raise optimizer.learningRate.',
  );
  return {
    kind: 'uniform-assignments',
    collapsed: true,
    message: `every image is assigned equally to all ${String(prototypes.count)} prototypes (uncertainty ${n(prototypes.uncertainty)} of 1). ${advice}`,
  };
}

function trivialLoss({ report, trivial }: MonitorSample): Sign | undefined {
  const hit = trivial.find(({ loss }) => Math.abs(report.loss - loss) <= 0.003 * Math.max(Math.abs(loss), 0.1));
  if (!hit) return undefined;
  return {
    kind: 'trivial-loss',
    collapsed: true,
    message: `the loss ${report.loss.toFixed(4)} is the value ${hit.loss.toFixed(4)} it has when ${hit.name}. ${hit.advice}`,
  };
}

function vanishedGradient({ report }: MonitorSample): Sign | undefined {
  if (report.gradientNorm >= 1e-6) return undefined;
  return {
    kind: 'vanished-gradient',
    collapsed: true,
    message: `the gradient has vanished (norm ${n(report.gradientNorm)}). Assignments are saturated: raise assigner.temperature, or lower optimizer.learningRate.`,
  };
}

function fewPrototypes({ health: { prototypes }, report }: MonitorSample): Sign | undefined {
  if (!prototypes || report.step < 0.2 * report.steps || prototypes.perplexity >= 0.05 * prototypes.reachable)
    return undefined;
  return {
    kind: 'few-prototypes',
    collapsed: false,
    message:
      `only ${n(prototypes.perplexity)} of ${String(prototypes.count)} prototypes share the images. ` +
      'Keep objective.entropyWeight, if there is one, high for longer, or take fewer prototypes (assigner.count).',
  };
}

function duplicatePrototypes({ health: { prototypes } }: MonitorSample): Sign | undefined {
  if (prototypes?.duplicates === undefined || prototypes.duplicates < 0.2 * prototypes.count) return undefined;
  return {
    kind: 'duplicate-prototypes',
    collapsed: false,
    message: `${String(prototypes.duplicates)} of ${String(prototypes.count)} prototypes are duplicates of another one (cosine above 0.99). Take fewer prototypes (assigner.count) or raise objective.entropyWeight.`,
  };
}

function dimensionalCollapse({ health }: MonitorSample): Sign | undefined {
  if (health.rankLimit < 16 || health.rankMe >= 0.04 * health.rankLimit) return undefined;
  return {
    kind: 'dimensional-collapse',
    collapsed: false,
    message:
      `features use ${n(health.rankMe)} of ${String(health.rankLimit)} dimensions. ` +
      'Lower optimizer.learningRate or optimizer.weightDecay, strengthen the augmentations, or use a deeper projector (head.layers).',
  };
}
