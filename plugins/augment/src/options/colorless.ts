import type { Facts, Finding } from '@carl-ssl/core';

/** A warning that a whole step does nothing for images without colour. */
export function colorlessStep(use: string, facts: Facts): readonly Finding[] {
  if (facts.channels !== 1) return [];
  return [warning('', `The images have one channel, so \`${use}\` does nothing. Remove this step.`)];
}

/** Warnings for the given options, which do nothing for images without colour. */
export function colorlessOptions(keys: readonly string[], facts: Facts): readonly Finding[] {
  if (facts.channels !== 1) return [];
  return keys.map(key => warning(key, `The images have one channel, so \`${key}\` does nothing. Remove \`${key}\`.`));
}

function warning(path: string, message: string): Finding {
  return { severity: 'warning', code: 'AUGMENT_NO_COLOR', path, message };
}
