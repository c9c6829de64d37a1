import { imageRules, setRules } from './image-results.js';
import {
  isFigures,
  isList,
  isObject,
  isTensor,
  tensorFault,
  type ResultRule,
  type TensorLike,
} from './result-forms.js';

/** Initial values of a weight or buffer: one for each entry of its shape. */
export const initialValues: ResultRule = {
  fault: (result, [, shape]) => {
    const count = (shape as readonly number[]).reduce((product, side) => product * side, 1);
    const isRight = result instanceof Float32Array && result.length === count;
    return isRight ? undefined : `must return a Float32Array of ${count} values`;
  },
};

/** Rules by method of the parts of a slot. */
export function resultRules(slot: string): Readonly<Record<string, ResultRule>> {
  return RULES[slot] ?? {};
}

const figure = (form: string, isAllowed: (value: number) => boolean): ResultRule => ({
  fault: result =>
    typeof result === 'number' && isAllowed(result)
      ? undefined
      : `must return ${form}, not ${typeof result === 'number' ? result : typeof result}`,
});

const count = figure('a positive integer', value => Number.isSafeInteger(value) && value > 0);
const fraction = figure('a number from 0 to 1', value => value >= 0 && value <= 1);
const finite = figure('a finite number', Number.isFinite);

const list = (
  form: string,
  isEntry: (one: Readonly<Record<string, unknown>>) => boolean,
  isNamed = false,
): ResultRule => ({
  fault: result => (isList(result, isEntry, isNamed) ? undefined : `must return a list of ${form}`),
});

const isShape = (shape: unknown): boolean =>
  Array.isArray(shape) && shape.every(side => Number.isSafeInteger(side) && Number(side) >= 0);

const specs: ResultRule = {
  ...list(
    '{ name, shape, initialize, trainable, layout } with a name each of its own',
    ({ name, shape, initialize }) => typeof name === 'string' && isShape(shape) && typeof initialize === 'function',
    true,
  ),
  wrap: 'specs',
};

const costs = list(
  '{ stage, shape, multiplyAdds, activations } with numbers of at least 0',
  ({ stage, multiplyAdds, activations }) => typeof stage === 'string' && isFigures(multiplyAdds, activations),
);

const states: ResultRule = {
  ...list(
    '{ name, shape, dtype, initial } with a name each of its own',
    ({ name, shape, dtype }) =>
      typeof name === 'string' && isShape(shape) && ['float32', 'int32'].includes(dtype as string),
    true,
  ),
  wrap: 'specs',
};

const trivial = list(
  '{ name, loss, advice }',
  ({ name, loss, advice }) => [name, advice].every(text => typeof text === 'string') && typeof loss === 'number',
);

/** Features [B, D], B being that of the first argument. */
function rowsFault(result: unknown, [input]: readonly unknown[], width?: unknown): string | undefined {
  const [rows] = isTensor(input) ? input.shape : [];
  return disposedFault([input]) ?? tensorFault('a tensor', result, [rows, width as number | undefined]);
}

/** Features [B, dim] of a layer by its name, the first argument. */
function layerFault(
  result: unknown,
  [name, images]: readonly unknown[],
  { layers = [] }: { readonly layers?: readonly { readonly name: string; readonly dim: number }[] },
): string | undefined {
  return rowsFault(result, [images], layers.find(layer => layer.name === name)?.dim);
}

/** Tensors that a part got are borrowed. */
function disposedFault(given: readonly unknown[]): string | undefined {
  const isGone = given.some(one => isTensor(one) && one.isDisposed);
  return isGone ? 'disposes a tensor that it has borrowed' : undefined;
}

const state = (result: unknown): string | undefined => {
  if (result === undefined) return undefined;
  if (!isObject(result)) return 'must return `nextState` as an object of tensors';
  const [bad] = Object.entries(result).filter(([, one]) => !isTensor(one) || one.isDisposed);
  return bad && `must return \`nextState.${bad[0]}\` as a tensor`;
};

function computed(result: unknown, [inputs]: readonly unknown[]): string | undefined {
  if (!isObject(result) || !isObject(result.parts)) return 'must return { loss, parts }';
  const parts = Object.entries(result.parts).map(([name, one]) =>
    tensorFault(`\`parts.${name}\` as a tensor`, one, []),
  );
  const { outputs = [], targets = [] } = inputs as Readonly<Record<string, readonly TensorLike[] | undefined>>;
  const faults = [tensorFault('`loss` as a tensor', result.loss, []), ...parts, state(result.nextState)];
  return disposedFault([...outputs, ...targets]) ?? faults.find(fault => fault !== undefined);
}

function assigned(result: unknown, [views]: readonly unknown[]): string | undefined {
  const inputs = views as readonly TensorLike[];
  if (!isObject(result) || !Array.isArray(result.assigned) || result.assigned.length !== inputs.length)
    return `must return { assigned } with ${inputs.length} entries, one a view`;
  const faults = result.assigned.map((one: { readonly logits?: unknown; readonly code?: unknown } | null, i) => {
    const shape = [inputs[i].shape[0], undefined];
    const code = one?.code === undefined ? undefined : tensorFault('`code` as a tensor', one.code, shape);
    return tensorFault('`logits` as a tensor', one?.logits, shape) ?? code;
  });
  return disposedFault(inputs) ?? [...faults, state(result.nextState)].find(fault => fault !== undefined);
}

const SPLITS: readonly unknown[] = ['train', 'validation', 'test'];
const KINDS: readonly unknown[] = ['accuracy', 'score', 'setting'];

/** Names of metrics stand in tables: one line, of at most 100 characters. */
const results = list(
  '{ metric, split, value, kind } with the kind `accuracy`, `score` or `setting`, a description, if any, as text, and names of splits and of metrics, the latter of at most 100 characters in one line',
  ({ metric, split, value, kind, description }) =>
    typeof metric === 'string' &&
    /^[^\p{Cc}]{1,100}$/u.test(metric) &&
    SPLITS.includes(split) &&
    KINDS.includes(kind) &&
    ['string', 'undefined'].includes(typeof description) &&
    typeof value === 'number',
);

/** The work of a protocol in images, and that of an evaluator of features in operations and bytes. */
const WORK = {
  protocol: ['plain', 'views', 'trained', 'batch'],
  features: ['backendFlops', 'hostFlops', 'bytes'],
} as const;

const work: ResultRule = {
  isAsync: ({ kind }) => kind === 'protocol',
  fault: (result, _, { kind }) => {
    const names = WORK[kind as keyof typeof WORK];
    const isWork = isObject(result) && isFigures(...names.map(name => result[name]));
    return isWork ? undefined : `must return { ${names.join(', ')} } with numbers of at least 0`;
  },
};

const matrices = list('{ rows, columns, count } with numbers of at least 0', ({ rows, columns, count }) =>
  isFigures(rows, columns, count),
);

const nothing: ResultRule = { fault: () => undefined };

const RULES: Readonly<Record<string, Readonly<Record<string, ResultRule>>>> = {
  ...imageRules,
  images: setRules,
  encoder: {
    weights: specs,
    cost: costs,
    forward: { fault: (result, given, { featureDim }) => rowsFault(result, given, featureDim) },
    layer: { fault: layerFault },
    tokens: {
      fault: (result, given, { featureDim }) =>
        isObject(result) ? rowsFault(result.feature, given, featureDim) : 'must return { feature, patches, grid }',
    },
  },
  head: {
    weights: specs,
    cost: costs,
    outputDim: count,
    forward: { fault: (result, given) => rowsFault(result, given) },
  },
  assigner: { weights: specs, state: states, prototypeCount: count, assign: { fault: assigned } },
  objective: { state: states, trivial, matrices, compute: { fault: computed } },
  teacher: { momentum: fraction, update: nothing },
  optimizer: { apply: nothing },
  schedule: { value: finite },
  evaluator: { evaluate: { ...results, isAsync: true }, work },
};
