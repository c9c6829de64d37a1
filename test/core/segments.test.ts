import type { Objective, ObjectiveInputs, ObjectiveResult, ObjectiveSize, StepContext } from '@carl-ssl/core';
import { Notes, overSegments } from '@carl-ssl/core/testing';
import carl from '@carl-ssl/carl';
import dino from '@carl-ssl/dino';
import embedding from '@carl-ssl/embedding';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { contextAt, freshState, inputsOf, noise, number, rows, workbench } from '../plugins/objective-support.js';
import { onCpuInScope } from '../cpu-scope.js';

const bench = workbench(carl, dino, embedding);
const SEGMENTS = [3, 2];
const size: ObjectiveSize = { batchSize: 4, views: 2, width: 5, prototypes: 5, embeddingDim: 6 };
const views = (name: string, columns = 5): Tensor2D[] => [0, 1].map(i => noise(`${name} ${i}`, 4, columns));
const columnsOf = (one: Tensor2D, [from, count]: readonly number[]): Tensor2D => tf.slice(one, [0, from], [-1, count]);
const SETS = [
  [0, 3],
  [3, 2],
];

/** Reports its inputs: the loss is the sum of the first view and the running sum of the state. */
const probe: Objective = {
  state: ({ width }) => [{ name: 'sum', shape: [width], dtype: 'float32', initial: 1 }],
  compute: ({ outputs, tensors, codes, masked }, context) => {
    const sum = tensors.sum as Tensor1D;
    context.note('largest', tf.max(outputs[0]));
    return {
      loss: tf.add<Scalar>(tf.sum(outputs[0]), tf.sum(sum)),
      parts: { sum: tf.sum(sum) },
      nextState: { sum: tf.add(sum, tf.sum(outputs[1], 0)) },
      details: {
        code: codes[0] ?? tf.scalar(0),
        prototypes: tensors.prototypes ?? tf.scalar(0),
        patches: masked ? tf.sub(masked.output, masked.target ?? masked.pixels) : tf.scalar(0),
      },
    };
  },
  trivial: ({ width }) => [{ name: 'uniform', loss: Math.log(width), advice: 'None.' }],
};

describe('an objective over several sets of prototypes', () => {
  onCpuInScope();

  const compute = (objective: Objective, rest: Partial<ObjectiveInputs> = {}, context: StepContext = contextAt()) => {
    const over = overSegments(objective, SEGMENTS);
    return over.compute(inputsOf(views('view'), { tensors: freshState(over, size), ...rest }), context);
  };

  it('is the objective itself for one set', () => {
    expect(overSegments(probe, undefined)).to.equal(probe);
    expect(overSegments(probe, [5])).to.equal(probe);
  });

  it('has the mean loss and the mean parts of the sets', () => {
    const { loss, parts } = compute(probe);
    const [first] = views('view');
    expect(number(loss)).to.be.closeTo((number(tf.sum(first)) + 5) / 2, 1e-5);
    expect(number(parts.sum)).to.equal(2.5);
  });

  it('gives each set separate state', () => {
    const over = overSegments(probe, SEGMENTS);
    expect(over.state(size).map(({ name, shape }) => [name, shape])).to.deep.equal([
      ['set0.sum', [3]],
      ['set1.sum', [2]],
    ]);
    const { nextState } = compute(probe);
    const [, second] = views('view');
    SETS.forEach((set, s) => {
      const expected = tf.add(1, tf.sum(columnsOf(second, set), 0)).dataSync();
      expect([...nextState![`set${s}.sum`].dataSync()]).to.deep.equal([...expected]);
    });
  });

  it('gives each set its columns of codes and masked patches, and its prototypes', () => {
    const [code, output, target] = ['code', 'output', 'target'].map(name => noise(name, 4, 5));
    const prototypes = noise('prototypes', 5, 6);
    const pixels = noise('pixels', 4, 3);
    const masks = { mask: tf.ones<tf.Rank.R3>([1, 2, 2], 'int32'), places: tf.range(0, 4, 1, 'int32'), pixels };
    const over = overSegments(probe, SEGMENTS);
    const tensors = { ...freshState(over, size), prototypes };
    const { details } = compute(probe, { codes: [code], tensors, masked: { output, target, ...masks } });
    SETS.forEach((set, s) => {
      expect(rows(details![`set${s}.code`])).to.deep.equal(rows(columnsOf(code, set)));
      expect(rows(details![`set${s}.patches`])).to.deep.equal(rows(columnsOf(tf.sub(output, target), set)));
      expect(rows(details![`set${s}.prototypes`])).to.deep.equal(rows(tf.slice(prototypes, set[0], set[1])));
    });
    const untaught: string[] = [];
    const keys: Objective = {
      ...probe,
      compute: (inputs, context) => {
        untaught.push(Object.keys(inputs.masked!).join());
        return { ...probe.compute({ ...inputs, masked: undefined }, context) };
      },
    };
    compute(keys, { masked: { output, ...masks } });
    expect(untaught).to.deep.equal(Array.from(SETS, () => 'output,mask,places,pixels'));
  });

  it('reports the mean of the notes of the sets', () => {
    const notes = new Notes();
    compute(probe, {}, { ...contextAt(), note: notes.of('objective') });
    const [first] = views('view');
    const largest = SETS.map(set => number(tf.max(columnsOf(first, set))));
    expect(number(notes.take()['objective.largest'])).to.be.closeTo((largest[0] + largest[1]) / 2, 1e-6);
  });

  it('has the mean of the trivial values of the sets', () => {
    const [{ loss }] = overSegments(probe, SEGMENTS).trivial(size, contextAt());
    expect(loss).to.be.closeTo((Math.log(3) + Math.log(2)) / 2, 1e-12);
  });

  it('equals a separate objective for each set', () => {
    const own = (options: { use: string; [option: string]: unknown }): Objective => bench.make('objective', options);
    for (const options of [{ use: 'carl' }, { use: 'dino', studentTemperature: 0.1, teacherTemperature: 0.04 }]) {
      const targets = views('target');
      const { loss, nextState = {} } = compute(own(options), { targets });
      const alone = SETS.map((set): ObjectiveResult => {
        const objective = own(options);
        const inputs = views('view').map(view => columnsOf(view, set));
        const tensors = freshState(objective, { ...size, width: set[1], prototypes: set[1] });
        const taught = targets.map(target => columnsOf(target, set));
        return objective.compute(inputsOf(inputs, { targets: taught, tensors }), contextAt());
      });
      expect(number(loss)).to.be.closeTo((number(alone[0].loss) + number(alone[1].loss)) / 2, 1e-5);
      alone.forEach(({ nextState: wanted = {} }, s) => {
        for (const [name, value] of Object.entries(wanted))
          expect([...nextState[`set${s}.${name}`].dataSync()]).to.deep.equal([...value.dataSync()]);
      });
    }
  });

  it('is computed term by term in a weighted sum, and once for terms on embeddings', () => {
    const terms = [{ objective: { use: 'dino' } }, { weight: 0.5, objective: { use: 'tico' } }];
    const sum = bench.make<Objective>('objective', { use: 'weighted-sum', terms });
    const over = overSegments(sum, SEGMENTS);
    const state = over.state(size).map(({ name, shape }) => [name, shape]);
    expect(state).to.deep.equal([
      ['dino.set0.center', [3]],
      ['dino.set1.center', [2]],
      ['tico.covariance', [6, 6]],
    ]);
    const embedded = { outputs: views('embedding', 6), targets: views('taught', 6) };
    const targets = views('target');
    const { loss, parts, nextState } = compute(sum, { targets, embedded });
    const own = overSegments(bench.make<Objective>('objective', { use: 'dino' }), SEGMENTS);
    const alone = own.compute(inputsOf(views('view'), { targets, tensors: freshState(own, size) }), contextAt());
    expect(number(parts.dino)).to.be.closeTo(number(alone.loss), 1e-6);
    expect(number(loss)).to.be.closeTo(number(parts.dino) + 0.5 * number(parts.tico), 1e-5);
    expect(Object.keys(nextState!)).to.have.members(['dino.set0.center', 'dino.set1.center', 'tico.covariance']);
    const [{ loss: uniform }] = own.trivial(size, contextAt());
    expect(uniform).to.be.closeTo((Math.log(3) + Math.log(2)) / 2, 1e-12);
  });
});
