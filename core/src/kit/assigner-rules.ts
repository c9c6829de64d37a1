import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Assigned, Assigner } from '../contracts/assigner.js';
import { singleProcess } from '../builtin/single-process.js';
import { differentiate } from '../tensor/engine.js';
import { tf } from '../tensor/tf.js';
import { assign, BATCH, STEPS, trying, viewsOf, WIDTH } from './assigner.js';
import { assignerWorkerRules } from './assigner-worker-rules.js';
import { allFinite, contextAt, leaked, leakProblem, noise, sameBits, taken } from './probe.js';
import { READ_BACK_RULE, readBackProblems } from './read-back.js';
import { unless, type Rule, type Subject } from './rule.js';
import { stateProblems } from './state.js';

/** Rules for assigners. */
export const assignerRules: readonly Rule<Assigner>[] = [
  { name: 'gives logits of the declared number of prototypes for every view', check: logitsShape },
  { name: 'takes its state in and gives it out as declared', check: stateOverSteps },
  { name: 'stays finite for embeddings that have collapsed or grown', check: extremes },
  { name: 'gives the same bits for the same embeddings', check: determinism },
  { name: 'freezes and prepares only weights it has', check: knownWeights },
  { name: 'lets the gradient reach embeddings and trainable weights', check: reached },
  { name: 'leaves no tensor behind', check: noLeak },
  { name: READ_BACK_RULE, check: readBack },
  { name: 'gives its prototypes if it provides them', check: givesPrototypes },
  ...assignerWorkerRules,
];

function logitsShape(subject: Subject<Assigner>): Promise<string[]> {
  return trying(subject, trial =>
    tf.tidy(() => {
      const count = trial.assigner.prototypeCount(WIDTH, BATCH);
      const { assigned } = assign(trial, viewsOf('views'));
      const problems = unless(
        [Number.isInteger(count) && count > 0, `it declares ${count} prototypes`],
        [assigned.length === 2, `it gives ${assigned.length} assignments for 2 views`],
      );
      return [...problems, ...assigned.flatMap(one => assignmentProblems(one, count, trial.assigner.segments))];
    }),
  );
}

function assignmentProblems({ logits, code }: Assigned, count: number, segments?: readonly number[]): string[] {
  const wanted = `${BATCH},${count}`;
  const whole = segments?.reduce((sum, size) => sum + size, 0) ?? count;
  return [
    ...unless(
      [logits.shape.join() === wanted, `logits are [${logits.shape.join()}]; declared: [${wanted}]`],
      [allFinite(logits.dataSync()), 'logits are not finite'],
      [whole === count, `its segments sum to ${whole}, not to ${count} prototypes`],
    ),
    ...(code ? codeProblems(code, segments?.length ?? 1) : []),
  ];
}

function codeProblems(code: Tensor2D, segments: number): string[] {
  const sums = tf.sum(code, 1).dataSync();
  const values = code.dataSync();
  return unless(
    [values.every(value => value >= 0 && value <= 1 + 1e-5), 'a code has values outside of [0, 1]'],
    [
      sums.every(sum => Math.abs(sum - segments) < 1e-3),
      `a code's row sums to ${sums.find(sum => Math.abs(sum - segments) >= 1e-3)}, not to ${segments}`,
    ],
  );
}

function stateOverSteps(subject: Subject<Assigner>): Promise<string[]> {
  return trying(subject, trial => {
    const problems: string[] = [];
    let state = trial.state;
    for (let step = 0; step < STEPS; step++) {
      const { nextState } = tf.tidy(() => ({
        nextState: assign({ ...trial, state }, viewsOf(`step ${String(step)}`), step).nextState,
      }));
      problems.push(...stateProblems(trial.specs, nextState));
      const next = { ...state, ...nextState };
      if (step > 0) tf.dispose(Object.entries(state).flatMap(([name, tensor]) => (name in nextState ? [tensor] : [])));
      state = next;
    }
    tf.dispose(Object.values(state));
    return [...new Set(problems)];
  });
}

async function extremes(subject: Subject<Assigner>): Promise<string[]> {
  const cases: readonly (readonly [string, () => Tensor2D[]])[] = [
    ['all zero', () => viewsOf('views', 0)],
    ['a thousand times as long', () => viewsOf('views', 1000)],
    ['all the same', () => viewsOf('views').map(view => tf.tile(tf.slice(view, 0, 1), [BATCH, 1]))],
  ];
  const problems = await Promise.all(
    cases.map(([name, views]) =>
      trying(subject, trial =>
        tf.tidy(() => {
          const tensors = assign(trial, views()).assigned.flatMap(({ logits, code }) =>
            code ? [logits, code] : [logits],
          );
          return unless([
            tensors.every(tensor => allFinite(tensor.dataSync())),
            `it is not finite for embeddings that are ${name}`,
          ]);
        }),
      ),
    ),
  );
  return problems.flat();
}

async function determinism(subject: Subject<Assigner>): Promise<string[]> {
  const twice: Float32Array[] = [];
  for (let time = 0; time < 2; time++) {
    twice.push(
      await trying(subject, trial =>
        taken(
          tf.tidy(() => tf.concat(assign(trial, viewsOf('views')).assigned.map(({ logits, code }) => code ?? logits))),
        ),
      ),
    );
  }
  return unless([sameBits(twice[0], twice[1]), 'two assignments of the same embeddings differ']);
}

function knownWeights(subject: Subject<Assigner>): Promise<string[]> {
  return trying(subject, ({ assigner, store, state }) => {
    const names = new Set(assigner.weights([WIDTH]).map(({ name }) => name));
    const prepared: string[] = [];
    const pass = { ...store.pass('module', true, singleProcess), update: (name: string) => prepared.push(name) };
    tf.tidy(() => void assigner.prepare?.(pass, state, contextAt(0, STEPS)));
    const frozen = [0, 1, STEPS - 1].flatMap(step => assigner.frozen?.(contextAt(step, STEPS)) ?? []);
    return [...new Set([...frozen, ...prepared])]
      .filter(name => !names.has(name))
      .map(name => `it names the weight ${name}, which it does not have`);
  });
}

function reached(subject: Subject<Assigner>): Promise<string[]> {
  return trying(subject, trial =>
    tf.tidy(() => {
      const views = viewsOf('views');
      const parameters = trial.store.parameters();
      const variables = parameters.map(({ variable }) => variable);
      const loss = () =>
        tf.addN(
          assign(trial, views).assigned.map(({ logits }, i) =>
            tf.sum<tf.Scalar>(tf.mul(logits, noise(`cotangent ${String(i)}`, logits.shape))),
          ),
        );
      const { gradients } = differentiate(loss, [...views, ...variables]);
      const names = [
        'the first view',
        'the second view',
        ...parameters.map(({ name }) => name.slice('module.'.length)),
      ];
      return names
        .filter((_, i) => !gradients[i]?.dataSync().some(value => value !== 0))
        .map(name => `no gradient reaches ${name}`);
    }),
  );
}

function noLeak(subject: Subject<Assigner>): Promise<string[]> {
  return trying(subject, async trial => {
    const views = viewsOf('views');
    const once = () => {
      tf.tidy(() => void assign(trial, views));
      trial.store.commit();
    };
    const problems = leakProblem(await leaked(once), 'an assignment');
    tf.dispose(views);
    return problems;
  });
}

function readBack(subject: Subject<Assigner>): Promise<string[]> {
  return trying(subject, trial => {
    const views = viewsOf('views');
    const problems = readBackProblems(() => assign(trial, views));
    tf.dispose(views);
    return problems;
  });
}

function givesPrototypes(subject: Subject<Assigner>): Promise<string[]> {
  const provided = subject.component.provides?.(subject.options, () => []).includes('prototypes') ?? false;
  return trying(subject, ({ assigner, store }) =>
    tf.tidy(() => {
      const prototypes = assigner.prototypes?.(store.pass('module', true, singleProcess));
      if (!prototypes || !provided)
        return unless(
          [!provided || prototypes !== undefined, 'it provides `prototypes` and gives none'],
          [provided || prototypes === undefined, 'it gives prototypes and does not provide `prototypes`'],
        );
      const [shape, wanted] = [prototypes.shape.join(', '), `${assigner.prototypeCount(WIDTH, BATCH)}, ${WIDTH}`];
      return unless(
        [shape === wanted, `its prototypes are [${shape}]; declared: [${wanted}]`],
        [allFinite(prototypes.dataSync()), 'its prototypes are not finite'],
      );
    }),
  );
}
