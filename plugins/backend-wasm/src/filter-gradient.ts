import type { backend_util } from '@tensorflow/tfjs-core';
import { layOutGradient, layOutInput, type Grid } from './grid.js';
import type { Native, Scratch } from './native.js';
import { axesOf, gridLength, tapsOf } from './taps.js';

// Images are taken in groups of about this many grid positions: operands then stay in the second-level cache, and the
// sums over positions are short enough for single precision.
const GROUP_POSITIONS = 16384;

/** Byte offsets of x [B,H,W,C], dy [B,Ho,Wo,D] and the gradient [h,w,C,D]. */
export interface FilterGradientOffsets {
  readonly x: number;
  readonly dy: number;
  readonly out: number;
}

/** Some of the images: their grid, and where they are. */
interface Group extends FilterGradientOffsets {
  readonly native: Native;
  readonly scratch: Scratch;
  readonly grid: Grid;
  readonly channels: number;
  readonly outChannels: number;
}

/**
 * Gradient of a convolution by its filter, as one matrix product per filter position: with x and dy laid out on one
 * grid with zero gaps, x by channel and dy by position, every filter position is the same x read from another start,
 *   out[h,w] [C,D] = x^T[C, n + shift(h,w)] dy[n, D].
 * So x is transposed once, dy is packed once, and nothing is unfolded.
 */
export function filterGradient(native: Native, info: backend_util.Conv2DInfo, offsets: FilterGradientOffsets): void {
  const { rows, columns } = axesOf(info);
  const row = gridLength(columns);
  const image = gridLength(rows) * row;
  const { batchSize, inChannels: channels, outChannels } = info;
  const size = rows.filter * columns.filter * channels * outChannels;
  native.floats(offsets.out, size).fill(0);
  const most = Math.max(1, Math.floor(GROUP_POSITIONS / image));
  for (let first = 0; first < batchSize; first += most) {
    const grid = { images: Math.min(most, batchSize - first), rows, columns, image, row };
    const x = offsets.x + 4 * first * rows.size * columns.size * channels;
    const dy = offsets.dy + 4 * first * rows.out * columns.out * outChannels;
    native.scratch(scratch =>
      addGroup({ native, scratch, grid, channels, outChannels, x, dy, out: offsets.out }, size),
    );
  }
}

/** Adds the gradient of some of the images to what is there. */
function addGroup(group: Group, size: number): void {
  const { native, scratch } = group;
  const sum = scratch.allocate(size);
  const dy = griddedGradient(group);
  for (let row = 0; row < group.grid.rows.stride; row++)
    for (let column = 0; column < group.grid.columns.stride; column++) multiplyPhase(group, [row, column], { dy, sum });
  const to = native.floats(group.out, size);
  native.floats(sum, size).forEach((value, i) => (to[i] += value));
}

/** dy on the grid, as an operand. */
function griddedGradient({ native, scratch, grid, outChannels: channels, dy }: Group): number {
  const size = grid.images * grid.image * channels;
  const offset = scratch.allocate(size);
  const from = native.floats(dy, grid.images * grid.rows.out * grid.columns.out * channels);
  layOutGradient(from, native.floats(offset, size), { grid, channels });
  return scratch.operand(offset, size);
}

/** All filter positions that read one phase of x: each gets its [C,D] of `sum`. */
function multiplyPhase(
  group: Group,
  phase: readonly [number, number],
  to: { readonly dy: number; readonly sum: number },
): void {
  const { native, grid, channels, outChannels } = group;
  const { rows, columns } = grid;
  const [down, across] = [rows, columns].map((axis, i) => tapsOf(axis).filter(tap => tap.phase === phase[i]));
  const taps = down.flatMap(r =>
    across.map(c => ({ index: r.at * columns.filter + c.at, shift: r.step * grid.row + c.step })),
  );
  if (taps.length === 0) return;
  const positions = grid.images * grid.image;
  native.scratch(scratch => {
    const start = griddedInput(
      { ...group, scratch },
      phase,
      taps.map(tap => tap.shift),
    );
    for (const { index, shift } of taps) {
      const a = scratch.operand(start + 4 * shift, channels * positions);
      const out = scratch.operand(to.sum + 4 * index * channels * outChannels, channels * outChannels);
      native.multiply({ a, b: to.dy, out }, [channels, positions, outChannels]);
    }
  });
}

/** Byte offset of a phase of x on the grid, by channel, with zeros around it as far as the shifts reach. */
function griddedInput(group: Group, phase: readonly [number, number], shifts: readonly number[]): number {
  const { native, scratch, grid, channels } = group;
  const size = grid.images * grid.image * channels;
  const ahead = Math.max(0, -Math.min(...shifts));
  const past = Math.max(0, ...shifts);
  const offset = scratch.allocate(ahead + size + past);
  native.floats(offset, ahead).fill(0);
  native.floats(offset + 4 * (ahead + size), past).fill(0);
  const from = native.floats(group.x, grid.images * grid.rows.size * grid.columns.size * channels);
  layOutInput(from, native.floats(offset + 4 * ahead, size), { grid, channels, phase });
  return offset + 4 * ahead;
}
