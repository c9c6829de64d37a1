import type { Diagnostic } from '@carl-ssl/core/host';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { withSchemaLine } from '@carl-ssl/core/testing';
import { samples, withFiles } from './config-support.js';

const bin = fileURLToPath(new URL('../../core/bin/carl.js', import.meta.url));

function carl(...args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, [bin, ...args], {
    cwd: samples,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}

describe('carl validate', () => {
  it('ends with 0 and a line for a pipeline without errors', () => {
    const { status, stdout, stderr } = carl('validate', 'valid/complete.yaml');
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: '', stderr: '1 pipeline: no errors\n' });
  });

  it('checks all files and ends with 2', () => {
    const { status, stdout, stderr } = carl(
      'validate',
      'invalid/number-range.yaml',
      'valid/minimal.yaml',
      'invalid/component-unknown.yaml',
    );
    expect(status).to.equal(2);
    expect(stdout).to.contain(readFileSync(join(samples, 'invalid/number-range.txt'), 'utf8').trimEnd());
    expect(stdout).to.contain('COMPONENT_UNKNOWN');
    expect(stderr).to.equal('\n3 pipelines: 6 errors, 0 warnings\n');
  });

  it('writes JSON, and takes changes', () => {
    const { status, stdout } = carl('validate', 'valid/complete.yaml', '--set', 'trainer.epochs=0', '--format', 'json');
    expect(status).to.equal(2);
    const [first] = JSON.parse(stdout) as readonly Diagnostic[];
    expect(first).to.deep.include({ file: '--set', code: 'NUMBER_RANGE', path: 'trainer.epochs' });
    expect(carl('validate', 'valid/complete.yaml', '--format', 'json').stdout).to.equal('[]\n');
  });
});

describe('carl explain', () => {
  it('shows one key', () => {
    const { status, stdout } = carl('explain', 'valid/complete.yaml', 'teacher.momentum');
    expect(status).to.equal(0);
    expect(stdout.split('\n')).to.deep.equal([
      'key      teacher.momentum',
      'value    0.9',
      'from     valid/complete.yaml:22:36',
      'means    Share that is kept.',
      'takes    a number, from 0 to 1',
      'default  0.99',
      '',
    ]);
  });

  it('shows all keys with where they come from', () => {
    const { stdout } = carl('explain', 'valid/minimal.yaml', '--seed', '5');
    expect(stdout).to.match(/^seed +5 +--seed$/m);
    expect(stdout).to.match(/^optimizer\.learningRate +0\.1 +base\/minimal\.yaml:8:42$/m);
    expect(stdout).to.match(/^trainer\.batchSize +256 +default$/m);
    expect(stdout).to.match(/^head +not set$/m);
  });

  it('ends with 2 for a key that does not exist', () => {
    const { status, stderr } = carl('explain', 'valid/minimal.yaml', 'optimiser');
    expect(status).to.equal(2);
    expect(stderr).to.contain('Did you mean `optimizer`?');
  });
});

describe('carl plugins', () => {
  it('lists what a pipeline names and why one does not load', () => {
    const { status, stdout } = carl('plugins', 'invalid/plugin-failed-and-more.yaml');
    expect(status).to.equal(2);
    expect(stdout).to.contain('../plugins/basics.mjs local\n');
    expect(stdout).to.match(/^ {2}objective +clusters, pairs, follower$/m);
    expect(stdout).to.contain('../plugins/nope.mjs\n  not loaded: There is no file or folder');
  });

  it('lists those that come with the framework as JSON', () => {
    const all = JSON.parse(carl('plugins', '--format', 'json').stdout) as readonly {
      name: string;
      components: object;
    }[];
    expect(all.find(({ name }) => name === '@carl-ssl/carl')?.components).to.have.property('objective');
  });
});

describe('carl schema', () => {
  it('writes the schema of the plugins a pipeline lists, and their reference', async () => {
    await withFiles({}, async folder => {
      expect(carl('schema', 'valid/minimal.yaml', '--out', join(folder, 'new', 's.json')).status).to.equal(0);
      const schema = JSON.parse(readFileSync(join(folder, 'new', 's.json'), 'utf8')) as { definitions: object };
      expect(schema.definitions).to.include.keys('objective', 'objective.pairs');
      expect(schema.definitions).to.include.keys('objective.carl');
    });
    expect(carl('schema', 'valid/minimal.yaml', '--format', 'markdown').stdout).to.contain('### objective `pairs`');
    expect(carl('schema', '--format', 'html').status).to.equal(2);
  });

  it('names the schema in the first line of the pipeline, in place of an earlier one', () => {
    const line = '# yaml-language-server: $schema=my.schema.json';
    expect(withSchemaLine('name: a\n', 'my.schema.json')).to.equal(`${line}\nname: a\n`);
    expect(withSchemaLine('\uFEFFname: a\r\n', 'my.schema.json')).to.equal(`\uFEFF${line}\r\nname: a\r\n`);
    expect(withSchemaLine('# A.\n#yaml-language-server: $schema=x\na: 1\n', 'my.schema.json')).to.equal(
      `# A.\n${line}\na: 1\n`,
    );
    expect(withSchemaLine(`${line}\na: 1\n`, 'my.schema.json')).to.equal(`${line}\na: 1\n`);
  });
});
