/**
 * Measures the encoders of a comparison by two more protocols, with `carl evaluate` on each run, and prints means and standard
 * deviations over seeds:
 *
 * - fine-tuning on 1% and 10% of the labels. The rates were chosen on the validation images of one run of CARL, from two pairs;
 * - transfer to the images of the other set, in grey or RGB as the encoder takes them: k-NN and a linear probe on frozen features.
 *
 * Results are kept in `protocols.json` of each run, so that an interrupted table continues.
 *
 *     node benchmarks/study/protocols.mjs runs/study/fashion-mnist-mini
 *     node benchmarks/study/protocols.mjs runs/study/cifar10
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [, , folder] = process.argv;
if (folder === undefined) throw new Error('Name the folder of the comparison.');

const subset = share => `{ share: ${share}, encoderRate: 0.05, classifierRate: 1 }`;
const subsets = [0.01, 0.1].map(subset).join(', ');
const fineTune = `{ use: fine-tune, batchSize: 32, draws: 1, validateEvery: 5, subsets: [${subsets}] }`;

const cifar = (file, count) => {
  const whole = `{ use: cifar10, files: [${join(root, 'runs/cifar-10-batches-bin', file)}] }`;
  const part = count === undefined ? whole : `{ use: subset, count: ${count}, of: ${whole} }`;
  return `{ use: channels, count: 1, of: ${part} }`;
};
const fashion = split => {
  const file = kind => join(root, 'plugins/data-fashion-mnist/data', `${split}-${kind}.idx.gz`);
  return `{ use: channels, count: 3, of: { use: idx, images: ${file('images')}, labels: ${file('labels')} } }`;
};
const others = {
  'fashion-mnist-mini': [cifar('data_batch_1.bin'), cifar('data_batch_5.bin', 2000), cifar('test_batch.bin', 2000)],
  cifar10: ['train', 'validation', 'test'].map(fashion),
};
const [train, validation, test] = others[basename(folder)];
const data = `{ use: files, train: ${train}, validation: ${validation}, test: ${test} }`;

/** Column titles, and how the names of their metrics begin and end. */
const COLUMNS = [
  ['fine-tuned on 1%', /^fine-tune1%.*:last$/],
  ['fine-tuned on 10%', /^fine-tune10%.*:last$/],
  ['transfer, k-NN', /^other\/knn/],
  ['transfer, linear', /^other\/linear/],
];

/** Accuracies in percent on test, in the order of the columns. */
function measured(run) {
  const sets = [`evaluate=[${fineTune}]`, `transfer={ other: { data: ${data}, evaluate: [knn, linear] } }`];
  const out = join(run, 'protocols.json');
  const options = [...sets.flatMap(set => ['--set', set]), '--out', out, '--quiet'];
  execFileSync(process.execPath, [join(root, 'core/bin/carl.js'), 'evaluate', run, ...options], { stdio: 'ignore' });
  const found = JSON.parse(readFileSync(out, 'utf8')).trained.filter(({ split }) => split === 'test');
  return COLUMNS.map(([, name]) => 100 * found.find(({ metric }) => name.test(metric)).value);
}

function summary(values) {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return `${mean.toFixed(1)} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(1)}`;
}

const row = cells => console.log(`| ${cells.join(' | ')} |`);
row(['accuracy in percent on test', ...COLUMNS.map(([title]) => title), 'seeds']);
row(['---', ...COLUMNS.map(() => '---'), '---']);
for (const name of readdirSync(folder).sort()) {
  const path = join(folder, name);
  if (!existsSync(join(path, 'seed-1'))) continue;
  const seeds = readdirSync(path).filter(one => one.startsWith('seed-'));
  const found = seeds.map(seed => measured(join(path, seed)));
  row([name, ...COLUMNS.map((_, i) => summary(found.map(values => values[i]))), seeds.length]);
}
