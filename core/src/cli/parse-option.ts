import { InvalidArgumentError } from 'commander';

/** Value of an option that takes a whole number. */
export function integer(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number from 0.');
  return value;
}

/** Value of an option that counts something there must be at least one of. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** Values of an option that can be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Value of an option that takes one of a few words. */
export function oneOf<T extends string>(...words: readonly T[]): (text: string) => T {
  return text => {
    const word = words.find(one => one === text);
    if (word === undefined) throw new InvalidArgumentError(`It takes ${words.join(' or ')}.`);
    return word;
  };
}
