import { type Component, definePlugin } from '@carl-ssl/core';
import { type Clause, contractOf, describePlugin, type Example, keep } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { brokenEvaluators } from './broken-evaluators.js';
import { brokenObservers } from './broken-observers.js';
import { fileURLToPath } from 'node:url';
import { brokenParts } from './broken-parts.js';
import { brokenSurroundings } from './broken-surroundings.js';
import { brokenWorkers } from './broken-workers.js';
import { disposeKept } from './fault.js';
import { sound } from './sound.js';

const broken = [...brokenParts, ...brokenSurroundings, ...brokenObservers, ...brokenWorkers, ...brokenEvaluators];
const features = { shape: [4, 2], data: Float32Array.of(0.5, -1, 2, 3, 0.25, 1, 4, 8) };
const examples: Record<string, readonly Example[]> = {
  'metric sound': [{ inputs: { features } }],
  'reader sound': [{ options: { file: fileURLToPath(import.meta.url) } }],
};
const clauses = (component: Component): readonly Clause[] =>
  contractOf(definePlugin({ name: 'tried', components: [component] }), { examples });

async function failing(component: Component): Promise<string[]> {
  const found: string[] = [];
  for (const { rule, check } of clauses(component)) {
    const problems = await check().catch((error: unknown) => [String(error)]);
    if (problems.length > 0) found.push(rule);
  }
  disposeKept();
  return found;
}

describe('the contract kit', () => {
  before(() => tf.setBackend('cpu'));

  for (const component of sound) {
    it(`reports nothing for a correct ${component.slot.name}`, async () => {
      expect(await failing(component)).to.deep.equal([]);
    });
  }

  for (const [index, { rule, component }] of [...brokenParts, ...brokenSurroundings].entries()) {
    it(`${index} reports a broken ${component.slot.name}: "${rule}"`, async () => {
      expect(await failing(component)).to.include(rule);
    });
  }

  for (const [index, { rule, component }] of brokenWorkers.entries()) {
    it(`${index} reports a broken ${component.slot.name} that is correct on one worker and wrong on two, and reports nothing else`, async () => {
      expect(await failing(component)).to.deep.equal([rule]);
    });

    it(`${index} allows it if the ${component.slot.name} provides per-worker`, async () => {
      const declared = { ...component, provides: () => ['per-worker' as const] };
      const found = clauses(declared).find(clause => clause.rule === rule)!;
      expect(await found.check()).to.deep.equal([]);
    });
  }

  it('has no rule without a broken example', () => {
    const rules = sound.flatMap(component => clauses(component).map(({ rule }) => `${component.slot.name}: ${rule}`));
    const anySlot = clauses(sound[9])
      .slice(0, 6)
      .map(({ rule }) => rule);
    const tested = new Set(broken.map(({ rule, component }) => `${component.slot.name}: ${rule}`));
    const untested = rules.filter(rule => !tested.has(rule) && !anySlot.some(name => rule.endsWith(`: ${name}`)));
    expect(untested).to.deep.equal([]);
    expect(anySlot.filter(name => !tested.has(`schedule: ${name}`))).to.deep.equal([]);
  });
});

describe('a plugin that is described', () => {
  it('gives one test for each rule, and the problems as the error', async () => {
    const tests = new Map<string, () => Promise<void>>();
    const runner = {
      describe: (_name: string, body: () => void) => body(),
      it: (name: string, body: () => Promise<void>) => tests.set(name, body),
    };
    const [{ rule, component }] = broken;
    describePlugin(definePlugin({ name: 'broken', components: [component] }), runner);
    expect(tests.size).to.equal(clauses(component).length);
    const error = await tests.get(rule)!().catch((reason: unknown) => reason as Error);
    expect(error).to.have.property('code', 'PLUGIN_CONTRACT');
    expect((error as Error).message).to.contain(
      `schedule sound does not keep the rule "${rule}":\n  1 of its option objects`,
    );
  });

  it('is refused if it is not a plugin', () => {
    const component = { ...sound[0], use: 'Not Kebab' };
    expect(() => contractOf(definePlugin({ name: 'broken', components: [component as never] }))).to.throw(
      'component 0 has no kebab-case `use`',
    );
  });

  it('says which example a component with required options needs', async () => {
    const { default: heads } = await import('@carl-ssl/heads');
    const [clause] = contractOf(heads);
    const error = await keep(clause).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).to.contain(
      "head mlp-head cannot be made from its defaults, it needs layers: give examples['head mlp-head']",
    );
  });

  it('says that a metric needs inputs', async () => {
    const metric = sound.find(({ slot }) => slot.name === 'metric')!;
    const clause = contractOf(definePlugin({ name: 'tried', components: [metric] })).find(
      ({ rule }) => rule === 'is finite',
    )!;
    expect(await clause.check()).to.deep.equal([
      "it cannot be tried without inputs: give examples['metric sound'] = [{ inputs: { ... } }]",
    ]);
  });
});
