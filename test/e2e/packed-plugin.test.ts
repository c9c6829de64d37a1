import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPacked, ROOT } from './packages.js';
import { temporaryFolder } from './tiny.js';

const PACKED = [
  'cli',
  'core',
  ...['carl', 'heads', 'resnet', 'augment', 'optim', 'evaluate'].map(name => `plugins/${name}`),
];

/** A plugin outside of the repository, from the packed packages, by public commands only. */
describe('a plugin in a folder of its own, with packages from tarballs', () => {
  const folder = temporaryFolder();

  /** Runs the installed command without the settings of the tests. */
  function carl(...args: string[]): {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  } {
    const program = folder.within('node_modules/@carl-ssl/cli/bin/carl.js');
    const env = { ...process.env, CARL_TRUST: '', CARL_CONFIG: folder.within('config'), NO_COLOR: '1' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder.path, env, encoding: 'utf8' }); // prettier-ignore
    return { status, stdout, stderr: stderr.replace(/\n=+\nHi, looks like[^]*?=+\n/, '') };
  }

  before(() => installPacked(folder.path, PACKED));

  it('is written, changed, checked, trained, and compared with CARL', () => {
    expect(carl('plugin', 'new', 'carl-lines', '--reader', '--javascript').status).to.equal(0);
    const created = carl('plugin', 'new', 'carl-mine', '--objective', '--javascript');
    expect([created.status, created.stdout]).to.deep.equal([
      0,
      `The objective \`mine\` is in ${folder.within('carl-mine')}. Next:
  cd ${folder.within('carl-mine')}
  npm install
  npm test
  npm run check
  npx carl train pipeline.yaml
`,
    ]);

    const source = folder.within('carl-mine/src/mine.js');
    const changed = readFileSync(source, 'utf8').replace('default: 2,', 'default: 3,');
    expect(changed).to.contain('default: 3,');
    writeFileSync(source, changed);
    const checked = carl('plugin', 'check', 'carl-mine', '--backend', 'cpu', '--format', 'json');
    // Its pipeline needs the images of Fashion-MNIST, which are not installed here.
    const { broken } = JSON.parse(checked.stdout) as { broken: readonly { subject: string }[] };
    expect(broken.map(({ subject }) => subject)).to.deep.equal(['pipeline.yaml']);

    const lines = readFileSync(folder.within('carl-lines/pipeline.yaml'), 'utf8');
    const pipeline = lines
      .replace('plugins: [.]', 'plugins: [./carl-mine, ./carl-lines]')
      .replaceAll('images/', 'carl-lines/images/')
      .replace(/^objective: .*$/m, 'objective: mine')
      .replace('epochs: 5', 'epochs: 1');
    writeFileSync(folder.within('mine.yaml'), pipeline);
    const compared = carl('compare', 'mine.yaml', '--grid', 'objective=mine,carl', '--seeds', '1', '--backend', 'cpu', '--out', 'runs'); // prettier-ignore
    expect(compared.status, compared.stderr).to.equal(0);
    expect(compared.stdout).to.contain('mine+objective-mine').and.contain('mine+objective-carl');
    expect(compared.stderr).to.not.match(/already registered/);
  });

  it('asks before it runs where it came from elsewhere, and is listed without running', () => {
    cpSync(join(ROOT, 'examples/plugin-scale-noise'), folder.within('scale-noise'), { recursive: true });
    const pipeline = readFileSync(folder.within('mine.yaml'), 'utf8');
    writeFileSync(folder.within('two.yaml'), pipeline.replace('[./carl-mine', '[./scale-noise, ./carl-mine'));
    const refused = carl('validate', 'two.yaml');
    expect(refused.status).to.equal(2);
    expect(refused.stdout).to.match(/PLUGIN_UNTRUSTED `\.\/scale-noise` is a program from outside this project/);
    expect(refused.stdout).to.contain('run the command again with --trust');

    const listed = carl('plugins', 'two.yaml');
    expect(listed.status).to.equal(0);
    expect(listed.stdout).to.match(/\.\/scale-noise 0\.1\.0\n {2}\S+\n {2}not trusted on this machine/);
    expect(listed.stdout).to.match(/\.\/carl-mine 0\.1\.0\n {2}\S+\n {2}objective {2}mine/);
    expect(listed.stdout).to.contain('@carl-ssl/resnet 0.1.0');

    expect(carl('validate', 'two.yaml', '--trust').status).to.equal(0);
    expect(carl('validate', 'two.yaml').status).to.equal(0);
  });

  it('is completed by editors from a schema beside its pipeline', () => {
    expect(carl('schema', 'mine.yaml').status).to.equal(0);
    expect(readFileSync(folder.within('mine.yaml'), 'utf8')).to.match(
      /^# yaml-language-server: \$schema=mine\.schema\.json\n/,
    );
    const { definitions } = JSON.parse(readFileSync(folder.within('mine.schema.json'), 'utf8')) as {
      definitions: Record<string, { properties: Record<string, { default: unknown }> }>;
    };
    expect(definitions['objective.mine'].properties.spreadWeight.default).to.equal(3);
    expect(definitions).to.include.keys('objective.carl');
  });

  it('compiles with the types of the packages: the example with the presence regulariser', () => {
    cpSync(join(ROOT, 'examples/plugin-presence'), folder.within('presence'), { recursive: true });
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc')], { cwd: folder.within('presence') });
    expect(existsSync(folder.within('presence/dist/src/index.d.ts'))).to.equal(true);
  });
});
