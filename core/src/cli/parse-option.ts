import { InvalidArgumentError } from 'commander';

const wholeNumberFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    return value;
  };

/** Value of an option that takes a whole number. */
export const integer = wholeNumberFrom(0);

/** Value of an option that counts something there must be at least one of. */
export const count = wholeNumberFrom(1);

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
