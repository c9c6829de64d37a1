import {
  type Assigner,
  defineComponent,
  type Encoder,
  type Head,
  type Objective,
  type ObjectiveResult,
  type Pass,
  type Slot,
  slots,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import { changing, declared, keep, made, type Broken } from './fault.js';
import { assigner, encoder, head, objective, schedule } from './sound.js';

const MASK_RULE = 'masks at least one patch, drawn from the stream alone, if it masks any';
const READ_BACK_RULE = 'reads no tensor back to the host';
const PROTOTYPES_RULE = 'gives its prototypes if it provides them';
const closed = { additionalProperties: false };

const anySlot: readonly Broken[] = [
  declared(schedule, 'has a schema whose objects are all closed', {
    options: Type.Object(
      { inner: Type.Optional(Type.Object({ a: Type.Number({ description: 'A.' }) }, { description: 'Open.' })) },
      closed,
    ),
  }),
  declared(schedule, 'describes itself and every option', { description: ' ' }),
  declared(schedule, 'describes itself and every option', {
    options: Type.Object({ a: Type.Number({ default: 1 }) }, closed),
  }),
  declared(schedule, 'has defaults that its own schema accepts', {
    options: Type.Object(
      {
        list: Type.Array(Type.Object({ a: Type.Integer({ description: 'A.', default: 1.5 }) }, closed), {
          description: 'List.',
          default: [],
        }),
      },
      closed,
    ),
  }),
  declared(schedule, 'refuses values of another type for every option', {
    options: Type.Object({ a: Type.Unsafe<number>({ description: 'A.', default: 1 }) }, closed),
  }),
  declared(schedule, 'can be created twice from the same frozen options', { create: () => undefined }),
  declared(schedule, 'allocates no tensor when it is created', {
    create: () => ({ value: () => 1, kept: keep(tf.scalar(1)) }),
  }),
];

function modules(component: { readonly slot: Slot<Head> } | { readonly slot: Slot<Encoder> }): readonly Broken[] {
  const broken = (rule: string, change: (sound: Head) => object) =>
    made(component as { readonly slot: Slot<Head> }, rule, sound => ({ ...sound, ...change(sound) }));
  const forwards = (rule: string, change: (output: Tensor2D, pass: Pass) => Tensor2D) =>
    broken(rule, sound => ({ forward: (input: Tensor2D, pass: Pass) => change(sound.forward(input, pass), pass) }));
  const weights = (rule: string, change: object) =>
    broken(rule, sound => ({
      weights: (input: number[]) => sound.weights(input).map(spec => ({ ...spec, ...change })),
    }));
  const zeros = (length: number) => Float32Array.from({ length }, () => 0);
  return [
    weights('declares weights that can be made', { name: 'weight' }),
    weights('declares weights that can be made', { initialize: () => zeros(1) }),
    weights('declares weights that can be made', {
      initialize: (_: unknown, shape: number[]) => zeros(shape.reduce((a, b) => a * b, 1)).map(() => changing()),
    }),
    weights('declares weights that can be made', { layout: 'conv' }),
    broken('asks for exactly the weights it declares', sound => ({
      weights: (input: number[]) => [...sound.weights(input), { ...sound.weights(input)[0], name: 'unused' }],
    })),
    forwards('gives one row of the declared width for each input', output => tf.slice(output, [0, 0], [-1, 2])),
    broken('declares costs whose last shape is that of the output', sound => ({
      cost: () => [{ ...sound.cost(3)[0], shape: [5] }],
    })),
    broken('declares costs whose last shape is that of the output', sound => ({
      cost: () => sound.cost(3).map(cost => ({ ...cost, activations: NaN })),
    })),
    forwards('lets the gradient reach every trainable weight', output => tf.step<Tensor2D>(output)),
    forwards('records new values only for weights that are not trained, and only in training', (output, pass) => {
      pass.update('fc.weight', pass.weight('fc.weight'));
      return output;
    }),
    forwards('evaluates an input independently of the rest of the batch', output => tf.sub(output, tf.mean(output, 0))),
    forwards('gives the same bits for the same input', output => tf.add(output, changing())),
    forwards('leaves no tensor behind', output => {
      keep(tf.clone(output));
      return output;
    }),
    forwards(READ_BACK_RULE, output => {
      output.dataSync();
      return output;
    }),
    broken('is the same after it was written to a file and read again', sound => {
      const identity = new WeakMap<Pass, number>();
      const forward = (input: Tensor2D, pass: Pass) => {
        if (!identity.has(pass)) identity.set(pass, changing());
        return tf.add(sound.forward(input, pass), identity.get(pass)!);
      };
      return { forward };
    }),
  ];
}

const encoders: readonly Broken[] = [
  ...modules(encoder),
  made(encoder, 'takes images of its minimum size', sound => ({ ...sound, minimumSize: 0.5 })),
  made(encoder, 'takes images of its minimum size', sound => ({
    ...sound,
    minimumSize: 1,
    forward: (images, pass) => sound.forward(tf.slice(images, [0, 1, 1, 0], [-1, 1, 1, -1]), pass),
  })),
];

/** Four patches whose tokens are the feature of the image, and a mask without effect. */
const seeing = defineComponent(slots.encoder, {
  ...encoder,
  provides: () => ['masked-tokens'],
  create: (): Encoder => {
    const whole = encoder.create({ strength: 1 }, {});
    return {
      ...whole,
      grid: () => [2, 2],
      tokens: (images, pass) => {
        const feature = whole.forward(images, pass);
        return { feature, patches: tf.tile(tf.expandDims(feature, 1), [1, 4, 1]), grid: [2, 2] };
      },
    };
  },
});

const tokens: readonly Broken[] = [
  made(seeing, 'does not depend on masked patches', sound => sound),
  made(seeing, 'gives tokens for its grid, and the same features as without tokens', sound => ({
    ...sound,
    grid: () => [1, 4],
  })),
  made(seeing, 'gives tokens for its grid, and the same features as without tokens', sound => ({
    ...sound,
    tokens: (images, pass) => {
      const { feature, ...rest } = sound.tokens!(images, pass);
      return { ...rest, feature: tf.neg(feature) };
    },
  })),
];

/** One layer, whose features are those of the encoder. */
const layered = defineComponent(slots.encoder, {
  ...encoder,
  create: (): Encoder => {
    const whole = encoder.create({ strength: 1 }, {});
    return {
      ...whole,
      layers: [{ name: 'only', dim: whole.featureDim }],
      layer: (_, images, pass) => whole.forward(images, pass),
    };
  },
});

const LAYER_RULE = 'gives features of the declared width for each of its layers, image by image';

const layers: readonly Broken[] = [
  made(layered, LAYER_RULE, sound => ({ ...sound, layers: [{ name: 'features', dim: sound.featureDim }] })),
  made(layered, LAYER_RULE, sound => ({ ...sound, layers: [{ name: 'only', dim: sound.featureDim + 1 }] })),
  made(layered, LAYER_RULE, sound => ({ ...sound, layer: undefined })),
  made(layered, LAYER_RULE, sound => ({
    ...sound,
    layer: (name, images, pass) => {
      const features = sound.layer!(name, images, pass);
      return tf.sub(features, tf.mean(features, 0));
    },
  })),
];

const heads: readonly Broken[] = [
  ...modules(head),
  made(head, 'takes inputs of another width', sound => ({ ...sound, outputDim: width => (width === 6 ? 4 : 5) })),
];

type Assign = Assigner['assign'];
const assigning = (
  rule: string,
  change: (result: ReturnType<Assign>, given: Parameters<Assign>) => ReturnType<Assign>,
): Broken =>
  made(assigner, rule, sound => ({
    ...sound,
    assign: (...given: Parameters<Assign>) => change(sound.assign(...given), given),
  }));

const assigners: readonly Broken[] = [
  made(assigner, 'gives logits of the declared number of prototypes for every view', sound => ({
    ...sound,
    prototypeCount: () => 7,
  })),
  assigning('gives logits of the declared number of prototypes for every view', ({ assigned }) => ({
    assigned: assigned.slice(1),
  })),
  assigning('gives logits of the declared number of prototypes for every view', ({ assigned }) => ({
    assigned: assigned.map(({ logits }) => ({ logits, code: logits })),
  })),
  made(assigner, 'gives logits of the declared number of prototypes for every view', sound => ({
    ...sound,
    segments: [1, 1],
  })),
  assigning('takes its state in and gives it out as declared', result => ({
    ...result,
    nextState: { center: tf.zeros([3]) },
  })),
  assigning('takes its state in and gives it out as declared', result => ({
    ...result,
    nextState: { centre: tf.zeros([2]) },
  })),
  assigning('stays finite for embeddings that have collapsed or grown', ({ assigned }, [views]) => ({
    assigned: assigned.map(({ logits }, i) => ({ logits: tf.div<Tensor2D>(logits, tf.norm(views[i])) })),
  })),
  assigning('gives the same bits for the same embeddings', ({ assigned }) => ({
    assigned: assigned.map(({ logits }) => ({ logits: tf.add<Tensor2D>(logits, changing()) })),
  })),
  made(assigner, 'freezes and prepares only weights it has', sound => ({ ...sound, frozen: () => ['prototypes'] })),
  assigning('lets the gradient reach embeddings and trainable weights', ({ assigned }) => ({
    assigned: assigned.map(({ logits }) => ({ logits: tf.step<Tensor2D>(logits) })),
  })),
  assigning('leaves no tensor behind', result => {
    keep(tf.clone(result.assigned[0].logits));
    return result;
  }),
  assigning(READ_BACK_RULE, result => {
    result.assigned[0].logits.arraySync();
    return result;
  }),
  made(assigner, READ_BACK_RULE, sound => ({
    ...sound,
    prepare: (pass, state, context) => {
      pass.weight('weight').dataSync();
      return sound.prepare!(pass, state, context);
    },
  })),
  made(assigner, PROTOTYPES_RULE, sound => ({ ...sound, prototypes: undefined })),
  made(assigner, PROTOTYPES_RULE, sound => ({
    ...sound,
    prototypes: pass => tf.transpose(sound.prototypes!(pass)!),
  })),
  declared(assigner, PROTOTYPES_RULE, { provides: () => [] }),
];

type Compute = Objective['compute'];
const computing = (
  rule: string,
  change: (result: ObjectiveResult, given: Parameters<Compute>) => ObjectiveResult,
): Broken =>
  made(objective, rule, sound => ({
    ...sound,
    compute: (...given: Parameters<Compute>) => change(sound.compute(...given), given),
  }));

/** The loss with a gradient that is another one. */
const wrongSlope = (loss: Scalar, factor: number): Scalar =>
  tf.customGrad(given => ({ value: tf.clone(given as Scalar), gradFunc: (dy: tf.Tensor) => tf.mul(dy, factor) }))(
    loss,
  ) as Scalar;

const objectives: readonly Broken[] = [
  computing('gives a loss and parts that are finite scalars', result => ({
    ...result,
    parts: { rows: tf.zeros([3]) as unknown as Scalar },
  })),
  computing('gives a loss and parts that are finite scalars', result => ({ ...result, parts: { epoch: result.loss } })),
  computing('has a gradient that agrees with finite differences', result => ({
    ...result,
    loss: wrongSlope(result.loss, 1.05),
  })),
  computing('has a gradient that agrees with finite differences', result => ({
    ...result,
    loss: wrongSlope(result.loss, 0),
  })),
  computing('does not depend on the order of the images', (result, [{ outputs }]) => ({
    ...result,
    loss: tf.add(result.loss, tf.mean(tf.slice(outputs[0], 0, 1))),
  })),
  computing('takes its state in and gives it out as declared', result => ({
    ...result,
    nextState: { centre: tf.zeros([2]) },
  })),
  computing('takes its state in and gives it out as declared', (result, [, { step }]) => ({
    ...result,
    nextState: { centre: tf.fill([6], step > 2 ? NaN : 0) },
  })),
  computing('gives the same bits for the same views', result => ({ ...result, loss: tf.add(result.loss, changing()) })),
  computing('leaves no tensor behind and none of its arguments changed', result => {
    keep(tf.clone(result.loss));
    return result;
  }),
  computing('leaves no tensor behind and none of its arguments changed', (result, [{ outputs }]) => {
    outputs[1].dispose();
    return result;
  }),
  computing(READ_BACK_RULE, result => {
    result.loss.dataSync();
    return result;
  }),
  computing('stays finite for views at the limits, and so does its gradient', (result, [{ outputs }]) => ({
    ...result,
    loss: tf.add(result.loss, tf.sum(tf.exp(outputs[0]))),
  })),
  computing('stays finite for views at the limits, and so does its gradient', (result, [{ outputs }]) => ({
    ...result,
    loss: tf.add(result.loss, tf.sum(tf.sqrt(tf.sum(tf.square(outputs[0]), 1)))),
  })),
  made(objective, MASK_RULE, sound => ({ ...sound, mask: ({ images }) => new Int32Array(images).fill(1) })),
  made(objective, MASK_RULE, sound => ({
    ...sound,
    mask: ({ images, grid }) => new Int32Array(images * grid[0] * grid[1]),
  })),
  made(objective, MASK_RULE, sound => ({
    ...sound,
    mask: ({ images, grid }) => Int32Array.from({ length: images * grid[0] * grid[1] }, () => 1 + 1000 * changing()),
  })),
  made(objective, 'declares the values of the loss in a collapse', sound => ({
    ...sound,
    trivial: () => [{ name: 'x', loss: 0.7, advice: 'y' }],
  })),
  made(objective, 'declares the values of the loss in a collapse', sound => ({
    ...sound,
    trivial: () => [{ name: 'x', loss: NaN, advice: 'y' }],
  })),
];

/** Faults of any component, and of parts of a network. */
export const brokenParts: readonly Broken[] = [
  ...anySlot,
  ...encoders,
  ...tokens,
  ...layers,
  ...heads,
  ...assigners,
  ...objectives,
];
