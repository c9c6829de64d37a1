import { checkPipeline, loadPlugin, PipelineError, PluginError } from '@carl-ssl/core/host';
import { API_VERSION } from '@carl-ssl/core';
import { expect } from 'chai';
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { carl } from '../e2e/cli.js';
import { onCpu, temporaryFolder, tinyPipeline, trainTiny } from '../e2e/tiny.js';
import { load, minimal, problems, withFiles } from './config-support.js';

const url = (path: string) => new URL(`../../${path}`, import.meta.url);
const head = `
import { defineComponent, definePlugin, slots } from '${url('core/dist/index.js').href}';
const options = { type: 'object', properties: {}, additionalProperties: false };
const base = { use: 'watch', description: 'Watches.', options, create: () => ({}) };
const observer = more => definePlugin({ name: 'h', components: [defineComponent(slots.observer, { ...base, ...more })] });
`;

/** Texts of the errors of loading a module. */
async function loading(source: string, limit?: number): Promise<PluginError> {
  return withFiles({ 'h.mjs': head + source }, async folder => {
    const error: unknown = await loadPlugin('./h.mjs', folder, limit).catch((caught: unknown) => caught);
    expect(error, source).to.be.instanceOf(PluginError);
    return error as PluginError;
  });
}

async function packaged(files: Readonly<Record<string, string>>): Promise<PluginError> {
  return withFiles(files, async folder => {
    const error: unknown = await loadPlugin('./p', folder).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(PluginError);
    return error as PluginError;
  });
}

const throwing = '() => { throw new Error("too hot") }';

describe('a plugin that fails at load', () => {
  const sources: readonly (readonly [source: string, text: RegExp])[] = [
    ['throw new Error("no device");', /^Loading `\.\/h\.mjs` failed: no device at h\.mjs:\d+$/],
    ['throw null;', /failed: null$/],
    ['throw Object.create(null);', /failed: an object was thrown that has no message$/],
    ['throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } });', /failed: /],
    ['export default { name: "h", get components() { throw new Error("a getter"); } };', /cannot be read: a getter\.$/],
    ['export default new Proxy({}, { get() { throw new Error("a trap"); } });', /does not export a plugin/],
    ['export default new Proxy({}, { ownKeys() { throw new Error("a trap"); } });', /cannot be read: a trap\.$/],
    [
      'options.properties.self = options; export default observer({});',
      /cannot be read: Converting circular structure/,
    ],
  ];
  for (const [source, text] of sources)
    it(`is named with the reason: ${source}`, async () => {
      const error = await loading(source);
      expect(error.text).to.match(text);
      expect(error.message)
        .to.contain('./h.mjs')
        .and.match(/bug in the plugin|does not export/);
    });

  it('is given up after a time', async () => {
    const { text } = await loading('await new Promise(resolve => setTimeout(resolve, 500));', 50);
    expect(text).to.equal('Loading `./h.mjs` did not finish within 0.05 s.');
    expect((await loading('export function then() {}', 50)).text).to.match(/did not finish within/);
  });

  it('is refused for a package.json that is none, or that leaves the folder', async () => {
    const manifest = (plugin: string) => JSON.stringify({ carl: { api: `^${API_VERSION}`, plugin } });
    expect((await packaged({ 'p/package.json': 'null' })).text).to.match(/`\.\/p` is not a JSON object/);
    expect((await packaged({ 'p/package.json': '{ "carl": null }' })).text).to.match(/not a plugin of this framework/);
    const outside = await packaged({ 'p/package.json': manifest('../other.js'), 'other.js': '' });
    expect(outside.text).to.equal(
      'The package.json of `./p` names the module ../other.js, which is outside of its folder.',
    );
    const folder = await packaged({ 'p/package.json': manifest('./dist'), 'p/dist/index.js': '' });
    expect(folder.text).to.match(/which is not a file/);
  });

  it('is no package where the name is a path, or a text for the shell', async () => {
    for (const name of ['pkg/../../x', 'a; rm -rf b', '$(id)', '@carl-ssl/../x', '-g', '.. ']) {
      const error: unknown = await loadPlugin(name, '/').catch((caught: unknown) => caught);
      expect((error as PluginError).text, name).to.equal(`\`${name}\` is not the name of a package.`);
      expect((error as PluginError).message, name).to.not.contain('npm install');
    }
  });
});

describe('a plugin that is listed by its path', () => {
  const folder = temporaryFolder();

  it('has the name of its package in the lock of a run', async () => {
    await onCpu();
    const { run } = await trainTiny(folder.within('named'), { changes: { trainer: { epochs: 1, batchSize: 32 } } });
    const names = (await run.lock()).plugins.map(({ name }) => name);
    expect(names).to.include.members(['tiny', '@carl-ssl/carl']);
    expect(names.filter(name => name.includes('/tiny'))).to.deep.equal([]);
  });
});

describe('a plugin that fails when it is asked', () => {
  const cases: readonly (readonly [more: string, text: RegExp])[] = [
    [`create: ${throwing}`, /^The observer `watch` cannot be created: too hot$/],
    [`check: ${throwing}`, /^`check` of the observer `watch` failed: too hot at check \(h\.mjs:\d+\)\.$/],
    ['check: () => null', /`check` of the observer `watch` must return a list of .*, not null/],
    [`check: async ${throwing}`, /not a promise/],
    [`refuse: ${throwing}`, /^`refuse` of the observer `watch` failed/],
    [`requires: ${throwing}`, /^`requires` of the observer `watch` failed/],
    ['provides: () => 5', /must return a list of capabilities, not number/],
  ];
  for (const [more, text] of cases)
    it(`is named with its place: ${more}`, async () => {
      const source = `${head} export default observer({ ${more} });`;
      await withFiles({ 'h.mjs': source }, async folder => {
        const pipeline = `${minimal.replace('plugins: [', `plugins: [${folder}/h.mjs, `)}observers: [watch]\n`;
        const [problem] = more.startsWith('check') ? await checked(pipeline) : await problems(pipeline);
        expect(problem).to.include({ code: 'PLUGIN_BROKEN', severity: 'error' });
        expect(problem.message).to.match(text);
        expect(problem.remedy).to.equal(`This is a bug in the plugin \`${folder}/h.mjs\`; its author must fix it.`);
        expect(problem.frame).to.contain('observers: [watch]');
      });
    });
});

/** The errors of the checks of a pipeline. */
async function checked(text: string) {
  const loaded = await load(text);
  try {
    return checkPipeline(loaded, { batchSize: 16 } as Parameters<typeof checkPipeline>[1]);
  } catch (error) {
    if (error instanceof PipelineError) return error.diagnostics;
    throw error;
  }
}

describe('a plugin that would end the process', () => {
  /** Runs a command on a tiny pipeline with the observer of a module. */
  async function running(command: string, source: string) {
    const pipeline = tinyPipeline({ trainer: { epochs: 1, batchSize: 16 }, observers: ['watch'], evaluate: [] });
    const plugins = [...(pipeline.plugins as string[]), './h.mjs'];
    const files = { 'h.mjs': head + source, 'p.yaml': JSON.stringify({ ...pipeline, plugins }) };
    return withFiles(files, cwd => carl([command, 'p.yaml'], { cwd }));
  }

  it('cannot make a command succeed, and is named', async () => {
    const { code, stderr } = await running(
      'validate',
      'setTimeout(() => process.exit(0), 1); await new Promise(() => {});',
    );
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /^PLUGIN_CONTRACT plugin `\.\/h\.mjs`: the plugin called process\.exit\(0\), at .*h\.mjs:\d+/,
    );
  });

  it('is switched off if it is an observer, also by an error that it throws later', async () => {
    const late = 'onStep: () => setTimeout(() => { throw new Error("too late"); }, 1)';
    const { code, stderr } = await running('train', `export default observer({ create: () => ({ ${late} }) });`);
    expect(stderr).to.contain(
      'warning: observer watch is switched off: too late. This is a bug in the plugin `./h.mjs`',
    );
    expect(code).to.equal(0);
  });

  it('is reported while it blocks the thread, and ended by a second signal', async () => {
    const source = `
      import { guardPlugins } from '${url('core/dist/cli/guard-plugins.js').href}';
      import { interruptible } from '${url('core/dist/cli/interruptible.js').href}';
      import { callPlugin, callsInStep } from '${url('core/dist/plugin/plugin-calls.js').href}';
      guardPlugins();
      callsInStep(7);
      await interruptible(async () => callPlugin({ plugin: 'p', place: '\`compute\` of x' }, () => { for (;;); }));`;
    for (const [signal, status] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const { code, stderr } = await withFiles({ 'x.mjs': source }, folder => {
        const env = { ...process.env, CARL_SLOW_CALL_SECONDS: '0.5' };
        const child = spawn(process.execPath, [`${folder}/x.mjs`], { env, stdio: ['ignore', 'ignore', 'pipe'] });
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (/running for|to stop immediately/.test(chunk.toString())) child.kill(signal);
        });
        return new Promise<{ code: unknown; stderr: string }>(resolve =>
          child.on('close', ended => resolve({ code: ended, stderr: text })),
        );
      });
      expect(code).to.equal(status);
      expect(stderr)
        .to.match(/^warning: `compute` of x of the plugin `p` has been running for \d+ s in step 7; press Ctrl-C twice/)
        .and.contain('Press Ctrl-C again to stop immediately.')
        .and.contain('Stopped while `compute` of x of the plugin `p` has been running');
    }
  });

  it('is listed with the others where it cannot be loaded, and the list ends with 2', async () => {
    const { plugins } = tinyPipeline();
    const files = {
      'h.mjs': "throw new Error('\\x1b[2J gone');",
      'p.yaml': JSON.stringify({ ...tinyPipeline(), plugins: ['./h.mjs', ...(plugins as string[])] }),
    };
    const { code, stdout, stderr } = await withFiles(files, cwd => carl(['plugins', 'p.yaml'], { cwd }));
    expect([code, stderr]).to.deep.equal([2, 'not loaded: ./h.mjs\n']);
    expect(stdout).to.contain('not loaded: Loading `./h.mjs` failed: \\x1b[2J gone').and.contain('@carl-ssl/carl');
  });

  it('is ended with a message where it blocks the thread', async () => {
    const source = `
      import { guardPlugins } from '${url('core/dist/cli/guard-plugins.js').href}';
      import { callPlugin, recordOutsidePlugin } from '${url('core/dist/plugin/plugin-calls.js').href}';
      guardPlugins();
      recordOutsidePlugin('stuck', import.meta.filename);
      callPlugin({ plugin: 'quick', place: 'create', limit: 400 }, () => 1);
      callPlugin({ plugin: 'stuck', place: 'create', limit: 400 }, () => { for (;;); });`;
    const ended = await withFiles(
      { 'x.mjs': source },
      folder =>
        new Promise<{ code: unknown; stderr: string }>(resolve =>
          execFile(process.execPath, [`${folder}/x.mjs`], { cwd: fileURLToPath(url('.')) }, (error, _, stderr) =>
            resolve({ code: error?.code, stderr }),
          ),
        ),
    );
    expect(ended.code).to.equal(2);
    expect(ended.stderr).to.match(/^PLUGIN_BROKEN plugin `stuck`: create did not finish within 0.4 s\. .*fix it\.\n$/);
  });
});
