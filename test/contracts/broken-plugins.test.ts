import { API_VERSION } from '@carl-ssl/core';
import { loadPlugin, PluginError } from '@carl-ssl/core/host';
import { type BrokenRule, checkLoaded } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { withFiles } from '../core/config-support.js';
import { carl } from '../e2e/cli.js';

const url = (path: string) => new URL(`../../${path}`, import.meta.url).href;
const head = `
import { defineComponent, definePlugin, linear, slots } from '${url('core/dist/index.js')}';
import * as tf from '${import.meta.resolve('@tensorflow/tfjs-core')}';
const closed = { type: 'object', properties: {}, additionalProperties: false };
const base = { use: 'mine', description: 'Mine.', options: closed };
const plugin = component => definePlugin({ name: 'mine', components: [component] });
const distance = (a, b) => tf.mean(tf.sum(tf.square(tf.sub(a, b)), 1));
/** An objective that keeps the contract but for the changes. */
const objective = (compute, more) => plugin(defineComponent(slots.objective, { ...base, ...more,
  create: () => ({ state: () => [], trivial: () => [{ name: 'same', loss: 0, advice: 'None.' }], compute }) }));
`;

/** Checks a plugin of one module; returns the rules that it breaks. */
function check(source: string): Promise<readonly BrokenRule[]> {
  return withFiles({ 'h.mjs': head + source }, async folder => {
    const { broken } = await checkLoaded(await loadPlugin('./h.mjs', folder), { backends: ['cpu'] });
    return broken;
  });
}

/** Checks what `carl plugin check` reports where a plugin is not loaded. */
async function refused(files: Readonly<Record<string, string>>, limit?: number): Promise<PluginError> {
  return withFiles(files, async folder => {
    const name = files['h.mjs'] === undefined ? './p' : './h.mjs';
    const error: unknown = await loadPlugin(name, folder, limit).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(PluginError);
    return error as PluginError;
  });
}

describe('carl plugin check', () => {
  before(() => tf.setBackend('cpu'));

  it('reports nothing for a correct plugin', async () => {
    const correct = 'export default objective(({ outputs: [a, b] }) => ({ loss: distance(a, b), parts: {} }));';
    expect(await check(correct)).to.deep.equal([]);
  });

  it('refuses a plugin that throws at load, with the place', async () => {
    const { problem, text } = await refused({ 'h.mjs': 'throw new Error("no device");' });
    expect([problem, text]).to.deep.equal(['PLUGIN_LOAD', 'Loading `./h.mjs` failed: no device at h.mjs:1']);
  });

  it('refuses a plugin that hangs at load', async () => {
    const { text } = await refused({ 'h.mjs': 'await new Promise(done => setTimeout(done, 500));' }, 50);
    expect(text).to.equal('Loading `./h.mjs` did not finish within 0.05 s.');
  });

  it('refuses a plugin that ends the process', async () => {
    const { code, stderr } = await withFiles({ 'h.mjs': 'process.exit(0);' }, cwd =>
      carl(['plugin', 'check', 'h.mjs'], { cwd }),
    );
    expect(code).to.equal(2);
    expect(stderr).to.match(
      /^INPUT_PLUGIN Loading `\.\/h\.mjs` failed: the plugin called process\.exit\(0\) at h\.mjs:1/,
    );
  });

  it('refuses a plugin for another API before its code runs', async () => {
    const manifest = JSON.stringify({ carl: { api: '^9.0.0', plugin: './own.js' } });
    const { problem, text } = await refused({ 'p/package.json': manifest, 'p/own.js': 'throw new Error("it ran");' });
    expect([problem, text]).to.deep.equal([
      'PLUGIN_API',
      `\`./p\` is written for API ^9.0.0; this is API ${API_VERSION}.`,
    ]);
  });

  it('refuses an open schema', async () => {
    const open = "export default objective(() => 0, { options: { type: 'object', properties: {} } });";
    const { problem, text } = await refused({ 'h.mjs': head + open });
    expect(problem).to.equal('PLUGIN_BROKEN');
    expect(text).to.match(/additionalProperties/);
  });

  it('refuses another copy of the framework before its code runs', async () => {
    const copy = JSON.stringify({ name: '@carl-ssl/core', version: '0.1.0' });
    const files = { 'h.mjs': 'throw new Error("it ran");', 'node_modules/@carl-ssl/core/package.json': copy };
    const { problem, text } = await refused(files);
    expect(problem).to.equal('PLUGIN_COPY');
    expect(text).to.match(
      /^`\.\/h\.mjs` would load another copy of @carl-ssl\/core, .*node_modules\/@carl-ssl\/core; this/,
    );
  });

  const own = 'export default';
  const cases: readonly (readonly [fault: string, source: string, rule: string, problem: RegExp])[] = [
    [
      'leaks',
      `${own} objective(({ outputs: [a, b] }) => { tf.keep(tf.scalar(1)); return { loss: distance(a, b), parts: {} }; });`,
      'leaves no tensor behind and none of its arguments changed',
      /^the loss leaves 1 tensor behind$/,
    ],
    [
      'has a wrong gradient',
      `const wrong = tf.customGrad(x => ({ value: tf.clone(x), gradFunc: dy => tf.mul(dy, 2) }));
       ${own} objective(({ outputs: [a, b] }) => ({ loss: wrong(distance(a, b)), parts: {} }));`,
      'has a gradient that agrees with finite differences',
      /differences/,
    ],
    [
      'has the name of another',
      `${own} objective(({ outputs: [a, b] }) => ({ loss: distance(a, b), parts: {} }), { use: 'carl' });`,
      'has a name of its own',
      /^`@carl-ssl\/carl` has the objective `carl`, too; choose another name$/,
    ],
    [
      'draws random numbers of its own',
      `${own} objective(({ outputs: [a, b] }) => ({ loss: tf.mul(distance(a, b), 1 + Math.random()), parts: {} }));`,
      'gives the same bits for the same views',
      /./,
    ],
    [
      'reads a tensor synchronously',
      `${own} objective(({ outputs: [a, b] }) => { a.dataSync(); return { loss: distance(a, b), parts: {} }; });`,
      'reads no tensor back to the host',
      /dataSync/,
    ],
    [
      'is another on two workers',
      `${own} objective(({ outputs: [a, b] }) => ({ loss: tf.sum(tf.square(tf.sub(tf.mean(a, 0), tf.mean(b, 0)))), parts: {} }));`,
      'workers',
      /./,
    ],
    [
      'takes any value for an option',
      `${own} objective(({ outputs: [a, b] }) => ({ loss: distance(a, b), parts: {} }),
        { options: { ...closed, properties: { x: { description: 'Any.', default: 1 } } } });`,
      'refuses values of another type for every option',
      /^option x takes any value; give its schema a type$/,
    ],
    [
      'has a wrong shape',
      `${own} plugin(defineComponent(slots.encoder, { ...base, create: () => {
        const fc = linear('fc', { inputs: 3, outputs: 5, bias: true });
        return { featureDim: 4, minimumSize: 1, weights: () => fc.weights,
          forward: (images, pass) => fc.forward(tf.mean(images, [1, 2]), pass),
          cost: () => [{ stage: 'fc', shape: [4], multiplyAdds: 12, activations: 4 }] };
      } }));`,
      'gives one row of the declared width for each input',
      /\[1, 5\]/,
    ],
  ];
  for (const [fault, source, rule, problem] of cases)
    it(`reports a plugin that ${fault}`, async () => {
      const broken = await check(source);
      const found = broken.find(one => one.rule.includes(rule));
      expect(found, JSON.stringify(broken, undefined, 1)).to.not.equal(undefined);
      expect(found!.problems.join('\n')).to.match(problem);
    });
});
