import type { backend_util } from '@tensorflow/tfjs-core';
import type { Native, Scratch } from './native.js';
import { axesOf, type ConvolutionAxis } from './taps.js';

/** Byte offsets of dy [B,Ho,Wo,D], the filter [h,w,C,D] and the gradient [B,H,W,C]. */
export interface InputGradientOffsets {
  readonly dy: number;
  readonly filter: number;
  readonly out: number;
}

/** How one axis of one phase of the gradient is a convolution of dy with every s-th filter position. */
interface PhaseAxis extends ConvolutionAxis {
  readonly phase: number;
  /** Filter positions of the phase. */
  readonly taps: number;
  /** Zeros around dy. */
  readonly head: number;
  readonly tail: number;
  /** Length of the result; its entry u belongs to input position stride * (first + u) + phase - before. */
  readonly length: number;
  readonly first: number;
}

interface Problem extends InputGradientOffsets {
  readonly native: Native;
  readonly scratch: Scratch;
  readonly batch: number;
  readonly channels: number;
  readonly outChannels: number;
}

/**
 * Gradient of a convolution by its input. Pixels of one phase (row and column modulo the stride) see the same filter
 * positions, so each phase is a convolution of stride 1 of dy with its part of the filter turned round; the phases
 * are then interleaved. No multiplication with inserted zeros.
 */
export function inputGradient(native: Native, info: backend_util.Conv2DInfo, offsets: InputGradientOffsets): void {
  const { rows, columns } = axesOf(info);
  const { batchSize: batch, inChannels: channels, outChannels } = info;
  native.floats(offsets.out, batch * rows.size * columns.size * channels).fill(0);
  for (let row = 0; row < rows.stride; row++)
    for (let column = 0; column < columns.stride; column++)
      native.scratch(scratch =>
        addPhase(
          { native, scratch, batch, channels, outChannels, ...offsets },
          phaseAxis(rows, row),
          phaseAxis(columns, column),
        ),
      );
}

function phaseAxis(axis: ConvolutionAxis, phase: number): PhaseAxis {
  const { size, out, filter, stride, before } = axis;
  const taps = Math.max(0, Math.ceil((filter - phase) / stride));
  const lowest = Math.ceil((before - phase) / stride);
  const highest = Math.floor((size - 1 + before - phase) / stride);
  const head = Math.max(0, taps - 1 - lowest);
  const tail = Math.max(0, highest - out + 1);
  return { ...axis, phase, taps, head, tail, first: taps - 1 - head, length: out + head + tail - taps + 1 };
}

function addPhase(problem: Problem, rows: PhaseAxis, columns: PhaseAxis): void {
  if (rows.taps * columns.taps === 0 || rows.length <= 0 || columns.length <= 0) return;
  const { native, scratch, batch, channels, outChannels } = problem;
  const size = batch * rows.length * columns.length * channels;
  const direct = isWhole(rows) && isWhole(columns);
  const result = direct ? problem.out : scratch.allocate(size);
  native.convolve({
    input: scratch.operand(problem.dy, batch * rows.out * columns.out * outChannels),
    inputShape: [batch, rows.out, columns.out, outChannels],
    filter: turnedFilter(problem, rows, columns),
    filterShape: [rows.taps, columns.taps, outChannels, channels],
    padding: { top: rows.head, bottom: rows.tail, left: columns.head, right: columns.tail },
    output: scratch.operand(result, size),
  });
  if (!direct) interleave(native.floats(result, size), { problem, rows, columns });
}

/** True if the convolution yields every input position in order. */
const isWhole = (axis: PhaseAxis): boolean =>
  axis.stride === 1 && axis.first === axis.before && axis.length === axis.size;

/** The filter positions of a phase, last first, input and output channels exchanged: an operand [taps,taps,D,C]. */
function turnedFilter(
  { native, scratch, filter, channels, outChannels }: Problem,
  rows: PhaseAxis,
  columns: PhaseAxis,
): number {
  const size = rows.taps * columns.taps * channels * outChannels;
  const offset = scratch.allocate(size);
  const from = native.floats(filter, rows.filter * columns.filter * channels * outChannels);
  const to = native.floats(offset, size);
  let next = 0;
  for (let i = rows.taps - 1; i >= 0; i--)
    for (let j = columns.taps - 1; j >= 0; j--) {
      const position = (rows.phase + i * rows.stride) * columns.filter + columns.phase + j * columns.stride;
      for (let d = 0; d < outChannels; d++)
        for (let c = 0; c < channels; c++) to[next++] = from[(position * channels + c) * outChannels + d];
    }
  return scratch.operand(offset, size);
}

/** A phase's pixels to their places in the gradient; those outside of the image are dropped. */
function interleave(
  from: Float32Array,
  at: { readonly problem: Problem; readonly rows: PhaseAxis; readonly columns: PhaseAxis },
): void {
  const { problem, rows, columns } = at;
  const { native, batch, channels } = problem;
  const to = native.floats(problem.out, batch * rows.size * columns.size * channels);
  for (let image = 0; image < batch; image++)
    for (let u = 0; u < rows.length; u++) {
      const row = rows.stride * (rows.first + u) + rows.phase - rows.before;
      if (row < 0 || row >= rows.size) continue;
      const source = (image * rows.length + u) * columns.length * channels;
      interleaveRow(from.subarray(source, source + columns.length * channels), to, {
        columns,
        channels,
        line: (image * rows.size + row) * columns.size,
      });
    }
}

function interleaveRow(
  from: Float32Array,
  to: Float32Array,
  at: { readonly columns: PhaseAxis; readonly channels: number; readonly line: number },
): void {
  const { columns, channels, line } = at;
  for (let v = 0; v < columns.length; v++) {
    const column = columns.stride * (columns.first + v) + columns.phase - columns.before;
    if (column < 0 || column >= columns.size) continue;
    const target = (line + column) * channels;
    for (let c = 0; c < channels; c++) to[target + c] = from[v * channels + c];
  }
}
