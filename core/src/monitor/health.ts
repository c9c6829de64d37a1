import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Health, PrototypeHealth } from '../contracts/health.js';
import { rankMe } from '../tensor/linear-algebra.js';

/** Number of rows for the effective rank, and of prototypes to compare, so that the cost stays far below that of a step. */
const RANK_ROWS = 128;
const COMPARED_PROTOTYPES = 1024;

/** Measures features [B, D], logits [B, K] and prototypes [K, D]; the last two if the network has them. All tensors are borrowed. */
export async function healthOf(
  features: Tensor2D,
  logits: Tensor2D | undefined,
  prototypes: Tensor | undefined,
): Promise<Health> {
  const [rows, dim] = features.shape;
  const data = await features.data<'float32'>();
  const measured = Math.min(rows, RANK_ROWS);
  return {
    featureSpread: spread(data, rows, dim),
    rankMe: rankMe({ data: data.subarray(0, measured * dim), rows: measured, columns: dim }, 1e-7),
    rankLimit: Math.min(measured, dim),
    ...(logits && { prototypes: await prototypeHealth(logits, prototypes) }),
  };
}

function spread(data: Float32Array, rows: number, dim: number): number {
  const sum = new Float64Array(dim);
  const squares = new Float64Array(dim);
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * dim, (row + 1) * dim);
    const norm = Math.max(Math.hypot(...vector), 1e-12);
    for (let d = 0; d < dim; d++) {
      const value = vector[d] / norm;
      sum[d] += value;
      squares[d] += value * value;
    }
  }
  let total = 0;
  for (let d = 0; d < dim; d++) total += Math.sqrt(Math.max(0, squares[d] / rows - (sum[d] / rows) ** 2));
  return (total / dim) * Math.sqrt(dim);
}

async function prototypeHealth(logits: Tensor2D, prototypes: Tensor | undefined): Promise<PrototypeHealth> {
  const [rows, count] = logits.shape;
  const scores = await logits.data<'float32'>();
  const mean = new Float64Array(count);
  const used = new Set<number>();
  let entropy = 0;
  for (let row = 0; row < rows; row++) {
    const p = softmax(scores.subarray(row * count, (row + 1) * count));
    used.add(p.reduce((best, value, k) => (value > p[best] ? k : best), 0));
    entropy += entropyOf(p) / rows;
    for (let k = 0; k < count; k++) mean[k] += p[k] / rows;
  }
  return {
    count,
    reachable: Math.min(count, rows),
    used: used.size,
    perplexity: Math.exp(entropyOf(mean)),
    uncertainty: entropy / Math.log(count),
    duplicates: await duplicatesOf(prototypes),
  };
}

function softmax(scores: Float32Array): Float64Array {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const p = Float64Array.from(scores, score => Math.exp(score - largest));
  const total = p.reduce((a, b) => a + b, 0);
  return p.map(value => value / total);
}

function entropyOf(p: Float64Array): number {
  return -p.reduce((sum, value) => (value > 0 ? sum + value * Math.log(value) : sum), 0);
}

async function duplicatesOf(prototypes: Tensor | undefined): Promise<number | undefined> {
  if (!prototypes || prototypes.shape[0]! > COMPARED_PROTOTYPES) return undefined;
  const [count, dim] = prototypes.shape as [number, number];
  const data = await prototypes.data<'float32'>();
  const unit = Array.from({ length: count }, (_, k) => unitRow(data.subarray(k * dim, (k + 1) * dim)));
  return unit.filter((a, i) => unit.some((b, j) => i !== j && dot(a, b) > 0.99)).length;
}

function unitRow(row: Float32Array): Float32Array {
  const norm = Math.max(Math.hypot(...row), 1e-12);
  return row.map(value => value / norm);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
