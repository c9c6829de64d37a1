import { closest } from './closest.js';

/**
 * The key with dots that was probably meant: `epochs` means `trainer.epochs`, and an unknown key below `trainer` another one
 * there.
 */
export function closestKey(key: string, keys: readonly string[]): string | undefined {
  const parent = key.slice(0, key.lastIndexOf('.') + 1);
  const siblings = keys.filter(one => one.startsWith(parent) && !one.slice(parent.length).includes('.'));
  const name = closest(
    key.slice(parent.length),
    siblings.map(one => one.slice(parent.length)),
  );
  const deeper = keys.find(one => one.endsWith(`.${key}`));
  return deeper ?? (name === undefined ? closest(key, keys) : `${parent}${name}`);
}
