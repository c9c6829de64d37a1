import type { Command } from 'commander';
import { CarlError } from '../errors/carl-error.js';

/** Refuses options and arguments without a text, as an unset variable of the shell leaves them. @throws CarlError INPUT_ARGUMENT */
export function refuseEmpty(command: Command): void {
  const option = command.options.find(one => command.getOptionValue(one.attributeName()) === '');
  const name = option?.long ?? (command.args.includes('') ? 'an argument' : undefined);
  if (name === undefined) return;
  throw new CarlError(
    'INPUT_ARGUMENT',
    `${name} of ${nameOf(command)} is empty. Give a value, or leave it out. A variable of the shell may be unset.`,
  );
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
