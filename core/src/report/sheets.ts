import { createHash } from 'node:crypto';
import { trusted, type Html } from './html.js';
import type { Sprite } from './sprite.js';

/** Class of the elements that show cells of a sprite. */
export function sheetClass({ url }: Sprite): string {
  return `sheet-${createHash('sha256').update(url).digest('hex').slice(0, 12)}`;
}

/** Style of these classes. Runs on the same data share a sprite, which the page then has once. */
export function sheetStyles(sprites: readonly Sprite[]): Html {
  const rules = new Map(sprites.map(sprite => [sheetClass(sprite), `.${sheetClass(sprite)} { --sheet: url(${sprite.url}); }`])); // prettier-ignore
  return trusted(`<style>\n${[...rules.values()].join('\n')}\n</style>`);
}
