/** The kernels once more in plain double precision, from their definitions, for tests to compare with. */

export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

export const filled = (shape: readonly number[], value: (index: number) => number): Values => ({
  shape,
  data: Float64Array.from({ length: sizeOf(shape) }, (_, index) => value(index)),
});

/** A value per row of the last axis, from the row. */
function byRow(x: Values, map: (row: Float64Array, index: number) => ArrayLike<number>): Values {
  const width = x.shape.at(-1)!;
  const data = new Float64Array(x.data.length);
  for (let i = 0; i * width < data.length; i++)
    data.set(map(x.data.subarray(i * width, (i + 1) * width), i), i * width);
  return { shape: x.shape, data };
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
const meanOf = (values: ArrayLike<number>): number => sum(values) / values.length;
const varianceOf = (values: ArrayLike<number>): number => {
  const mean = meanOf(values);
  return meanOf(Array.from(values, value => (value - mean) ** 2));
};

export function conv2d(x: Values, filter: Values, stride: number, padding: number): Values {
  const [batch, height, width, channels] = x.shape;
  const [rows, columns, , outputs] = filter.shape;
  const out = [height, width].map((side, i) => Math.floor((side + 2 * padding - filter.shape[i]) / stride) + 1);
  const result = filled([batch, out[0], out[1], outputs], () => 0);
  let target = 0;
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < out[0]; i++)
      for (let j = 0; j < out[1]; j++)
        for (let d = 0; d < outputs; d++, target++)
          for (let r = 0; r < rows; r++)
            for (let q = 0; q < columns; q++) {
              const [h, w] = [i * stride + r - padding, j * stride + q - padding];
              if (h < 0 || w < 0 || h >= height || w >= width) continue;
              for (let c = 0; c < channels; c++)
                result.data[target] +=
                  x.data[((b * height + h) * width + w) * channels + c] *
                  filter.data[((r * columns + q) * channels + c) * outputs + d];
            }
  return result;
}

/** Filter [h,w,1,C] of odd sides, padding that keeps the size. */
export function depthwiseConv2d(x: Values, filter: Values): Values {
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = filter.shape;
  return filled(x.shape, index => {
    const [c, j, i, b] = [channels, width, height, batch]
      .reduce(([rest, ...places], side) => [Math.floor(rest / side), ...places, rest % side], [index])
      .slice(1);
    let sum = 0;
    for (let r = 0; r < rows; r++)
      for (let q = 0; q < columns; q++) {
        const [h, w] = [i + r - (rows - 1) / 2, j + q - (columns - 1) / 2];
        if (h < 0 || w < 0 || h >= height || w >= width) continue;
        sum += x.data[((b * height + h) * width + w) * channels + c] * filter.data[(r * columns + q) * channels + c];
      }
    return sum;
  });
}

export function batchNorm(x: Values, scale: Values, offset: Values, epsilon: number): Values {
  const width = scale.data.length;
  const columns = Array.from({ length: width }, (_, c) => x.data.filter((_value, i) => i % width === c));
  const [means, variances] = [columns.map(meanOf), columns.map(varianceOf)];
  return byRow(x, row =>
    row.map((value, c) => ((value - means[c]) / Math.sqrt(variances[c] + epsilon)) * scale.data[c] + offset.data[c]),
  );
}

export function layerNorm(x: Values, scale: Values, offset: Values, epsilon: number): Values {
  return byRow(x, row => {
    const [mean, deviation] = [meanOf(row), Math.sqrt(varianceOf(row) + epsilon)];
    return row.map((value, c) => ((value - mean) / deviation) * scale.data[c] + offset.data[c]);
  });
}

export const relu = (x: Values): Values => filled(x.shape, i => Math.max(0, x.data[i]));
export const addRelu = (a: Values, b: Values): Values => filled(a.shape, i => Math.max(0, a.data[i] + b.data[i]));
export const gelu = (x: Values): Values => filled(x.shape, i => 0.5 * x.data[i] * (1 + erf(x.data[i] / Math.SQRT2)));

/** Power series; exact to 1e-12 for |x| < 4. */
function erf(x: number): number {
  let [term, total] = [x, x];
  for (let n = 1; n < 100; n++) {
    term *= -(x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

const logSumExp = (row: Float64Array): number => {
  const largest = Math.max(...row);
  return largest + Math.log(sum(row.map(value => Math.exp(value - largest))));
};

export function softmaxCrossEntropy(logits: Values, targets: Values): Values {
  const width = logits.shape[1];
  const row = (values: Values, i: number): Float64Array => values.data.subarray(i * width, (i + 1) * width);
  return filled([logits.shape[0]], i => {
    const normalizer = logSumExp(row(logits, i));
    return -sum(row(targets, i).map((target, k) => target * (row(logits, i)[k] - normalizer)));
  });
}

export function attention(query: Values, key: Values, value: Values): Values {
  const [batch, heads, length, width] = query.shape;
  const at = (x: Values, head: number, i: number): Float64Array =>
    x.data.subarray((head * length + i) * width, (head * length + i + 1) * width);
  const result = filled(query.shape, () => 0);
  for (let head = 0; head < batch * heads; head++)
    for (let i = 0; i < length; i++) {
      const scores = Float64Array.from({ length }, (_, j) =>
        sum(at(query, head, i).map((q, d) => (q * at(key, head, j)[d]) / Math.sqrt(width))),
      );
      const normalizer = logSumExp(scores);
      scores.forEach((score, j) =>
        at(value, head, j).forEach((v, d) => (at(result, head, i)[d] += Math.exp(score - normalizer) * v)),
      );
    }
  return result;
}
