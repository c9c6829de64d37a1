import type { Tensor } from '@tensorflow/tfjs-core';
import type { Encoder } from '../contracts/encoder.js';
import type { Head } from '../contracts/head.js';
import type { Pass } from '../contracts/weights.js';
import { seededStreams } from '../tensor/random.js';
import { tf } from '../tensor/tf.js';
import { layerRules } from './layer-rules.js';
import { inputOf, moduleOfEncoder, moduleOfHead, onModule, passOver, withStore, type Module } from './module.js';
import { trainingRules } from './module-training-rules.js';
import { moduleWorkerRules } from './module-worker-rules.js';
import { allFinite, noise, sameBits, sizeOf, taken } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';
import { tokenRules } from './token-rules.js';

const shapeRules = [
  { name: 'declares weights that can be made', check: declaredWeights },
  { name: 'asks for exactly the weights it declares', check: askedWeights },
  { name: 'gives one row of the declared width for each input', check: outputShape },
  { name: 'declares costs whose last shape is that of the output', check: costShape },
];

/** Rules for encoders. */
export const encoderRules: readonly Rule<Encoder>[] = [
  ...onModule(moduleOfEncoder, [...shapeRules, ...trainingRules]),
  ...moduleWorkerRules(moduleOfEncoder),
  { name: 'takes images of its minimum size', check: minimumSize },
  ...tokenRules,
  ...layerRules,
];

/** Rules for heads. */
export const headRules: readonly Rule<Head>[] = [
  ...onModule(moduleOfHead, [...shapeRules, ...trainingRules]),
  ...moduleWorkerRules(moduleOfHead),
  { name: 'takes inputs of another width', check: otherWidth },
];

function declaredWeights({ specs }: Module): string[] {
  const names = specs.map(({ name }) => name);
  const repeated = names.filter((name, i) => names.indexOf(name) !== i);
  const wrong = specs.flatMap(({ name, shape, initialize, layout }) => {
    const values = initialize(seededStreams(1).at(name), shape);
    return unless(
      [shape.every(side => Number.isInteger(side) && side > 0), `${name} has shape [${shape.join(', ')}]`],
      [
        values.length === sizeOf(shape),
        `the initial value of ${name} has ${values.length} numbers, not ${sizeOf(shape)}`,
      ],
      [allFinite(values), `the initial value of ${name} is not finite`],
      [
        sameBits(values, initialize(seededStreams(1).at(name), shape)),
        `the initial value of ${name} does not depend on the stream alone`,
      ],
      [
        layout !== 'conv' || shape.length === 4,
        `${name} is laid out as a convolution and has ${shape.length} dimensions`,
      ],
    );
  });
  return [...repeated.map(name => `two weights are called ${name}`), ...wrong];
}

function askedWeights(module: Module): Promise<string[]> {
  const declared = module.specs.map(({ name }) => name);
  return withStore(module, store => {
    const asked = new Set<string>();
    const listening = (pass: Pass): Pass => ({
      ...pass,
      weight: <T extends Tensor>(name: string) => {
        asked.add(name);
        return pass.weight<T>(name);
      },
    });
    for (const training of [true, false]) {
      tf.tidy(() => module.forward(inputOf(module, 3), listening(passOver(store, training))));
    }
    return declared.filter(name => !asked.has(name)).map(name => `it never asks for ${name}`);
  });
}

function outputShape(module: Module): Promise<string[]> {
  return withStore(module, store => {
    const problems: string[] = [];
    for (const batch of [1, 5]) {
      const output = tf.tidy(() => module.forward(inputOf(module, batch), passOver(store, false)));
      const [shape, wanted] = [output.shape.join(', '), `${batch}, ${module.outputDim}`];
      const finite = allFinite(taken(output));
      problems.push(
        ...unless(
          [shape === wanted, `the output is [${shape}]; declared: [${wanted}]`],
          [finite, 'the output is not finite'],
        ),
      );
    }
    return problems;
  });
}

function costShape({ costs, outputDim, specs }: Module): string[] {
  const last = costs.at(-1)?.shape.join(', ');
  const [work, kept] = [costs.map(cost => cost.multiplyAdds), costs.map(cost => cost.activations)];
  return unless(
    [costs.length > 0, 'it names no stage'],
    [last === String(outputDim), `the last stage has shape [${last ?? ''}], the output [${outputDim}]`],
    [[...work, ...kept].every(value => Number.isFinite(value) && value >= 0), 'a cost is negative or not finite'],
    [specs.length === 0 || work.some(value => value > 0), 'it has weights but its costs have no multiply-adds'],
    [new Set(costs.map(({ stage }) => stage)).size === costs.length, 'two stages have the same name'],
  );
}

async function minimumSize(subject: Subject<Encoder>): Promise<string[]> {
  const { make, example } = subject;
  const { minimumSize: side } = make();
  if (!Number.isInteger(side) || side < 1) return [`its minimum size is ${side}`];
  const image = [side, side, example.image?.[2] ?? 3] as const;
  const module = moduleOfEncoder({ ...subject, example: { image } });
  return (await outputShape(module)).map(problem => `images of ${side} x ${side}: ${problem}`);
}

async function otherWidth({ make }: Subject<Head>): Promise<string[]> {
  const head = make();
  const module: Module = {
    specs: head.weights([9]),
    input: [9],
    outputDim: head.outputDim(9),
    costs: head.cost(9),
    forward: (input, pass) => head.forward(input as ReturnType<Head['forward']>, pass),
  };
  const declared = head.outputDim(9);
  const output = await withStore(module, store =>
    tf.tidy(() => head.forward(noise('rows', [2, 9]) as ReturnType<Head['forward']>, passOver(store, false)).shape),
  );
  return unless([
    output.join() === `2,${declared}`,
    `for input of width 9 the output is [${output.join(', ')}]; declared: [2, ${declared}]`,
  ]);
}
