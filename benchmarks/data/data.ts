/**
 * Compares the speed of making batches of views with PyTorch's DataLoader on the same images, see ../README.md:
 *
 *     npx tsx benchmarks/data/data.ts --peer-python <python> --repeats 5 --seconds 6
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alternate, ratios, spreadOf, type Pair, type Spread } from '../compare/alternate.js';
import { thisMachine } from '../compare/machine.js';
import { flags, printed } from '../compare/sides.js';
import { CASES, pipelineOf, writeImages, type Case } from './cases.js';

const text = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({
  options: {
    ...{ 'peer-python': text('python3'), repeats: text('5'), seconds: text('6'), workers: text('1,2') },
    ...{ cases: text(CASES.map(({ name }) => name).join()), root: text(''), out: text('benchmarks/results') },
  },
});

interface Row {
  readonly case: string;
  readonly workers: number;
  readonly target: number;
  /** Our images a second over the peer's, pair by pair. */
  readonly speedRatio: Spread | undefined;
  /** The peer's processor time an image over ours, pair by pair. */
  readonly processorRatio: Spread;
  readonly pairs: readonly Pair[];
}

const processorTime = ({ said }: Pair['peer']): number => Number(said.cpuMsPerImage);

async function rowOf(one: Case, workers: number, root: string): Promise<Row> {
  const settings = { batch: String(one.batch), workers: String(workers), seconds: values.seconds };
  const pipeline = join(root, `${one.name}.yaml`);
  writeFileSync(pipeline, JSON.stringify(pipelineOf(one, root)));
  const loader = ['node', '--import', 'tsx', 'benchmarks/data/loader.ts', '--pipeline', pipeline, ...flags(settings)];
  const peer = [values['peer-python'], 'benchmarks/data/peer.py', '--case', one.name, '--root', root];
  const sides = { product: printed(loader), peer: printed([...peer, ...flags(settings)]) };
  const pairs = await alternate(sides, Number(values.repeats), ({ product, peer: theirs }) => {
    const ratio = product.imagesPerSecond / theirs.imagesPerSecond;
    const processor = processorTime(theirs) / processorTime(product);
    process.stderr.write(`${one.name}, ${workers}: ${ratio.toFixed(2)} (processor time ${processor.toFixed(2)})\n`);
  });
  return {
    ...{ case: one.title, workers, target: one.target, speedRatio: ratios(pairs, 'imagesPerSecond') },
    processorRatio: spreadOf(pairs.map(({ product, peer: theirs }) => processorTime(theirs) / processorTime(product))),
    pairs,
  };
}

const range = (spread: Spread | undefined): string =>
  spread ? `${spread.median.toFixed(1)} (${spread.min.toFixed(1)} to ${spread.max.toFixed(1)})` : '-';

function markdownOf(rows: readonly Row[], command: string): string {
  const machine = thisMachine();
  const versions = rows[0].pairs[0].peer.said.versions as Record<string, string>;
  return [
    `# Views a second compared with PyTorch's DataLoader\n`,
    `Command: \`${command}\`\n`,
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.system}; Node ${machine.node}; ` +
      `${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}.`, // prettier-ignore
    `Median and range of ${values.repeats} pairs of runs of ${values.seconds} s, which follow each other in turn.\n`,
    '| images and views | workers | times as fast | times less processor time | target |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      row =>
        `| ${row.case} | ${row.workers} | ${range(row.speedRatio)} | ${range(row.processorRatio)} | ${row.target} |`,
    ),
    '',
  ].join('\n');
}

const root = values.root === '' ? mkdtempSync(join(tmpdir(), 'carl-data-')) : values.root;
await writeImages(root);
const machine = thisMachine();
const rows: Row[] = [];
const date = new Date().toISOString().slice(0, 10);
const command = `npx tsx benchmarks/data/data.ts --repeats ${values.repeats} --seconds ${values.seconds}`;
mkdirSync(values.out, { recursive: true });
const name = join(values.out, `${date}-data`);
for (const one of CASES.filter(({ name }) => values.cases.split(',').includes(name)))
  for (const workers of values.workers.split(',').map(Number)) {
    rows.push(await rowOf(one, workers, root));
    writeFileSync(`${name}.json`, `${JSON.stringify({ benchmark: 'data', date, command, machine, rows }, null, 2)}\n`);
    writeFileSync(`${name}.md`, markdownOf(rows, command));
  }
console.log(markdownOf(rows, command));
