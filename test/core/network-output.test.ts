import { decodeSafetensors, type EvaluatorResult } from '@carl-ssl/core';
import { checkWithoutData, loadPipeline, openPipeline } from '@carl-ssl/core/host';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateTiny, taught } from '../e2e/evaluating.js';
import { onCpu, temporaryFolder, writePipeline } from '../e2e/tiny.js';

type Matrix = number[][];
type Weights = ReturnType<typeof decodeSafetensors>['tensors'];

const linearHead = (units: number) => ({ use: 'mlp-head', layers: [{ units }] });
const shown = (...outputs: string[]) => ({ evaluate: outputs.map(output => ({ use: 'showing', output })) });

describe('outputs of the network for evaluators', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const evaluated = async (run: string, changes: Readonly<Record<string, unknown>>) => {
    const tensors = tf.memory().numTensors;
    const { results } = await evaluateTiny(folder.within(run), changes);
    expect(tf.memory().numTensors, 'tensors left behind').to.equal(tensors);
    expect(results.status.map(({ reason }) => reason).filter(Boolean)).to.deep.equal([]);
    return results;
  };
  /** Weights of the newest checkpoint. */
  const weightsOf = (run: string, file: string): Weights => {
    const checkpoints = join(folder.within(run), 'checkpoints');
    const path = join(checkpoints, readdirSync(checkpoints).sort().at(-1)!, `${file}.safetensors`);
    return decodeSafetensors(readFileSync(path), path).tensors;
  };

  it('are those of head and assigner with the weights of the run, computed by hand', async () => {
    const outputs = ['features', 'embeddings', 'assignments'];
    const parts = { head: linearHead(6), assigner: { use: 'prototypes', count: 5, temperature: 0.2 } };
    const named: Record<string, Matrix> = {};
    for (const output of outputs) {
      const { trained, untrained, pixels } = await evaluated('carl', { ...parts, ...shown(output) });
      named[output] = matrix(trained);
      expect(matrix(untrained), output).not.to.deep.equal(named[output]);
      expect(pixels.length > 0, 'pixels are a baseline of features alone').to.equal(output === 'features');
      if (output === 'assignments') expect(trained.at(-1)).to.include({ metric: 'set0', value: 5 });
    }
    const weights = weightsOf('carl', 'weights');
    const embeddings = affine(named.features, weights, 'head.layers.0');
    near(named.embeddings, embeddings);
    const scores = product(unit(embeddings), unit(rowsOf(weights['prototypes.weight'])));
    near(
      named.assignments,
      scores.map(row => softmax(row.map(score => score / 0.2))),
    );
  });

  it('can be those that probes measure, named in their figures', async () => {
    const evaluate = ['knn', 'linear'].map(use => ({ use, output: 'embeddings' }));
    const { trained, untrained, pixels } = await evaluated('probes', { evaluate });
    const names = [...trained, ...untrained].filter(({ kind }) => kind === 'accuracy').map(({ metric }) => metric);
    expect([...new Set(names)]).to.deep.equal(['knn20-embeddings@t0.1', 'linear-embeddings@C-validation']);
    expect([untrained.length > 0, pixels.length]).to.deep.equal([true, 0]);
  });

  it('of protocols are the same embeddings', async () => {
    const parts = { head: linearHead(6) };
    const { trained } = await evaluated('protocol', { ...parts, ...shown('embeddings') });
    const protocol = { evaluate: [{ use: 'showing-protocol', output: 'embeddings' }] };
    near(matrix((await evaluated('protocol', { ...parts, ...protocol })).trained), matrix(trained));
    const features = await evaluated('protocol', { ...parts, evaluate: [{ use: 'showing-protocol' }] });
    expect(matrix(features.trained)[0].length).not.to.equal(6);
  });

  it('are those of the teacher where the teacher is judged, and of the student with its predictor', async () => {
    const parts = {
      ...taught,
      ...{ head: linearHead(6), predictor: linearHead(6), assigner: { use: 'prototypes', count: 5 } },
    };
    const options = { optimizer: { use: 'sgd', learningRate: 1 } };
    for (const [network, file] of [
      ['student', 'weights'],
      ['teacher', 'teacher'],
    ] as const) {
      const changes = { ...parts, ...options, evaluation: { network } };
      const embeddings = matrix((await evaluated('taught', { ...changes, ...shown('embeddings') })).trained);
      const assignments = matrix((await evaluated('taught', { ...changes, ...shown('assignments') })).trained);
      const weights = weightsOf('taught', file);
      const rows = network === 'student' ? affine(embeddings, weights, 'predictor.layers.0') : embeddings;
      const scores = product(unit(rows), unit(rowsOf(weights['prototypes.weight'])));
      near(
        assignments,
        scores.map(row => softmax(row.map(score => score / 0.1))),
      );
    }
  });

  it('without a head, embeddings are features', async () => {
    const parts = { head: undefined };
    const { trained } = await evaluated('headless', { ...parts, ...shown('embeddings') });
    expect(trained).to.deep.equal((await evaluated('headless', { ...parts, ...shown('features') })).trained);
  });

  it('assignments of a run have all scores', async () => {
    const { trained, untrained, pixels } = await evaluated('scores', { evaluate: ['assignments'] });
    const names = trained.filter(({ split }) => split === 'test').map(({ metric }) => metric.split('@')[0]);
    const scores = ['nmi', 'ami', 'ari', 'fmi', 'homogeneity', 'completeness', 'v-measure', 'clustering'];
    expect(names).to.deep.equal([...scores, 'purity', 'used', 'entropy', 'mean-entropy']);
    expect([untrained.length, pixels.length]).to.deep.equal([trained.length, 0]);
  });

  it('assignments are refused before training where no prototypes last', async () => {
    const refusal = async (changes: Readonly<Record<string, unknown>>) => {
      const file = writePipeline(folder.within('refused.yaml'), { evaluate: ['assignments'], ...changes });
      return loadPipeline(file)
        .then(openPipeline)
        .then(
          () => 'not refused',
          (reason: unknown) => String(reason),
        );
    };
    expect(await refusal({})).to.equal('not refused');
    const unassigned = await refusal({ assigner: undefined, objective: 'nt-xent' });
    expect(unassigned).to.contain('The evaluator `assignments` requires `assignments`');
    const unused = await loadPipeline(
      writePipeline(folder.within('unused.yaml'), { objective: 'nt-xent', evaluate: ['assignments'] }),
    );
    expect(checkWithoutData(unused).map(({ code }) => code)).to.include('ASSIGNER_UNUSED');
    const instances = await refusal({ assigner: 'instances', objective: 'carl' });
    expect(instances).to.contain('The assigner `instances` has no prototypes that last beyond a step');
  });
});

/** Rows of an output from the results of `showing`. */
function matrix(results: readonly EvaluatorResult[]): Matrix {
  const rows: Matrix = [];
  for (const { metric, value } of results) {
    const [row, column] = metric.split('.').map(Number);
    if (column !== undefined) (rows[row] ??= [])[column] = value;
  }
  return rows;
}

function rowsOf({ shape, data }: Weights[string]): Matrix {
  return Array.from({ length: shape[0] }, (_, row) => Array.from(data.slice(row * shape[1], (row + 1) * shape[1])));
}

function product(a: Matrix, b: Matrix): Matrix {
  return a.map(row => b.map(other => row.reduce((sum, value, i) => sum + value * other[i], 0)));
}

function affine(rows: Matrix, weights: Weights, layer: string): Matrix {
  const bias = weights[`${layer}.bias`].data;
  return product(rows, rowsOf(weights[`${layer}.weight`])).map(row => row.map((value, i) => value + bias[i]));
}

function unit(rows: Matrix): Matrix {
  return rows.map(row => row.map(value => value / Math.hypot(...row)));
}

function softmax(logits: readonly number[]): number[] {
  const exponentials = logits.map(Math.exp);
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map(value => value / total);
}

function near(actual: Matrix, expected: Matrix): void {
  expect(actual.length).to.equal(expected.length);
  actual.forEach((row, i) => {
    expect(row.length).to.equal(expected[i].length);
    row.forEach((value, j) => expect(value).to.be.closeTo(expected[i][j], 1e-4));
  });
}
