import { createProgram } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, pages, ROOT, wordsOf } from './blocks.js';

const program = await createProgram();

/** Programs of the system, which only a reader's machine can run. */
const SYSTEM = ['apt-get', 'cd', 'git', 'ssh', 'mkdir', 'tail', 'less'];
const NPM = ['ci', 'install', 'init', 'test', 'uninstall'];

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

describe('commands in the documentation', () => {
  for (const block of pages()
    .flatMap(blocksOf)
    .filter(({ language }) => language === 'bash')) {
    for (const command of commandsOf(block.text)) {
      it(`${block.page}:${block.line} ${command}`, async () => {
        await check(wordsOf(command), block.page);
      });
    }
  }

  it('are all in the README', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const names = program.commands.map(command => command.name());
    expect(names.filter(name => !readme.includes(`\`carl ${name}`))).to.deep.equal([]);
  });

  it('refuse what does not exist', async () => {
    const refused = async (command: string) =>
      check(command.split(' ')).then(
        () => false,
        () => true,
      );
    for (const wrong of [
      'carl trian a.yaml',
      'carl train a.yaml --sed 1',
      'npm run nothing',
      'npx nothing',
      'npx carl plugins',
      'rm -rf x',
    ])
      expect(await refused(wrong), wrong).to.equal(true);
  });
});

/** Commands of a block; comments, variables in front and lines that go on are taken care of. */
function commandsOf(text: string): readonly string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .replaceAll(/^\(|\)$/gm, '')
    .split(/\n|&&/)
    .map(line => line.replace(/(^|\s)#.*$/, '').trim())
    .map(line => line.replace(/^(?:[A-Z_]+=\S+ +)+/, ''))
    .filter(Boolean);
}

/** Scripts of a package that `carl plugin new` writes. */
const PLUGIN_SCRIPTS = { check: '' };

/** Pages whose commands run where the package @carl-ssl/cli is installed. */
const INSTALLED = ['docs/guide/write-a-plugin.md', 'cli/README.md'];

async function check([program, ...args]: readonly string[], page = ''): Promise<void> {
  if (program === 'carl') await parse(args);
  else if (program === 'npm') checkNpm(args);
  else if (program === 'sudo') await check(args);
  else if (program === 'npx' && args[0] === '@carl-ssl/cli') await parse(args.slice(1));
  else if (program === 'npx' && args[0] === 'carl' && INSTALLED.includes(page)) await parse(args.slice(1));
  // Outside the clone, npx would download a package of this name, which is not ours.
  else if (program === 'npx' && args[0] === 'carl') expect.fail('Write `carl`.');
  else if (program === 'npx') expect(existsSync(join(ROOT, 'node_modules/.bin', args[0])), args[0]).to.equal(true);
  else expect(SYSTEM).to.include(program);
}

function checkNpm([command, script]: readonly string[]): void {
  if (command === 'run') expect({ ...scripts, ...PLUGIN_SCRIPTS }).to.have.property(script);
  else expect(NPM).to.include(command);
}

/** The command line's own parser, with commands that do nothing. @throws CommanderError for an unknown command or option */
async function parse(args: readonly string[]): Promise<void> {
  const quiet = { writeOut: () => undefined, writeErr: () => undefined };
  const silence = (command: typeof program): void => {
    command.configureOutput(quiet).exitOverride();
    if (command.commands.length === 0) command.action(() => undefined);
    command.commands.forEach(silence);
  };
  silence(program);
  await program.parseAsync(args, { from: 'user' });
}
