import { distance } from 'fastest-levenshtein';

/** The candidate a user probably meant by a misspelt word: about a third of its letters off at most; undefined if none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const lower = word.toLowerCase();
  const scored = [...new Set(candidates)]
    .map(candidate => ({ candidate, off: mistakes(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, off }) => off <= limit || resembles(lower, candidate));
  return scored.sort((a, b) => a.off - b.off || a.candidate.localeCompare(b.candidate))[0]?.candidate;
}

/** The same for values, where other digits mean another value: `bf16` for `bfloat16`, and nothing for `float16` beside `float32`. */
export function closestValue(word: string, candidates: Iterable<string>): string | undefined {
  const same = [...candidates].filter(candidate => digits(candidate) === digits(word));
  return closest(word, same) ?? same.find(candidate => abbreviates(word.toLowerCase(), candidate.toLowerCase()));
}

function digits(text: string): string {
  return text.replaceAll(/\D/g, '');
}

/** True if the shorter of two words has letters of the longer one in their order, at least three, and both begin with the same. */
function abbreviates(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length < 3 || !long.startsWith(short.charAt(0))) return false;
  let found = 0;
  for (const letter of long) if (letter === short.charAt(found)) found += 1;
  return found === short.length;
}

/** Letters that are wrong, missing or too many; two that are swapped are one mistake, not two. */
function mistakes(word: string, candidate: string): number {
  const at = Array.from(word).findIndex((letter, index) => letter !== candidate[index]);
  const inOrder = word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
  return at >= 0 && inOrder === candidate ? 1 : distance(word, candidate);
}

/** Habits that cost many letters. */
function resembles(word: string, candidate: string): boolean {
  const lower = candidate.toLowerCase();
  return isPart(word, lower) || word === initials(candidate) || sorted(word) === sorted(lower);
}

/** `sdg` for `sgd`: the same letters in another order. */
function sorted(word: string): string {
  return Array.from(word).sort().join('');
}

/** `lr` for `learningRate`. */
function initials(candidate: string): string {
  const capitals = candidate.replaceAll(/[^A-Z]/g, '');
  return capitals === '' ? candidate : `${candidate.charAt(0)}${capitals}`.toLowerCase();
}

/** `warmup` for `warmupEpochs`, and the other way round. */
function isPart(word: string, candidate: string): boolean {
  return word.length >= 4 && (candidate.startsWith(word) || (word.startsWith(candidate) && candidate.length >= 4));
}

/** `a`, `b` and `c`, for messages. */
export function listed(names: readonly string[], last: 'and' | 'or' = 'or'): string {
  const quoted = names.map(name => `\`${name}\``);
  return quoted.length < 2 ? (quoted[0] ?? 'nothing') : `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`;
}
