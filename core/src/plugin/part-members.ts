/** Members of the parts of each slot, with the form of each; a part may lack those that end with a question mark. */
type Form = 'function' | 'count' | 'texts' | 'views' | 'number' | 'kind' | 'output' | 'baselines' | 'text' | 'layers';

const MEMBERS: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  dataset: { split: 'function' },
  reader: { read: 'function' },
  augmenter: { views: 'views', outputChannels: 'function', augment: 'function', plain: 'function' },
  augmentation: { apply: 'function' },
  encoder: {
    featureDim: 'count',
    minimumSize: 'count',
    weights: 'function',
    forward: 'function',
    cost: 'function',
    'layers?': 'layers',
    'layer?': 'function',
  },
  head: { outputDim: 'function', weights: 'function', forward: 'function', cost: 'function' },
  assigner: { prototypeCount: 'function', weights: 'function', state: 'function', assign: 'function' },
  objective: { compute: 'function', state: 'function', trivial: 'function', 'matrices?': 'function' },
  teacher: { momentum: 'function', update: 'function' },
  optimizer: { learningRate: 'number', slots: 'texts', apply: 'function' },
  schedule: { value: 'function' },
  exporter: { export: 'function', check: 'function' },
  evaluator: {
    kind: 'kind',
    baselines: 'baselines',
    evaluate: 'function',
    'output?': 'output',
    'layer?': 'text',
    'work?': 'function',
  },
};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

const BASELINES: readonly unknown[] = ['untrained', 'pixels'];
const OUTPUTS: readonly unknown[] = ['features', 'embeddings', 'assignments'];

const FORMS: Readonly<Record<Form, (value: unknown) => boolean>> = {
  function: value => typeof value === 'function',
  count: isCount,
  number: Number.isFinite,
  kind: value => value === 'features' || value === 'protocol',
  output: value => OUTPUTS.includes(value),
  baselines: value => Array.isArray(value) && value.every(one => BASELINES.includes(one)),
  text: value => typeof value === 'string',
  layers: value => Array.isArray(value) && value.every(isLayer),
  texts: value => Array.isArray(value) && value.every(one => typeof one === 'string'),
  views: value => Array.isArray(value) && value.length > 0 && value.every(isView),
};

const NAMES: Readonly<Record<Form, string>> = {
  function: 'method',
  count: 'positive integer',
  number: 'finite number',
  kind: 'kind, `features` or `protocol`',
  output: 'kind of output, `features`, `embeddings` or `assignments`',
  baselines: 'list of `untrained` and `pixels`',
  text: 'text',
  layers: 'list of { name, dim }',
  texts: 'list of texts',
  views: 'list of { kind, height, width }',
};

function isView(
  view: { readonly kind?: unknown; readonly height?: unknown; readonly width?: unknown } | null,
): boolean {
  return ['global', 'local'].includes(view?.kind as string) && isCount(view?.height) && isCount(view?.width);
}

function isLayer(layer: { readonly name?: unknown; readonly dim?: unknown } | null): boolean {
  return typeof layer?.name === 'string' && isCount(layer.dim);
}

/** Says which form a member of a part must have, if it does not have it. */
export function memberFault(slot: string, key: string, value: unknown): string | undefined {
  const { [key]: needed, [`${key}?`]: optional } = MEMBERS[slot] ?? {};
  const form = needed ?? (value === undefined ? undefined : optional);
  return form === undefined || FORMS[form](value) ? undefined : `must be a ${NAMES[form]}`;
}
