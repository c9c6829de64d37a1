import {
  FIRST_PARTY,
  type Catalogue,
  editorSchema,
  loadFirstParty,
  loadPipeline,
  loadPlugins,
  referenceMarkdown,
} from '@carl-ssl/core/host';
import { unionByType, validatorOf } from '@carl-ssl/core/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { load as parse } from 'js-yaml';
import { samples } from './config-support.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Editor {
  compile(schema: unknown): {
    (value: unknown): boolean;
    readonly errors?: readonly { instancePath: string; keyword: string }[];
  };
}
/** The validator that the framework itself depends on. */
const { Ajv } = createRequire(join(root, 'core', 'package.json'))('ajv') as { Ajv: new (options: object) => Editor };

/** Validates as an editor does: without defaults, annotations allowed. */
function editor(catalogue: Catalogue): (value: unknown) => readonly string[] {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(editorSchema(catalogue, FIRST_PARTY));
  return value =>
    validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

describe('the schema for editors', () => {
  it('is the committed one; `npm run schemas` writes it', async () => {
    const committed: unknown = JSON.parse(readFileSync(join(root, 'schemas', 'pipeline.schema.json'), 'utf8'));
    expect(JSON.parse(JSON.stringify(editorSchema(await loadFirstParty(), FIRST_PARTY)))).to.deep.equal(committed);
  });

  it('accepts every valid sample as it is written', async () => {
    const check = editor(await loadPlugins(['./basics.mjs', './packaged'], join(samples, 'plugins')));
    for (const file of readdirSync(join(samples, 'valid')).filter(name => !name.startsWith('real'))) {
      const text = readFileSync(join(samples, 'valid', file), 'utf8').replace('\ufeff', '');
      expect(check(parse(text)), file).to.deep.equal([]);
    }
  });

  it('accepts every pipeline of this project', async () => {
    const check = editor(await loadFirstParty());
    const files = readdirSync(join(root, 'pipelines')).filter(file => file.endsWith('.yaml'));
    expect(files.length).to.be.above(0);
    for (const file of files)
      expect(check(parse(readFileSync(join(root, 'pipelines', file), 'utf8'))), file).to.deep.equal([]);
  });

  it('reports errors at the selected component', async () => {
    const check = editor(await loadPlugins(['./basics.mjs'], join(samples, 'plugins')));
    const base = parse(readFileSync(join(samples, 'base', 'minimal.yaml'), 'utf8')) as object;
    expect(check(base)).to.deep.equal([]);
    expect(check({ ...base, objective: { use: 'pairs', temprature: 1 } })).to.include(
      '/objective additionalProperties',
    );
    expect(check({ ...base, objective: { use: 'pairs', temperature: -1 } })).to.include(
      '/objective/temperature exclusiveMinimum',
    );
    expect(check({ ...base, objective: 'pears' })).to.not.deep.equal([]);
    expect(check({ ...base, assigner: 'prototypes' }), 'no short form: count is required').to.not.deep.equal([]);
    expect(check({ ...base, name: undefined })).to.not.deep.equal([]);
    expect(check({ extends: 'x.yaml' })).to.deep.equal([]);
    expect(check({ ...base, nonsense: 1 })).to.deep.equal([' additionalProperties']);
  });

  it('describes every key and every component', async () => {
    const undescribed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { properties } = value as { properties?: Record<string, { description?: string }> };
      for (const [key, option] of Object.entries(properties ?? {})) {
        if (key !== 'use' && !option.description) undescribed.push(`${path}.${key}`);
      }
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    };
    const schema = editorSchema(await loadFirstParty(), FIRST_PARTY);
    visit(schema, '');
    expect(undescribed).to.deep.equal([]);
    expect(schema.properties?.seed.markdownDescription).to.equal('Seed of all randomness in the run.\n\nDefault: `0`');
  });
});

describe('the reference of components', () => {
  const committed = () => readFileSync(join(root, 'docs', 'reference', 'components.md'), 'utf8');

  it('names methods beside their components', () => {
    for (const [use, method] of [
      ['nt-xent', 'SimCLR'],
      ['info-nce', 'MoCo'],
      ['negative-cosine', 'SimSiam'],
    ])
      expect(committed().split(`### objective \`${use}\``)[1]?.split('###')[0]).to.contain(`Known as ${method}`);
  });

  it('is the committed one; `npm run reference` writes it', async () => {
    expect(referenceMarkdown(await loadFirstParty())).to.equal(committed());
  });

  it('has a section for each component with a row for each option', async () => {
    const text = referenceMarkdown(await loadPlugins(['./basics.mjs'], join(samples, 'plugins')));
    const section = text.split('### objective `clusters`')[1]?.split('###')[0] ?? '';
    expect(section).to.contain('Package: `./basics.mjs`.');
    expect(section).to.contain(
      '| `entropyWeight` | a number, at least 0, or a mapping { from, to, over, curve } | `1` | Weight of the regulariser. |',
    );
    expect(section).to.contain('| `entropyWeight.over` | a number, above 0 and at most 2 | `1` |');
    expect(text.split('### schedule `flat`')[1]).to.contain('No options.');
    expect(text).to.contain('| `count` | a whole number, at least 2 | required | K. |');
  });
});

describe('unions', () => {
  it('become a choice by type, literals an enum', () => {
    expect(unionByType({ anyOf: [{ const: 'a' }, { const: 'b' }], default: 'a' })).to.deep.equal({
      enum: ['a', 'b'],
      default: 'a',
    });
    const {
      if: condition,
      then,
      else: other,
      type,
    } = unionByType({ anyOf: [{ type: 'number', minimum: 1 }, { type: 'null' }] });
    expect({ type, condition, then, other }).to.deep.equal({
      type: ['number', 'null'],
      condition: { type: 'number' },
      then: { type: 'number', minimum: 1 },
      other: { type: 'null' },
    });
  });

  it('stay as they are when alternatives share a type', () => {
    const same = {
      anyOf: [
        { type: 'object', required: ['a'] },
        { type: 'object', required: ['b'] },
      ],
    };
    expect(unionByType(same)).to.deep.equal(same);
    const numbers = { anyOf: [{ type: 'integer' }, { type: 'number' }] };
    expect(unionByType(numbers)).to.deep.equal(numbers);
    const text = { anyOf: [{ const: 'auto' }, { type: 'string' }] };
    expect(unionByType(text)).to.deep.equal(text);
  });
});

describe('a loaded pipeline', () => {
  it('passes the strict schema again, unchanged', async () => {
    const { pipeline, catalogue } = await loadPipeline('valid/complete.yaml', { cwd: samples });
    const copy = structuredClone(pipeline);
    expect(validatorOf(catalogue).validate(copy)).to.deep.equal([]);
    expect(copy).to.deep.equal(pipeline);
  });
});
