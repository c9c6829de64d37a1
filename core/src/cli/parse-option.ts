import { InvalidArgumentError } from 'commander';

const wholeNumberFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    return value;
  };

/** Parses an option that takes a whole number, at least 0. */
export const integer = wholeNumberFrom(0);

/** Parses an option that takes a count, at least 1. */
export const count = wholeNumberFrom(1);

/** Parses an option that takes the number of a port. */
export function port(text: string): number {
  const value = integer(text);
  if (value > 65_535) throw new InvalidArgumentError('It must be at most 65535.');
  return value;
}

/** Parses an option that can be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Parses an option that takes one of several words. */
export function oneOf<T extends string>(...words: readonly T[]): (text: string) => T {
  return text => {
    const word = words.find(one => one === text);
    if (word === undefined) throw new InvalidArgumentError(`It takes ${words.join(' or ')}.`);
    return word;
  };
}
