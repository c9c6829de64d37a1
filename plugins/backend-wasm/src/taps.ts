import type { backend_util } from '@tensorflow/tfjs-core';

/** One axis, height or width, of a convolution. */
export interface ConvolutionAxis {
  /** Input, output and filter lengths. */
  readonly size: number;
  readonly out: number;
  readonly filter: number;
  readonly stride: number;
  /** Zeros in front of the input. */
  readonly before: number;
}

/** The input seen as `stride` interleaved phases, so that a filter position reads one phase in steps of one. */
export interface Tap {
  /** Position in the filter. */
  readonly at: number;
  /** It reads input[stride * (i + step) + phase] for output i. */
  readonly phase: number;
  readonly step: number;
}

/** Every filter position of an axis: output i reads input[stride * i + at - before]. */
export function tapsOf({ filter, stride, before }: ConvolutionAxis): readonly Tap[] {
  return Array.from({ length: filter }, (_, at) => {
    const step = Math.floor((at - before) / stride);
    return { at, step, phase: at - before - step * stride };
  });
}

/**
 * Length per phase at which rows can lie one after another and a read outside of one falls on zeros: positions past
 * the end are in the row's own gap, positions before the start in the gap of the row before.
 */
export function gridLength(axis: ConvolutionAxis): number {
  const steps = tapsOf(axis).map(tap => tap.step);
  const past = Math.max(0, ...steps);
  const ahead = Math.max(0, ...steps.map(step => -step));
  return Math.max(axis.out + past, Math.ceil(axis.size / axis.stride) + ahead);
}

/** Number of input positions of a phase. */
export function phaseLength(axis: ConvolutionAxis, phase: number): number {
  return Math.max(0, Math.ceil((axis.size - phase) / axis.stride));
}

/** Both axes of a convolution as TensorFlow.js describes it. */
export function axesOf(info: backend_util.Conv2DInfo): {
  readonly rows: ConvolutionAxis;
  readonly columns: ConvolutionAxis;
} {
  const rows = {
    size: info.inHeight,
    out: info.outHeight,
    filter: info.filterHeight,
    stride: info.strideHeight,
    before: info.padInfo.top,
  };
  const columns = {
    size: info.inWidth,
    out: info.outWidth,
    filter: info.filterWidth,
    stride: info.strideWidth,
    before: info.padInfo.left,
  };
  return { rows, columns };
}
