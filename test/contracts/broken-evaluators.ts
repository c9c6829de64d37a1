import type { EvaluatorResult, FeatureEvaluator, FeatureEvaluatorInputs, ProtocolEvaluator } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { changing, declared, keep, made, type Broken } from './fault.js';
import { evaluator, protocol } from './sound.js';

const score = (value: number, more: Partial<EvaluatorResult> = {}): EvaluatorResult[] => [
  { metric: 'm', split: 'train', value, kind: 'score', ...more },
];

/** The sound evaluator of features with another `evaluate`. */
const evaluating = (rule: string, evaluate: (inputs: FeatureEvaluatorInputs) => Promise<EvaluatorResult[]>): Broken =>
  made<FeatureEvaluator>(evaluator as never, rule, sound => ({ ...sound, evaluate }));

/** The sound protocol, changed. */
const protocols = (rule: string, change: (sound: ProtocolEvaluator) => ProtocolEvaluator): Broken =>
  made<ProtocolEvaluator>(protocol as never, rule, change);

const features: readonly Broken[] = [
  made<FeatureEvaluator>(evaluator as never, 'declares its kind and its baselines', sound => ({
    ...sound,
    kind: 'frozen' as never,
  })),
  made<FeatureEvaluator>(evaluator as never, 'declares its kind and its baselines', sound => ({
    ...sound,
    output: 'logits' as never,
  })),
  made<FeatureEvaluator>(evaluator as never, 'declares its kind and its baselines', sound => ({
    ...sound,
    output: 'assignments',
    baselines: ['pixels'],
  })),
  evaluating('gives finite results, accuracies between 0 and 1', async ({ train }) => {
    await train.all();
    return score(50, { kind: 'accuracy' });
  }),
  evaluating('gives the same results for the same images', async () => score(changing())),
  evaluating('gives the same results for images in another order', async ({ train }) => score((await train.all())[0])),
  evaluating('selects nothing by the test split', async ({ test }) =>
    score((await test!.all())[0], { split: 'validation', kind: 'setting' }),
  ),
  evaluating('works without labels unless it requires them', async ({ train }) => (train.labels ? score(1) : [])),
  evaluating('ends when it is interrupted', async ({ train }) => score((await train.all().catch(() => [0])).length)),
  evaluating('leaves features, weights and tensors as they were', async ({ train }) => {
    const rows = await train.rows(0, 1);
    rows[0] += 1;
    return score(rows.length);
  }),
  evaluating('leaves features, weights and tensors as they were', async ({ train }) => {
    keep(tf.tensor1d(await train.rows(0, 1)));
    return score(1);
  }),
];

const procedures: readonly Broken[] = [
  protocols('declares its kind and its baselines', sound => ({ ...sound, baselines: ['pixels' as never] })),
  protocols('declares its kind and its baselines', sound => ({ ...sound, output: 'assignments' as never })),
  declared(protocol, 'works without labels unless it requires them', { requires: () => [] }),
  protocols('ends when it is interrupted', sound => ({
    ...sound,
    evaluate: inputs => sound.evaluate({ ...inputs, progress: () => Promise.resolve() }),
  })),
  protocols('ends when it is interrupted', sound => ({
    ...sound,
    evaluate: async inputs => {
      const rates = tf.scalar(1);
      await inputs.progress(0, 1);
      rates.dispose();
      return sound.evaluate(inputs);
    },
  })),
  protocols('leaves features, weights and tensors as they were', sound => ({
    ...sound,
    evaluate: inputs => {
      const bias = inputs.encoder.pass().weight('fc.bias') as tf.Variable;
      tf.tidy(() => bias.assign(tf.add(bias, 1)));
      return sound.evaluate(inputs);
    },
  })),
  protocols('leaves features, weights and tensors as they were', sound => ({
    ...sound,
    evaluate: inputs =>
      sound.evaluate({
        ...inputs,
        encoder: { ...inputs.encoder, copy: () => ({ ...inputs.encoder.copy(), dispose: () => undefined }) },
      }),
  })),
];

export const brokenEvaluators: readonly Broken[] = [...features, ...procedures];
