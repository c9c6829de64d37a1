import { CarlError, type Component } from '@carl-ssl/core';
import { loadPlugin, type PluginError } from '@carl-ssl/core/host';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpu } from '../e2e/tiny.js';
import { withFiles } from './config-support.js';

const core = new URL('../../core/dist/index.js', import.meta.url).href;
const tfjs = import.meta.resolve('@tensorflow/tfjs-core');

/** The part that a component of an outside plugin makes, `made` being the source of it. */
async function partOf<T>(slot: string, made: string): Promise<T> {
  const source = `
    import { definePlugin, pixelImages, slots } from '${core}';
    import * as tf from '${tfjs}';
    const options = { type: 'object', properties: {}, additionalProperties: false };
    const create = () => (${made});
    export default definePlugin({ name: 'h', components: [{ slot: slots.${slot}, use: 'bad', description: 'Bad.', options, create }] });`;
  return withFiles({ 'h.mjs': source }, async folder => {
    const { plugin } = await loadPlugin('./h.mjs', folder);
    return (plugin.components[0] as Component).create({}, {}) as T;
  });
}

/** The message of the error that work ends with. */
async function failure(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(CarlError.is(error), String(error)).to.equal(true);
    const { code, text } = error as PluginError;
    expect(code).to.equal('PLUGIN_CONTRACT');
    expect((error as Error).message).to.contain('This is a bug in the plugin `./h.mjs`');
    return text;
  }
  return 'no error';
}

type Part = Readonly<Record<string, (...given: unknown[]) => unknown>>;

describe('a part that an outside plugin made', () => {
  before(onCpu);

  const thrown: readonly (readonly [thrown: string, reason: string])[] = [
    ["'x'", 'x'],
    ['null', 'null'],
    ['undefined', 'undefined'],
    [
      "Object.defineProperty(new Error(), 'message', { get() { throw 1; } })",
      'an object was thrown that has no message',
    ],
    ['new Proxy({}, { get() { throw 2; } })', 'it threw a Proxy'],
  ];
  for (const [value, reason] of thrown)
    it(`names the component where it throws ${value}`, async () => {
      const part = await partOf<Part>('objective', `{ compute() { throw ${value}; } }`);
      expect(await failure(() => part.compute({}, {}))).to.equal(
        `\`compute\` of the objective \`bad\` failed: ${reason}.`,
      );
    });

  it('names the component where it rejects, and errors of its getters', async () => {
    const reader = await partOf<Part>('reader', '{ read: () => Promise.reject(undefined) }');
    expect(await failure(() => reader.read())).to.equal('`read` of the reader `bad` failed: undefined.');
    const encoder = await partOf<Part>('encoder', '{ get featureDim() { throw null; } }');
    expect(await failure(() => encoder.featureDim)).to.equal('`featureDim` of the encoder `bad` failed: null.');
  });

  it('keeps errors for the user and of the system as they are', async () => {
    const missing = await partOf<Part>(
      'reader',
      "{ read: async () => (await import('node:fs')).readFileSync('/gone') }",
    );
    const error: unknown = await Promise.resolve(missing.read()).catch((caught: unknown) => caught);
    expect(error).to.include({ code: 'ENOENT' });
  });

  it('works as it is where it keeps the contract, frozen and with private fields', async () => {
    const made = `Object.freeze(new (class Own { #calls = 0; learningRate = 1; value() { return ++this.#calls; } })())`;
    const part = await partOf<Part>('schedule', made);
    expect([part.value(0), part.value(1), part.learningRate, 'value' in part]).to.deep.equal([1, 2, 1, true]);
    expect(part.value).to.equal(part.value);
    expect(part.constructor.name).to.equal('Own');
  });

  const results: readonly (readonly [
    slot: string,
    method: string,
    source: string,
    given: readonly unknown[],
    text: RegExp,
  ])[] = [
    ['objective', 'compute', 'async () => 1', [{}], /must return its result, not a promise/],
    ['objective', 'compute', '() => undefined', [{}], /must return \{ loss, parts \}/],
    [
      'objective',
      'compute',
      "() => ({ loss: tf.scalar(1, 'int32'), parts: {} })",
      [{}],
      /`loss` .*not int32 of shape \[\]/,
    ],
    ['objective', 'compute', '() => ({ loss: tf.scalar(1), parts: { a: 5 } })', [{}], /`parts\.a` .*not number/],
    ['objective', 'compute', '() => ({ loss: tf.scalar(1), parts: {}, nextState: { q: 1 } })', [{}], /`nextState\.q`/],
    [
      'objective',
      'compute',
      '() => { const loss = tf.scalar(1); loss.dispose(); return { loss, parts: {} }; }',
      [{}],
      /disposed/,
    ],
    ['assigner', 'assign', '() => ({ assigned: [] })', [[{}, {}]], /with 2 entries, one a view/],
    ['schedule', 'value', '() => NaN', [0], /a finite number, not NaN/],
    ['teacher', 'momentum', '() => 2', [0, 1], /from 0 to 1, not 2/],
    ['head', 'outputDim', "() => '8'", [8], /a positive integer, not string/],
    ['encoder', 'cost', "() => [{ stage: 'a', multiplyAdds: -1, activations: NaN }]", [[8, 8, 1]], /of at least 0/],
    [
      'encoder',
      'weights',
      '() => [1, 2].map(() => ({ name: "w", shape: [1], initialize: () => 1 }))',
      [[1]],
      /a name each of its own/,
    ],
    [
      'augmentation',
      'apply',
      'image => ({ ...image, data: [1] })',
      [{ height: 1, width: 1, channels: 1 }],
      /a Float32Array of height/,
    ],
    ['optimizer', 'apply', 'async () => 1', [[], 0.1], /not a promise/],
    ['dataset', 'split', 'async () => 5', ['train'], /must return a set of images/],
    ...[
      ['labels: new Int32Array(2).fill(-1)', /`labels`/],
      ['multiLabels: new Int8Array(2)', /`multiLabels`/],
      ["classes: ['a'], multiLabels: new Int8Array([7, 0])", /`multiLabels`/],
      ["classes: ['a'], multiLabels: new Int8Array(3)", /`multiLabels`/],
      ["classes: ['a'], multiLabels: new Int8Array(2), labels: new Int32Array(2)", /without `labels`/],
      ["classes: 'ab'", /`classes`/],
      ['size: [8]', /`size`/],
      ["leftOut: 'x'", /`leftOut`/],
      ["share: 'x'", /`share` is a method/],
    ].map(
      ([member, text]) =>
        [
          'reader',
          'read',
          `async () => ({ ...pixelImages({ bytes: new Uint8Array(8), size: [2, 2], channels: 1 }), ${member as string} })`,
          [],
          text as RegExp,
        ] as const,
    ),
    ['objective', 'matrices', '() => [{ rows: NaN, columns: 1, count: 1 }]', [{}], /\{ rows, columns, count \}/],
    ['evaluator', 'work', '() => undefined, kind: "features"', [{}], /\{ backendFlops, hostFlops, bytes \}/],
    ['evaluator', 'work', 'async () => ({}), kind: "features"', [{}], /not a promise/],
    ['evaluator', 'work', 'async () => ({ plain: -1 }), kind: "protocol"', [{}], /\{ plain, views, trained, batch \}/],
  ];
  for (const [slot, method, source, given, text] of results)
    it(`is refused for a wrong result of ${method}: ${source}`, async () => {
      const part = await partOf<Part>(slot, `{ ${method}: ${source} }`);
      const found = await failure(() => part[method](...given));
      expect(found).to.match(text);
      expect(found).to.contain(`\`${method}\` of the ${slot} \`bad\` must return`);
    });

  it('is refused for the shape of features, and for tensors that it disposes', async () => {
    const part = await partOf<Part>('encoder', '{ featureDim: 4, forward: x => tf.zeros([x.shape[0], 5]) }');
    const images = tf.zeros([2, 8, 8, 1]);
    expect(await failure(() => part.forward(images, {}))).to.match(/of shape \[2, 4\], not float32 of shape \[2, 5\]/);
    const disposing = await partOf<Part>(
      'encoder',
      '{ featureDim: 4, forward: x => { x.dispose(); return tf.zeros([2, 4]); } }',
    );
    expect(await failure(() => disposing.forward(images, {}))).to.match(/disposes a tensor that it has borrowed/);
  });

  it('is refused for names of metrics that break tables, and an unknown kind of evaluator', async () => {
    const evaluator = (metric: string) =>
      partOf<Part>(
        'evaluator',
        `{ evaluate: async () => [{ split: 'test', value: 1, kind: 'score', metric: ${metric} }] }`,
      );
    for (const metric of ["'a\\nb'", "'a\\x1b[31m'", "'m'.repeat(1e6)", '5'])
      expect(await failure(async () => (await evaluator(metric)).evaluate({})), metric).to.match(/in one line\.$/);
    expect(await failure(async () => (await evaluator("'top1'")).evaluate({}))).to.equal('no error');
    for (const other of ["split: 'other'", "kind: 'rank'", 'description: {}'])
      expect(await failure(async () => (await evaluator(`'m', ${other}`)).evaluate({})), other).to.match(
        /must return a list/,
      );
    const members = await partOf<Part>('evaluator', "{ output: 'logits', baselines: ['none'], work: 5 }");
    for (const member of ['output', 'baselines', 'work'])
      expect(await failure(() => members[member])).to.contain(`\`${member}\` of the evaluator \`bad\` must be a`);
    expect(await failure(async () => (await evaluator("'top1'")).output)).to.equal('no error');
    expect(await failure(async () => (await evaluator("'top1'")).kind)).to.match(/must be a kind, `features` or/);
  });

  it('is refused for missing members, and for a promise in its place', async () => {
    const part = await partOf<Part>('objective', '{ state: () => [] }');
    expect(await failure(() => part.compute)).to.equal('`compute` of the objective `bad` must be a method.');
    const wrong = await partOf<Part>('encoder', "{ featureDim: '4' }");
    expect(await failure(() => wrong.featureDim)).to.equal(
      '`featureDim` of the encoder `bad` must be a positive integer.',
    );
    expect(await failure(() => partOf('objective', 'Promise.reject(5)'))).to.equal(
      '`create` of the objective `bad` must return the component, not a promise.',
    );
  });

  it('has guarded initial values and image sets', async () => {
    const weight = "{ name: 'w', shape: [2], layout: 'plain', trainable: true, initialize: () => new Float32Array(3) }";
    const encoder = await partOf<Part>('encoder', `{ weights: () => [${weight}] }`);
    const [{ initialize }] = encoder.weights([1]) as readonly {
      initialize: (random: unknown, shape: number[]) => unknown;
    }[];
    expect(await failure(() => initialize({}, [2]))).to.equal(
      '`initialize` of `w` in `weights` of the encoder `bad` must return a Float32Array of 2 values.',
    );
    const set = 'pixelImages({ bytes: new Uint8Array(8), size: [2, 2], channels: 1 })';
    const dataset = await partOf<Part>(
      'dataset',
      `{ split: async () => ({ ...${set}, length: 2, channels: 1, fingerprint: () => 5, read: async () => [] }) }`,
    );
    const images = (await dataset.split('train')) as Part;
    const files = await partOf<Part>(
      'reader',
      `{ read: async () => ({ ...${set}, fileName: () => 5, quickFingerprint: async () => 'x' }) }`,
    );
    const named = (await files.read()) as Part;
    expect(await failure(() => named.fileName(0))).to.contain('must return a name as text');
    expect(await failure(() => named.quickFingerprint())).to.contain('must return { sha256, bytes }');
    expect(await failure(() => images.read([0]))).to.equal(
      '`read` of the images of the dataset `bad` must return 1 image.',
    );
  });
});

describe('a plugin that changes objects of the language', () => {
  it('is refused, and the change is undone', async () => {
    const load = (source: string) =>
      failure(() => withFiles({ 'h.mjs': source }, folder => loadPlugin('./h.mjs', folder)));
    const found = await load('Array.prototype.map = () => []; Object.prototype.polluted = 1; export default {};');
    expect(found).to.equal(
      'Loading `./h.mjs` changes Object.prototype.polluted, Array.prototype.map, which all other code uses.',
    );
    expect([[1].map(one => one + 1), 'polluted' in {}]).to.deep.equal([[2], false]);
  });
});
