import type { Command } from 'commander';

/** The arguments that a command was called with, for another process that does the same. */
export function argumentsOf(command: Command): readonly string[] {
  const options = command.options.flatMap(option => {
    const { long, variadic } = option;
    const value = command.getOptionValue(option.attributeName()) as
      string | number | boolean | readonly string[] | undefined;
    if (value === undefined || value === false) return [];
    if (value === true) return [long!];
    if (typeof value !== 'object') return [long!, String(value)];
    return variadic ? [long!, ...value] : value.flatMap(one => [long!, one]);
  });
  return [command.name(), ...options, '--', ...command.args];
}
