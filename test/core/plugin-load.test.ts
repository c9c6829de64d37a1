import { API_VERSION, CarlError } from '@carl-ssl/core';
import { FIRST_PARTY, loadFirstParty, loadPlugins, PluginError } from '@carl-ssl/core/host';
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import resnet from '@carl-ssl/resnet';
import { samples, withFiles } from './config-support.js';

const plugins = join(samples, 'plugins');

async function failure(names: readonly string[], folder = plugins): Promise<PluginError> {
  const error: unknown = await loadPlugins(names, folder).catch((caught: unknown) => caught);
  expect(error).to.be.instanceOf(PluginError);
  return error as PluginError;
}

describe('loading plugins', () => {
  it('finds files, folders with a package.json, and packages from anywhere', async () => {
    const catalogue = await loadPlugins(['./basics.mjs', './packaged', '@carl-ssl/resnet'], plugins);
    expect(catalogue.plugins.map(({ name }) => name)).to.deep.equal([
      '@carl-ssl/core',
      './basics.mjs',
      './packaged',
      '@carl-ssl/resnet',
    ]);
    expect(catalogue.get('encoder', 'small-net')?.use).to.equal('small-net');
    expect(catalogue.get('head', 'small-net')).to.equal(undefined);
    expect((await loadPlugins(['@carl-ssl/carl'], tmpdir())).get('objective', 'carl')?.use).to.equal('carl');
  });

  // With two copies of the core, each has its own kernels and its own errors: mocha must import test files, not require them.
  it('gives tests the copy of a plugin that they import', async () => {
    const catalogue = await loadPlugins(['@carl-ssl/resnet'], plugins);
    expect(catalogue.get('encoder', 'resnet')).to.equal(resnet.components.find(({ use }) => use === 'resnet'));
  });

  it('notices a change in any file of a plugin', async () => {
    const core = new URL('../../core/dist/index.js', import.meta.url).href;
    const manifest = JSON.stringify({ carl: { api: `^${API_VERSION}`, plugin: './dist/index.js' } });
    const index = `import { definePlugin } from '${core}';\nimport './inner.js';\nexport default definePlugin({ name: 'x', components: [] });`;
    const integrity = async (inner: string) =>
      withFiles({ 'p/package.json': manifest, 'p/dist/index.js': index, 'p/dist/inner.js': inner }, async cwd => {
        const { plugins } = await loadPlugins(['./p'], cwd);
        return plugins[1].integrity();
      });
    const first = await integrity('export const a = 1;');
    expect(await integrity('export const a = 1;')).to.equal(first);
    expect(await integrity('export const a = 2;')).to.not.equal(first);
  });

  it('records version, place and the integrity of the program', async () => {
    const [, packaged] = (await loadPlugins(['./packaged'], plugins)).plugins;
    const entry = readFileSync(join(plugins, 'packaged', 'index.js'));
    expect(packaged).to.deep.include({
      name: './packaged',
      version: '1.2.3',
      path: realpathSync(join(plugins, 'packaged')),
    });
    const program = createHash('sha256').update(`index.js ${entry.length}\n`).update(entry);
    expect(await packaged?.integrity()).to.equal(`sha256-${program.digest('base64')}`);
  });

  it('lists components of a slot by name, and gives the plugin of each', async () => {
    const catalogue = await loadPlugins(['./basics.mjs', './packaged'], plugins);
    expect(catalogue.list('objective').map(({ use }) => use)).to.deep.equal([
      'clusters',
      'follower',
      'pairs',
      'weighted-sum',
    ]);
    const owners = catalogue.list('observer').map(one => [one.use, catalogue.owner(one)?.name]);
    expect(owners).to.deep.include(['csv', '@carl-ssl/core']);
    expect(owners.map(([, owner]) => owner)).to.include('./packaged');
  });

  it('prefers a package installed beside the pipeline to the one of the framework', async () => {
    const manifest = JSON.stringify({
      name: '@carl-ssl/carl',
      version: '7.7.7',
      type: 'module',
      carl: { api: `^${API_VERSION}`, plugin: 'own.js' },
    });
    const files = {
      'node_modules/@carl-ssl/carl/package.json': manifest,
      'node_modules/@carl-ssl/carl/own.js': 'export default { name: "own", components: [] };',
    };
    await withFiles(files, async folder => {
      const [, own] = (await loadPlugins(['@carl-ssl/carl'], folder)).plugins;
      expect(own?.version).to.equal('7.7.7');
    });
  });

  it('reports missing plugins as errors of the user and broken plugins as errors of the author', async () => {
    expect((await failure(['./nowhere.mjs'])).code).to.equal('INPUT_PLUGIN');
    expect((await failure(['no-such-package'])).code).to.equal('INPUT_PLUGIN');
    expect((await failure(['./open-options.mjs'])).code).to.equal('PLUGIN_CONTRACT');
    expect((await failure(['./open-options.mjs'])).exitCode).to.equal(1);
    expect(CarlError.is(await failure(['./throws.mjs']))).to.equal(true);
  });

  it('says what is wrong with each', async () => {
    const table: readonly (readonly [name: string, problem: string, text: RegExp])[] = [
      ['./old-api', 'PLUGIN_API', /written for API \^2\.0\.0; this is API 0\.1\.0/],
      ['./no-manifest-field', 'PLUGIN_NOT_A_PLUGIN', /not a plugin of this framework/],
      ['./not-built', 'PLUGIN_NOT_FOUND', /not built: it has no \.\/lib\/index\.js/],
      ['./throws.mjs', 'PLUGIN_LOAD', /no such device/],
      ['./no-default.mjs', 'PLUGIN_NOT_A_PLUGIN', /does not export a plugin/],
      ['./source.ts', 'PLUGIN_NOT_A_PLUGIN', /not a JavaScript module/],
      ['./basic.mjs', 'PLUGIN_NOT_FOUND', /no file or folder/],
    ];
    for (const [name, problem, text] of table) {
      const error = await failure([name]);
      expect(error.problem, name).to.equal(problem);
      expect(error.text, name).to.match(text);
    }
    expect((await failure(['./basic.mjs'])).remedy).to.equal('Did you mean `./basics.mjs`?');
  });

  it('refuses two plugins with one name for one slot', async () => {
    const error = await failure(['./basics.mjs', './clashing.mjs']);
    expect(error.problem).to.equal('PLUGIN_CLASH');
    expect(error.text).to.equal(
      '`./basics.mjs` and `./clashing.mjs` both have the encoder `small-net`; a pipeline can list one of them.',
    );
  });
});

describe('the plugin contract', () => {
  const component = (more: string) =>
    `import { slots } from '@carl-ssl/core';
     const good = { slot: slots.schedule, use: 'good', description: 'Good.', create: () => ({}),
       options: { type: 'object', properties: {}, additionalProperties: false } };
     export default { name: 'x', components: [${more}] };`;
  const refused = async (more: string): Promise<string> => {
    const source = component(more).replace('@carl-ssl/core', new URL('../../core/dist/index.js', import.meta.url).href);
    return withFiles({ 'x.mjs': source }, async folder => (await failure(['./x.mjs'], folder)).text);
  };

  it('accepts a correct component', async () => {
    const source = component('good').replace(
      '@carl-ssl/core',
      new URL('../../core/dist/index.js', import.meta.url).href,
    );
    const catalogue = await withFiles({ 'x.mjs': source }, folder => loadPlugins(['./x.mjs'], folder));
    expect(catalogue.get('schedule', 'good')?.description).to.equal('Good.');
  });

  it('refuses everything else, naming the component', async () => {
    expect(await refused('null')).to.contain('component 0 has no kebab-case `use`');
    expect(await refused("{ ...good, use: 'snake_case' }")).to.contain('component 0 has no kebab-case `use`');
    expect(await refused("{ ...good, slot: { name: 'toString' } }")).to.contain('`good` is for no known slot');
    expect(await refused('{ ...good, options: undefined }')).to.contain('schedule `good` has no options schema');
    expect(await refused("{ ...good, options: { type: 'string' } }")).to.contain('not an object schema');
    expect(await refused('{ ...good, create: undefined }')).to.contain('schedule `good` has no `create`');
    expect(await refused('{ ...good, description: undefined }')).to.contain('schedule `good` has no description');
    expect(await refused('{ ...good, options: { ...good.options, properties: { use: {} } } }')).to.contain(
      'an option called `use`',
    );
    const nested = "{ ...good, options: { ...good.options, properties: { inner: { 'x-slot': 'nowhere' } } } }";
    expect(await refused(nested)).to.contain('unknown slot `nowhere`');
    expect(await refused('good, good')).to.contain('has schedule `good` twice');
  });
});

describe('the plugins of this project', () => {
  it('all load, without clashes, and describe every component', async () => {
    const catalogue = await loadFirstParty();
    const names = catalogue.plugins.map(({ name }) => name);
    expect(names).to.include.members([...FIRST_PARTY]);
    const components = catalogue.slots.flatMap(({ name }) => catalogue.list(name));
    expect(components.length).to.be.above(30);
    for (const { use, description } of components) expect(description, use).to.match(/\.$/);
  });
});
