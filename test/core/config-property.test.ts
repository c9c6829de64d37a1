import { loadPipeline } from '@carl-ssl/core/host';
import { mergeNodes, type Node, parseYaml, plain } from '@carl-ssl/core/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { dump, load as parse } from 'js-yaml';
import { load, minimal, plugin, problems, samples, withFiles } from './config-support.js';

const complete = readFileSync(join(samples, 'valid', 'complete.yaml'), 'utf8').replace('../plugins/basics.mjs', plugin);
const pristine = Object.getOwnPropertyNames(Object.prototype).sort();

/** Must end in a pipeline or in diagnostics that point into the text, and leave JavaScript's own objects alone. */
async function survives(text: string, set: readonly string[] = []): Promise<void> {
  for (const { file, line, column, code, message, frame } of await problems(text, { set })) {
    expect(code).to.match(/^[A-Z]+(_[A-Z]+)*$/);
    expect(message.length).to.be.above(5);
    const lines = file.startsWith('--') ? 1 : text.split(/\r\n|\r|\n/).length;
    expect(line).to.be.within(1, lines);
    expect(column).to.be.at.least(1);
    if (frame !== '') expect(frame).to.match(/\^/);
  }
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).to.deep.equal(pristine);
  expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
}

const nastyText = fc.constantFrom(
  ...[
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ':',
    ': ',
    '- ',
    '#',
    '&a ',
    '*a',
    '!!js ',
    '\t',
    '\r',
    '|',
    '>',
    '<<: ',
    '? ',
    '%',
    '@',
    '---\n',
  ],
  ...[
    '__proto__: ',
    'constructor: ',
    '\u0000',
    '\u2028',
    '\ufeff',
    '~',
    '.nan',
    '1e999',
    '0x',
    '[[[[',
    '\\',
    ',',
    '\n',
    ' ',
  ],
);

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 12 }),
  insert: fc.oneof(
    nastyText,
    fc.string({ maxLength: 8 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constant(''),
  ),
});

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((result, { at, remove, insert }) => {
    const start = Math.floor(at * result.length);
    return result.slice(0, start) + insert + result.slice(start + remove);
  }, text);
}

/** Puts a value somewhere into plain data; `where` chooses the keys on the way. */
function planted(data: unknown, where: readonly number[], value: unknown): unknown {
  const [first, ...more] = where;
  if (typeof data !== 'object' || data === null || first === undefined) return value;
  const keys = Object.keys(data);
  if (keys.length === 0) return value;
  const key = keys[first % keys.length];
  const inner = planted((data as Record<string, unknown>)[key], more, value);
  if (Array.isArray(data)) return data.with(Number(key), inner);
  return { ...data, [key]: inner };
}

describe('any text', () => {
  it('is loaded or reported after random edits, without any other error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async edits =>
        survives(edited(complete, edits)),
      ),
      { numRuns: 250 },
    );
  });

  it('is loaded or reported with lines in another order', async () => {
    const lines = complete.split('\n');
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(lines), async some => survives(some.join('\n'))),
      { numRuns: 60 },
    );
  });

  it('is loaded or reported with any value at any place', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(NaN, Infinity, -0, 1e300, '__proto__', '', null),
    );
    const where = fc.array(fc.nat(30), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(where, value, async (keys, planting) =>
        survives(dump(planted(parse(complete), keys, planting))),
      ),
      { numRuns: 200 },
    );
  });

  it('is accepted or reported as an argument', async () => {
    const key = fc.constantFrom(
      'seed',
      'objective',
      'trainer',
      'augmenter',
      'steps',
      '0',
      '1',
      '__proto__',
      'use',
      'evaluate',
      '',
    );
    const argument = fc.tuple(fc.array(key, { maxLength: 4 }), fc.oneof(fc.string({ maxLength: 10 }), nastyText));
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { maxLength: 3 }), async sets =>
        survives(
          minimal,
          sets.map(([keys, value]) => `${keys.join('.')}=${value}`),
        ),
      ),
      { numRuns: 200 },
    );
  });
});

/** Options of the sample plugin that can be changed without making a pipeline wrong. */
const changes = fc.record(
  {
    seed: fc.nat(),
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/),
    description: fc.string({ maxLength: 30 }),
    trainer: fc.record(
      { epochs: fc.integer({ min: 1, max: 9 }), batchSize: fc.integer({ min: 2, max: 64 }) },
      { requiredKeys: [] },
    ),
    optimizer: fc.record(
      { learningRate: fc.double({ min: 1e-9, max: 1e9, noNaN: true }), nesterov: fc.boolean() },
      { requiredKeys: [] },
    ),
    objective: fc.record(
      { temperature: fc.double({ min: 0.01, max: 9, noNaN: true }), margin: fc.option(fc.nat(9)) },
      { requiredKeys: [] },
    ),
    augmenter: fc.record(
      { size: fc.integer({ min: 8, max: 512 }), steps: fc.array(fc.constant({ use: 'flip' }), { maxLength: 3 }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** The pipeline of a base, a file that extends it, and arguments. */
async function loaded(base: object, over: object, set: readonly string[] = []): Promise<object> {
  const text = minimal.replace('folder: images', `folder: ${samples}`);
  const files = {
    'm.yaml': text,
    'base.yaml': dump({ extends: 'm.yaml', ...base }),
    'p.yaml': dump({ extends: 'base.yaml', ...over }),
  };
  return withFiles(files, async cwd => (await loadPipeline('p.yaml', { cwd, set })).pipeline);
}

describe('a valid pipeline', () => {
  it('is the same after it was written and read again', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async change => {
        const first = await loaded({}, change);
        const again = await load(dump(first));
        expect(again.pipeline).to.deep.equal(first);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same whether a change is in the file, in a file that extends it, or in arguments', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async change => {
        const inBase = await loaded(change, {});
        const sets = Object.entries(change).flatMap(([key, value]) => setsOf(key, value));
        expect(await loaded({}, change)).to.deep.equal(inBase);
        expect(await loaded({}, {}, sets)).to.deep.equal(inBase);
      }),
      { numRuns: 60 },
    );
  });
});

/** One argument for every single value. */
function setsOf(path: string, value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}=${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => setsOf(`${path}.${key}`, inner));
}

describe('merging', () => {
  const leaf = fc.oneof(fc.nat(9), fc.array(fc.nat(9), { maxLength: 2 }), fc.constantFrom('x', null, true));
  /** Under `a` and `b` are single values, under `m` and `n` mappings, as in files that mean the same by a key. */
  const { mapping } = fc.letrec<{ mapping: object }>(tie => ({
    mapping: fc.record(
      {
        a: leaf,
        b: leaf,
        m: fc.oneof({ maxDepth: 3 }, fc.constant({}), tie('mapping')),
        n: fc.oneof({ maxDepth: 3 }, fc.constant({}), tie('mapping')),
      },
      { requiredKeys: [] },
    ),
  }));
  const node = (value: unknown): Node =>
    parseYaml({ name: 'x', folder: '/', kind: 'file', text: JSON.stringify(value) }).root!;
  const merge = (a: unknown, b: unknown): unknown => plain(mergeNodes(node(a), node(b)));

  it('changes nothing with nothing or with itself', () => {
    fc.assert(
      fc.property(mapping, value => {
        expect(merge(value, {})).to.deep.equal(value);
        expect(merge({}, value)).to.deep.equal(value);
        expect(merge(value, value)).to.deep.equal(value);
      }),
    );
  });

  it('does not depend on how files are grouped', () => {
    fc.assert(
      fc.property(mapping, mapping, mapping, (a, b, c) => {
        expect(merge(merge(a, b), c)).to.deep.equal(merge(a, merge(b, c)));
      }),
    );
  });

  it('keeps everything of the upper file', () => {
    fc.assert(
      fc.property(mapping, mapping, (a, b) => {
        expect(merge(merge(a, b), b)).to.deep.equal(merge(a, b));
      }),
    );
  });

  it('completes a component, also one of another name', () => {
    expect(merge({ use: 'x', k: 1 }, { use: 'y', l: 2 })).to.deep.equal({ use: 'y', k: 1, l: 2 });
    expect(merge({ use: 'x', k: { a: 1, b: 1 } }, { use: 'y', k: { a: 2 } })).to.deep.equal({ use: 'y', k: { a: 2 } });
    expect(merge({ use: 'x', k: { a: 1, b: 1 } }, { use: 'x', k: { a: 2 } })).to.deep.equal({
      use: 'x',
      k: { a: 2, b: 1 },
    });
    expect(merge({ use: 'x', k: 1 }, { use: 'x', l: 2 })).to.deep.equal({ use: 'x', k: 1, l: 2 });
    expect(merge({ use: 'x', k: 1 }, { l: 2 })).to.deep.equal({ use: 'x', k: 1, l: 2 });
    expect(merge({ use: 'x', k: 1 }, 'x')).to.deep.equal({ use: 'x', k: 1 });
    expect(merge({ use: 'x', k: 1 }, 'y')).to.deep.equal({ use: 'y', k: 1 });
    expect(merge({ k: 1 }, { use: 'y' })).to.deep.equal({ k: 1, use: 'y' });
    expect(merge({ use: 'x', k: 1 }, 5)).to.equal(5);
  });
});
