import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CarlError } from '../../errors/carl-error.js';
import { writeNewPlugin } from '../../scaffold/new-plugin.js';
import { SCAFFOLD_SLOTS, type ScaffoldSlot } from '../../scaffold/request.js';
import { printable } from '../../text/printable.js';
import { shellWord } from '../../text/shell-word.js';
import { record } from '../trusted-plugins.js';
import { registerCheck } from './plugin-check.js';

type NewOptions = Readonly<Partial<Record<ScaffoldSlot | 'javascript', boolean>>>;

const EXAMPLES = `
Examples:
  carl plugin new carl-my-loss --objective              TypeScript; the objective \`my-loss\` in the package carl-my-loss
  carl plugin new ../carl-noise --augmentation --javascript`;

export function register(command: Command): void {
  const create = command
    .command('new')
    .description('Write the package of a new plugin with a working component, its test, its pipeline and its CI file.')
    .argument('<name>', 'npm name of the package, or the path of its folder, which is created')
    .option('--javascript', 'plain JavaScript instead of TypeScript')
    .addHelpText('after', EXAMPLES)
    .action(newPlugin);
  for (const slot of SCAFFOLD_SLOTS) create.option(`--${slot}`, `a component for the slot ${slot}`);
  registerCheck(command.command('check'));
}

async function newPlugin(given: string, options: NewOptions): Promise<void> {
  const isScoped = /^@[^/\\]+\/[^/\\]+$/.test(given);
  const folder = resolve(isScoped ? given.split('/')[1] : given);
  const name = isScoped ? given : basename(folder);
  const slot = slotOf(options);
  const use = basename(folder).replace(/^carl-/, '');
  await writeNewPlugin(folder, { name, use, slot, language: options.javascript ? 'javascript' : 'typescript' });
  // Whoever writes a plugin here trusts it.
  await record({ name: '.', version: '0.1.0', path: await realpath(folder), listedIn: '' }).catch(() => undefined);
  process.stdout.write(`${printable(nextSteps(folder, { slot, use }))}\n`);
}

function slotOf(options: NewOptions): ScaffoldSlot {
  const chosen = SCAFFOLD_SLOTS.filter(slot => options[slot]);
  if (chosen.length === 1) return chosen[0];
  const list = SCAFFOLD_SLOTS.map(slot => `--${slot}`).join(', ');
  throw new CarlError('INPUT_ARGUMENT', `Give one kind of component: ${list}.`);
}

function nextSteps(folder: string, { slot, use }: { readonly slot: string; readonly use: string }): string {
  return `The ${slot} \`${use}\` is in ${folder}. Next:
  cd ${shellWord(folder)}
  ${installCommand()}
  npm test
  npm run check
  npx carl train pipeline.yaml`;
}

/** How the packages of this project are installed: from npm, or packed by the clone that this command runs from. */
function installCommand(): string {
  const clone = fileURLToPath(new URL('../../../../', import.meta.url));
  if (!existsSync(`${clone}scripts/pack.mjs`)) return 'npm install';
  return `npm install --save-dev ${shellWord(`${clone}packages`)}/*.tgz     (written by \`npm run pack\` in the clone)`;
}
