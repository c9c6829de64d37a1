import type { Command, CommanderError } from 'commander';
import type { JsonSchema } from '../plugin/json-schema.js';
import { camelCase } from '../text/camel-case.js';
import { shellWord } from '../text/shell-word.js';

/**
 * Advice for an unknown option that has the name of a key: `--set trainer.epochs=3` for `--epochs 3`. Undefined if there is no
 * such key, or the command has no `--set`.
 */
export async function optionHint(
  { message }: CommanderError,
  command: Command | undefined,
  args: readonly string[],
): Promise<string | undefined> {
  const flag = /^error: unknown option '--(?<flag>[^']*)'/.exec(message)?.groups?.flag;
  if (flag === undefined || !command?.options.some(({ long }) => long === '--set')) return undefined;
  const [name, ...given] = flag.split('=');
  const key = await keyNamed(camelCase(name));
  if (key === undefined) return undefined;
  const next = args[args.indexOf(`--${flag}`) + 1] ?? '';
  const value = given.length > 0 ? given.join('=') : next.startsWith('--') ? '' : next;
  return `Keys of a pipeline are changed with --set ${shellWord(`${key}=${value === '' ? 'VALUE' : value}`)}`;
}

/** The key of that name: of a pipeline, or of its `trainer`. */
async function keyNamed(name: string): Promise<string | undefined> {
  const [{ skeletonOf }, { builtinSlots }] = await Promise.all([
    import('../schema/skeleton.js'),
    import('../contracts/slots.js'),
  ]);
  const { properties = {} } = skeletonOf(builtinSlots);
  const has = (one: JsonSchema | undefined): boolean => Object.hasOwn(one?.properties ?? {}, name);
  if (has(properties.trainer)) return `trainer.${name}`;
  return Object.hasOwn(properties, name) ? name : undefined;
}
