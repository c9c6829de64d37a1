import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { Random, Streams } from '../contracts/random.js';

/** @param seed any integer up to 2^53 */
export function seededStreams(seed: number): Streams {
  return { at: (purpose, ...position) => randomOf(mix(seed, purpose, position)) };
}

function randomOf(state: readonly [number, number, number, number]): Random {
  const generator = xoroshiro128plusFromState([...state]);
  const uniform = (): number => (generator.next() >>> 8) / 0x1000000;
  const integer = (n: number): number => Math.floor(((generator.next() >>> 0) / 0x100000000) * n);
  return {
    uniform,
    integer,
    range: (low, high) => low + (high - low) * uniform(),
    chance: probability => uniform() < probability,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    permutation: n => shuffled(n, integer),
  };
}

function shuffled(n: number, integer: (n: number) => number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = integer(i + 1);
    const swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  return order;
}

/** Four well mixed 32-bit words of everything given (multiply-xorshift rounds as in MurmurHash3's finalizer). */
function mix(seed: number, purpose: string, position: readonly number[]): [number, number, number, number] {
  const state: [number, number, number, number] = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
  let lane = 0;
  const absorb = (word: number): void => {
    state[lane] = scramble(state[lane] ^ word) + state[(lane + 3) & 3];
    lane = (lane + 1) & 3;
  };
  absorb(seed | 0);
  absorb(Math.floor(seed / 0x100000000) | 0);
  for (let i = 0; i < purpose.length; i++) absorb(purpose.charCodeAt(i));
  for (const number of position) absorb(number | 0);
  absorb(position.length);
  for (let round = 0; round < 8; round++) absorb(round);
  if (state.every(word => (word | 0) === 0)) state[0] = 1;
  return state.map(word => word | 0) as [number, number, number, number];
}

function scramble(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
