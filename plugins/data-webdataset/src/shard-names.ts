/** Most shards that one pattern may stand for. */
const MOST = 100_000;

/** Replaces a range such as `train-{000000..000146}.tar` by the names that it stands for. Other paths stay as they are. */
export function shardNames(path: string): string[] {
  const [range, first, last] = /\{(\d+)\.\.(\d+)\}/.exec(path) ?? [];
  if (!range || Number(last) < Number(first) || Number(last) - Number(first) >= MOST) return [path];
  const numbers = Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  return numbers.map(number => path.replace(range, String(number).padStart(first.length, '0')));
}
