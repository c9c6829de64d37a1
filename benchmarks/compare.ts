/**
 * Runs our program and a peer's in turn and prints the ratio, see README.md:
 *
 *     npm run benchmark -- step --peer-python python3 --peer step_peer.py --width 16 --batch 256 --size 28 --channels 1
 *     npm run benchmark -- training --peer-python python3 --peer fashion_mnist_peer.py
 */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { alternate } from './compare/alternate.js';
import { thisMachine } from './compare/machine.js';
import { textOf, writeRecord, type Comparison } from './compare/record.js';
import { flags, printed, productStep, productTraining, type Side } from './compare/sides.js';

const text = (value: string) => ({ type: 'string', default: value }) as const;

const OPTIONS = {
  'peer-python': text('python3'),
  peer: { type: 'string' },
  repeats: text('5'),
  threads: text('2'),
  out: { type: 'string' },
  width: text('16'),
  batch: text('256'),
  size: text('28'),
  channels: text('1'),
  seconds: text('20'),
  precision: text('float32'),
  compile: { type: 'boolean', default: false },
  root: text('/usr/share/datasets/fashion-mnist'),
  images: text('5120'),
  epochs: text('3'),
  workers: text('2'),
} as const satisfies ParseArgsConfig['options'];

const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
const [benchmark] = positionals;
if ((benchmark !== 'step' && benchmark !== 'training') || values.peer === undefined) {
  process.stderr.write('give `step` or `training`, and the peer: --peer-python <python> --peer <file.py>\n');
  process.exit(2);
}
const python = [values['peer-python'], values.peer];

interface Task {
  readonly settings: Readonly<Record<string, string>>;
  readonly product: Side;
  readonly peer: Side;
}

function stepTask(): Task {
  const { width, batch, size, channels, seconds, threads, precision, compile } = values;
  const settings = { width, batch, size, channels, seconds, threads };
  const peer = [
    ...python,
    ...flags(settings),
    ...(precision === 'bf16' ? ['--bf16'] : []),
    ...(compile ? ['--compile'] : []),
  ];
  return {
    settings: { ...settings, precision, compile: String(compile) },
    product: productStep({ ...settings, precision }),
    peer: printed(peer),
  };
}

/** Fashion-MNIST has 60,000 training images; we hold out the last ones, so both sides see the same first ones. */
function trainingTask(): Task {
  const { width, batch, threads, root, images, epochs, workers } = values;
  const peer = { method: 'simclr', root, n: images, epochs, width, batch, threads, workers };
  const set = {
    'data.root': root,
    'data.validation': 60_000 - Number(images),
    'encoder.width': width,
    'trainer.batchSize': batch,
    'trainer.epochs': epochs,
    'backend.threads': threads,
  };
  const product = productTraining({
    pipeline: 'benchmarks/training/simclr-fashion-mnist.yaml',
    set: Object.entries(set).map(([key, value]) => `${key}=${value}`),
    imagesPerEpoch: Math.floor(Number(images) / Number(batch)) * Number(batch),
  });
  return {
    settings: { width, batch, images, epochs, threads, workers },
    product,
    peer: printed([...python, ...flags(peer)]),
  };
}

const machine = thisMachine();
const { settings, ...sides } = benchmark === 'step' ? stepTask() : trainingTask();
const pairs = await alternate(sides, Number(values.repeats), ({ product, peer }, number) => {
  const [ours, theirs] = [product.imagesPerSecond, peer.imagesPerSecond];
  process.stderr.write(
    `${number}: product ${ours.toFixed(1)}, peer ${theirs.toFixed(1)} images/s, ratio ${(ours / theirs).toFixed(3)}\n`,
  );
});
const date = new Date().toISOString();
const command = `npm run benchmark -- ${benchmark} ${flags(settings).join(' ')}`;
const comparison: Comparison = { benchmark, date, command, settings, machine, pairs };
const shape = benchmark === 'step' ? `-${values.size}x${values.size}x${values.channels}` : '';
const name = `${date.slice(0, 10)}-${benchmark}-width-${values.width}-batch-${values.batch}${shape}`;
const file = values.out ?? `benchmarks/results/${name}.json`;
writeRecord(file, comparison);
process.stdout.write(`${textOf(comparison)}\nrecorded in ${file}\n`);
