import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ratios, spreadOf, type Pair, type Spread } from './alternate.js';
import type { Machine } from './machine.js';
import type { Measured } from './sides.js';

/** A comparison as it is written down. */
export interface Comparison {
  readonly benchmark: string;
  readonly date: string;
  readonly command: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly machine: Machine;
  readonly pairs: readonly Pair[];
}

/** Load from which on a machine is not idle: programs that wait for their threads in a loop then lose most. */
const BUSY = 0.5;

/** Everything measured, as JSON; the summary is in it, so that a record can be read by itself. */
export function writeRecord(file: string, comparison: Comparison): void {
  mkdirSync(dirname(file), { recursive: true });
  const { pairs, ...rest } = comparison;
  const record = { ...rest, summary: summaryOf(pairs), pairs };
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
}

function summaryOf(pairs: readonly Pair[]) {
  const side = (of: (pair: Pair) => Measured) => {
    const peaks = pairs.map(pair => of(pair).peakMiB ?? NaN);
    return {
      imagesPerSecond: spreadOf(pairs.map(pair => of(pair).imagesPerSecond)),
      ...(peaks.every(Number.isFinite) && { peakMiB: spreadOf(peaks) }),
    };
  };
  return {
    product: side(({ product }) => product),
    peer: side(({ peer }) => peer),
    speedRatio: ratios(pairs, 'imagesPerSecond'),
    memoryRatio: ratios(pairs, 'peakMiB'),
  };
}

/** The comparison for people. */
export function textOf({ benchmark, settings, machine, pairs }: Comparison): string {
  const { product, peer, speedRatio, memoryRatio } = summaryOf(pairs);
  const row = (name: string, spread: Spread | undefined, digits: number): string =>
    spread
      ? `${name.padEnd(26)}${spread.median.toFixed(digits).padStart(9)}   (${spread.min.toFixed(digits)} to ${spread.max.toFixed(digits)})`
      : `${name.padEnd(26)}   not told`;
  return [
    `${benchmark}: ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.instructions}; Node ${machine.node}; load before ${machine.loadBefore}`,
    ...(machine.loadBefore > BUSY ? ['the machine was busy before the start: these figures say little'] : []),
    `median (and spread) of ${pairs.length} alternations`,
    row('product, images/s', product.imagesPerSecond, 1),
    row('peer, images/s', peer.imagesPerSecond, 1),
    row('ratio', speedRatio, 3),
    row('product, peak MiB', product.peakMiB, 0),
    row('peer, peak MiB', peer.peakMiB, 0),
    row('ratio of memory', memoryRatio, 3),
  ].join('\n');
}
