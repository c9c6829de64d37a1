import { CarlError } from '../errors/carl-error.js';

/** Earlier commands, with the command that replaces each. */
const RENAMED: readonly (readonly [earlier: RegExp, now: string])[] = [
  [/^backends\b/, 'carl backend list'],
  [/^backend status\b/, 'carl backend list'],
  [/^backend install .*--gpu\b/, 'carl backend install tensorflow-gpu'],
];

/** Checks that a command is not one of an earlier version. The error names the replacement. @throws CarlError INPUT_ARGUMENT */
export function refuseRenamed(args: readonly string[]): void {
  const typed = args.filter(word => word !== '--debug').join(' ');
  const found = RENAMED.find(([earlier]) => earlier.test(typed));
  if (found) throw new CarlError('INPUT_ARGUMENT', `\`carl ${typed}\` is now \`${found[1]}\`.`);
}
