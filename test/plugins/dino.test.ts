import type { Assigner, Facts, Objective } from '@carl-ssl/core';
import { singleProcess, WeightStore } from '@carl-ssl/core/testing';
import dinoPlugin from '@carl-ssl/dino';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import {
  contextAt,
  freshState,
  inputsOf,
  lossAndGradients,
  noise,
  number,
  rows,
  workbench,
} from './objective-support.js';
import { crossEntropyOf, expectNear, isZero, mean, meanRow, softmaxOf } from './plain-maths.js';

const bench = workbench(dinoPlugin);
const options = { studentTemperature: 0.1, teacherTemperature: 0.04, centerMomentum: 0.8 };
const dino = (changes: object = {}): Objective => bench.make('objective', { use: 'dino', ...options, ...changes });
const size = { batchSize: 4, views: 3, width: 5 };
const viewsOf = (name: string, count: number): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, 4, 5));
const centerOf = (): Tensor1D => tf.reshape(noise('centre', 1, 5), [5]);

/** Mean over targets i, views j != i and images of the cross-entropy. */
const lossOf = (views: readonly Tensor2D[], targets: readonly number[][][], temperature: number): number =>
  mean(
    targets.flatMap((target, i) =>
      views.flatMap((view, j) =>
        i === j ? [] : rows(view).map((row, b) => crossEntropyOf(target[b], softmaxOf(row, temperature))),
      ),
    ),
  );

describe('objective dino', () => {
  onCpuInScope();

  it("is the cross-entropy to the teacher's centred and sharpened assignment of other views", () => {
    const [views, targets, center] = [viewsOf('view', 3), viewsOf('teacher', 2), centerOf()];
    const { loss } = dino().compute(inputsOf(views, { targets, tensors: { center } }), contextAt());
    const middle = [...center.dataSync()];
    const sharp = targets.map(target =>
      rows(target).map(row =>
        softmaxOf(
          row.map((score, k) => score - middle[k]),
          0.04,
        ),
      ),
    );
    expect(number(loss)).to.be.closeTo(lossOf(views, sharp, 0.1), 1e-4);
  });

  it("moves its centre towards the mean of the teacher's logits", () => {
    const [views, targets, center] = [viewsOf('view', 3), viewsOf('teacher', 2), centerOf()];
    const { nextState } = dino().compute(inputsOf(views, { targets, tensors: { center } }), contextAt());
    const means = meanRow(targets.flatMap(target => rows(target)));
    expectNear(
      nextState!.center,
      [...center.dataSync()].map((value, k) => 0.8 * value + 0.2 * means[k]),
    );
  });

  it('uses codes unchanged, and its own views without a teacher', () => {
    const [views, codes] = [viewsOf('view', 2), viewsOf('code', 2).map(code => tf.softmax(code))];
    const tensors = freshState(dino(), size);
    const given = dino().compute(inputsOf(views, { codes, tensors }), contextAt());
    expect(number(given.loss)).to.be.closeTo(lossOf(views, codes.map(rows), 0.1), 1e-4);
    const own = dino().compute(inputsOf(views, { tensors }), contextAt());
    const sharp = views.map(view => rows(view).map(row => softmaxOf(row, 0.04)));
    expect(number(own.loss)).to.be.closeTo(lossOf(views, sharp, 0.1), 1e-4);
  });

  it('gives the teacher no gradient', () => {
    const [views, targets] = [viewsOf('view', 2), viewsOf('teacher', 2)];
    const inputs = inputsOf(views, { targets, tensors: { center: centerOf() } });
    const { gradients } = lossAndGradients([...views, ...targets], () => dino().compute(inputs, contextAt()).loss);
    expect(gradients.map(isZero)).to.deep.equal([false, false, true, true]);
  });

  it("follows the schedule of the teacher's temperature", () => {
    const [views, targets] = [viewsOf('view', 2), viewsOf('teacher', 2)];
    const inputs = inputsOf(views, { targets, tensors: freshState(dino(), size) });
    const scheduled = dino({ teacherTemperature: { from: 0.04, to: 0.08 } });
    for (const [step, teacherTemperature] of [
      [0, 0.04],
      [5, 0.06],
    ]) {
      const expected = dino({ teacherTemperature }).compute(inputs, contextAt());
      expect(number(scheduled.compute(inputs, contextAt(step)).loss)).to.be.closeTo(number(expected.loss), 1e-4);
    }
  });

  it('reaches its trivial values in a collapse', () => {
    const [uniform, same] = dino().trivial(size, contextAt());
    expect([uniform.loss, same.loss]).to.deep.equal([Math.log(5), 0]);
    const loss = (view: Tensor2D) => {
      const inputs = inputsOf([view, view], { targets: [view, view], tensors: freshState(dino(), size) });
      return number(dino().compute(inputs, contextAt()).loss);
    };
    expect(loss(tf.zeros([4, 5]))).to.be.closeTo(uniform.loss, 1e-5);
    const certain = tf.mul<Tensor2D>(tf.oneHot(tf.zeros([4], 'int32'), 5) as Tensor2D, 100);
    expect(loss(certain)).to.be.closeTo(same.loss, 1e-5);
  });
});

describe('assigner centering', () => {
  onCpuInScope();

  const centering = (changes: object = {}): Assigner => bench.make('assigner', { use: 'centering', ...changes });

  it('gives centred and sharpened codes, and a centre that follows the mean score', () => {
    const assigner = centering({ temperature: 0.05, studentTemperature: 0.2, momentum: 0.7 });
    const [views, center] = [viewsOf('view', 2), centerOf()];
    const pass = new WeightStore().pass('prototypes', true, singleProcess);
    const { assigned, nextState } = assigner.assign(views, pass, { center }, contextAt());
    const middle = [...center.dataSync()];
    assigned.forEach(({ logits, code }, i) => {
      const scores = rows(views[i]);
      expectNear(
        logits,
        scores.flat().map(score => score / 0.2),
      );
      expectNear(
        code!,
        scores.flatMap(row =>
          softmaxOf(
            row.map((score, k) => score - middle[k]),
            0.05,
          ),
        ),
        1e-4,
      );
    });
    const means = meanRow(views.flatMap(view => rows(view)));
    expectNear(
      nextState!.center,
      middle.map((value, k) => 0.7 * value + 0.3 * means[k]),
    );
  });

  it('has a centre for each of its own prototypes, or for each score of the head', () => {
    const shape = (assigner: Assigner) => assigner.state(6, 4)[0].shape;
    expect(shape(centering({ count: 9 }))).to.deep.equal([9]);
    expect(shape(centering())).to.deep.equal([6]);
    expect(centering().prototypes).to.equal(undefined);
  });
});

describe('advice on DINO', () => {
  type Slot = 'objective' | 'assigner';
  const advice = (slot: Slot, given: { use: string; [option: string]: unknown }, facts: Partial<Facts> = {}) =>
    bench.advice(slot, given, facts).map(({ severity, code, path }) => `${severity} ${code} ${path}`.trim());
  const objective = (changes: object, facts: Partial<Facts> = {}) =>
    advice('objective', { use: 'dino', ...options, ...changes }, facts);
  const assigner = (changes: object, uses: Record<string, string> = {}) =>
    advice('assigner', { use: 'centering', ...changes }, { uses });

  it('gives no warning for a good pipeline', () => {
    expect(objective({})).to.deep.equal([]);
    expect(objective({ studentTemperature: 1, teacherTemperature: 0.4 }, { assignerTemperature: 0.1 })).to.deep.equal(
      [],
    );
    expect(assigner({})).to.deep.equal([]);
  });

  it("warns about a teacher's temperature that is not below the student's", () => {
    const flat = ['warning DINO_NOT_SHARPENED teacherTemperature'];
    expect(objective({ teacherTemperature: 0.1 })).to.deep.equal(flat);
    expect(objective({ teacherTemperature: { from: 0.04, to: 0.1 } })).to.deep.equal(flat);
    expect(assigner({ temperature: 0.1 })).to.deep.equal(['warning DINO_NOT_SHARPENED temperature']);
  });

  it("warns about a high teacher's temperature, with the assigner's in it", () => {
    const high = ['warning DINO_TEACHER_TEMPERATURE_HIGH teacherTemperature'];
    expect(objective({ teacherTemperature: 0.072 })).to.deep.equal(high);
    expect(objective({ teacherTemperature: 0.07 })).to.deep.equal([]);
    const scaled = { studentTemperature: 1, teacherTemperature: 0.8 };
    expect(objective(scaled, { assignerTemperature: 0.1 })).to.deep.equal(high);
    expect(assigner({ temperature: { from: 0.04, to: 0.072 } })).to.deep.equal([
      'warning DINO_TEACHER_TEMPERATURE_HIGH temperature',
    ]);
  });

  it("warns about a low student's temperature, with the assigner's in it", () => {
    const low = ['warning DINO_STUDENT_TEMPERATURE_LOW teacherTemperature'];
    const sharp = { studentTemperature: 0.1, teacherTemperature: 0.05 };
    expect(objective(sharp, { assignerTemperature: 0.1 })).to.deep.equal(low);
    expect(objective(sharp, { assignerTemperature: 0.2 })).to.deep.equal([]);
    expect(assigner({ temperature: 0.005, studentTemperature: 0.019 })).to.deep.equal([
      'warning DINO_STUDENT_TEMPERATURE_LOW temperature',
    ]);
  });

  it('leaves temperatures to the assigner where that makes the codes', () => {
    expect(objective({ teacherTemperature: 5 }, { uses: { assigner: 'centering' } })).to.deep.equal([]);
  });

  it('warns about prototypes that are never frozen', () => {
    const free = ['warning PROTOTYPES_NOT_FROZEN frozenSteps'];
    expect(assigner({ count: 8 }, { objective: 'dino' })).to.deep.equal(free);
    expect(assigner({ count: 8, frozenSteps: 1 }, { objective: 'dino' })).to.deep.equal([]);
    expect(assigner({ count: 8 }, { objective: 'carl' })).to.deep.equal([]);
    expect(assigner({}, { objective: 'dino' })).to.deep.equal([]);
  });

  it('refuses a single view', () => {
    const views = [{ kind: 'global', height: 8, width: 8 }] as const;
    expect(objective({}, { views })).to.deep.equal(['error OBJECTIVE_NEEDS_VIEWS']);
  });
});
