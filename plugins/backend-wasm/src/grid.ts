import { phaseLength, type ConvolutionAxis } from './taps.js';

/** Images on one grid with zero gaps between rows and between images, so that a filter position is a shift. */
export interface Grid {
  readonly images: number;
  readonly rows: ConvolutionAxis;
  readonly columns: ConvolutionAxis;
  /** Positions of an image and of one of its rows on the grid. */
  readonly image: number;
  readonly row: number;
}

/** dy [images,Ho,Wo,D] -> `to` [images * grid.image, D], zero in the gaps. */
export function layOutGradient(
  from: Float32Array,
  to: Float32Array,
  { grid, channels }: { grid: Grid; channels: number },
): void {
  const { rows, columns } = grid;
  const line = columns.out * channels;
  to.fill(0);
  for (let image = 0; image < grid.images; image++)
    for (let i = 0; i < rows.out; i++) {
      const source = (image * rows.out + i) * line;
      to.set(from.subarray(source, source + line), (image * grid.image + i * grid.row) * channels);
    }
}

/** One phase of x [images,H,W,C] -> `to` [C, images * grid.image], zero in the gaps. */
export function layOutInput(
  from: Float32Array,
  to: Float32Array,
  at: { readonly grid: Grid; readonly channels: number; readonly phase: readonly [row: number, column: number] },
): void {
  const { grid, channels, phase } = at;
  const { rows, columns } = grid;
  const height = phaseLength(rows, phase[0]);
  to.fill(0);
  for (let image = 0; image < grid.images; image++)
    for (let i = 0; i < height; i++) {
      const line = (image * rows.size + i * rows.stride + phase[0]) * columns.size + phase[1];
      scatterRow(from, to, {
        source: line * channels,
        step: columns.stride * channels,
        count: phaseLength(columns, phase[1]),
        target: image * grid.image + i * grid.row,
        channels,
        spacing: grid.images * grid.image,
      });
    }
}

/** Pixels `step` apart, C channels each -> C runs `spacing` apart. Few runs at a time, so that they stay in the cache. */
function scatterRow(
  from: Float32Array,
  to: Float32Array,
  at: {
    readonly source: number;
    readonly step: number;
    readonly count: number;
    readonly target: number;
    readonly channels: number;
    readonly spacing: number;
  },
): void {
  const { source, step, count, target, channels, spacing } = at;
  for (let first = 0; first < channels; first += 16) {
    const last = Math.min(first + 16, channels);
    for (let j = 0; j < count; j++) {
      const pixel = source + j * step;
      for (let c = first, t = target + first * spacing + j; c < last; c++, t += spacing) to[t] = from[pixel + c];
    }
  }
}
