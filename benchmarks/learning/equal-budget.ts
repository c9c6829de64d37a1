import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { meanInterval, pairedDifference } from '@carl-ssl/core/testing';
import { runChild } from '../compare/child.js';
import { thisMachine } from '../compare/machine.js';
import { jsonLines } from '../compare/sides.js';

/**
 * Trains five methods with the same settings and budget here and with a PyTorch program, seed by seed in turn, and prints
 * the accuracies on the test images with the interval of their difference. Run it again to continue after an interruption.
 */
const METHODS = ['carl', 'simclr', 'swav', 'byol', 'vicreg'];
const FIGURES = ['knn', 'linear'] as const;
type Figures = Readonly<Record<(typeof FIGURES)[number], number>>;

type Line = Readonly<Record<string, unknown>>;

/** One training: figures on the test images, of the trained and the untrained encoder. */
interface Training {
  readonly method: string;
  readonly seed: number;
  readonly side: 'product' | 'peer';
  readonly trained: Figures;
  readonly untrained: Figures;
}

const { values } = parseArgs({
  options: {
    'peer-python': { type: 'string', default: 'python3' },
    peer: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '4' },
    out: { type: 'string', default: 'equal-budget.json' },
  },
});
if (values.peer === undefined) throw new Error('--peer: the Python program to compare with');
const { peer, epochs, out } = values;
/** The images of fashion-mnist-mini, under the names of Fashion-MNIST for the peer. */
const IMAGES = 10_000;
/** Of the encoder, as in base.yaml. */
const WIDTH = 8;
const DATA = 'plugins/data-fashion-mnist/data';
const root = mkdtempSync(join(tmpdir(), 'carl-equal-budget-'));
process.on('exit', () => {
  rmSync(root, { recursive: true });
});
for (const [split, name] of Object.entries({ train: 'train', test: 't10k' }))
  for (const [kind, suffix] of Object.entries({ images: 'images-idx3', labels: 'labels-idx1' }))
    cpSync(`${DATA}/${split}-${kind}.idx.gz`, join(root, `${name}-${suffix}-ubyte.gz`));
/** Extra options of the peer that are not its defaults. */
const PEER_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  carl: ['--entropy-from', '5', '--entropy-to', '1'],
  // At the learning rate of the others both sides diverge.
  vicreg: ['--lr', '0.002'],
};

const trainings: Training[] = existsSync(out)
  ? [...(JSON.parse(readFileSync(out, 'utf8')) as { trainings: Training[] }).trainings]
  : [];

for (let seed = 0; seed < Number(values.seeds); seed++)
  for (const method of METHODS)
    for (const side of ['product', 'peer'] as const) {
      if (trainings.some(one => one.method === method && one.seed === seed && one.side === side)) continue;
      const figures = await (side === 'product' ? ourTraining : peerTraining)(method, seed);
      trainings.push({ method, seed, side, ...figures });
      const record = { settings: { epochs, images: IMAGES, width: WIDTH }, machine: thisMachine(), trainings };
      writeFileSync(out, `${JSON.stringify(record, undefined, 1)}\n`);
      process.stdout.write(`${JSON.stringify(trainings.at(-1))}\n`);
    }
for (const method of METHODS) for (const figure of FIGURES) process.stdout.write(`${row(method, figure)}\n`);

type Measured = Omit<Training, 'method' | 'seed' | 'side'>;

async function ourTraining(method: string, seed: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'carl-benchmark-'));
  const run = join(folder, 'run');
  const pipeline = `benchmarks/learning/equal-budget/${method}.yaml`;
  try {
    const options = ['--quiet', '--seed', String(seed), '--out', run, '--set', `trainer.epochs=${epochs}`];
    await runChild(['node', 'core/bin/carl.js', 'train', pipeline, ...options]);
    const evaluations = jsonLines(join(run, 'metrics.jsonl')).filter(({ type }) => type === 'evaluation');
    return { trained: figuresOf(evaluations, 'trained'), untrained: figuresOf(evaluations, 'untrained') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function figuresOf(evaluations: readonly Line[], subject: string): Figures {
  const of = (name: string): number => {
    const line = evaluations.find(one => String(one.subject).startsWith(subject) && name in (one.values as Line));
    return Number((line?.values as Line)[name]);
  };
  return { knn: of('knn20@t0.1 test'), linear: of('linear@C0.1 test') };
}

async function peerTraining(method: string, seed: number): Promise<Measured> {
  const options = { root, method, n: IMAGES, epochs, seed, width: WIDTH };
  const given = Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const { lines: said } = await runChild([values['peer-python'], peer!, ...given, ...(PEER_OPTIONS[method] ?? [])]);
  const find = (key: string) => said.findLast(line => key in line)?.[key];
  return { trained: find('trained') as Figures, untrained: find('untrained') as Figures };
}

/** Mean ± deviation over the seeds in percent, and the 95% interval of the difference. The seeds of the sides are unrelated. */
function row(method: string, figure: (typeof FIGURES)[number]): string {
  const of = (side: Training['side']): number[] =>
    trainings
      .filter(one => one.method === method && one.side === side)
      .sort((a, b) => a.seed - b.seed)
      .map(one => 100 * one.trained[figure]);
  const sides = [of('product'), of('peer')] as const;
  const shown = sides.map(side => {
    const { mean, deviation } = meanInterval(side, 0.95);
    return `${mean.toFixed(1)} ± ${deviation.toFixed(1)}`;
  });
  const { lower, upper } = pairedDifference(...sides, 0.95);
  return [method, figure, ...shown, `${lower.toFixed(1)} to ${upper.toFixed(1)}`].join(' | ');
}
