/**
 * Fine-tunes the encoders of a comparison on 1% and 10% of the labels, by `carl evaluate` on each run, and prints means and standard
 * deviations over seeds. The rates were chosen on the validation images of one run of CARL, from two pairs. An interrupted
 * table continues.
 *
 *     node benchmarks/study/fine-tune.mjs runs/study/fashion-mnist-mini
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const carl = fileURLToPath(new URL('../../core/bin/carl.js', import.meta.url));
const [, , folder] = process.argv;
if (folder === undefined) throw new Error('Name the folder of the comparison.');

const subset = share => `{ share: ${share}, encoderRate: 0.05, classifierRate: 1 }`;
const subsets = [0.01, 0.1].map(subset).join(', ');
const evaluator = `{ use: fine-tune, batchSize: 32, draws: 1, validateEvery: 5, subsets: [${subsets}] }`;

/** Accuracies in percent after the last epoch, on test: with 1% and with 10% of the labels. */
function fineTuned(run) {
  const options = ['--set', `evaluate=[${evaluator}]`, '--format', 'json'];
  const output = execFileSync(process.execPath, [carl, 'evaluate', run, ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { trained } = JSON.parse(output);
  const last = trained.filter(({ metric, split }) => metric.endsWith(':last') && split === 'test');
  return ['fine-tune1%', 'fine-tune10%'].map(name => 100 * last.find(({ metric }) => metric.startsWith(name)).value);
}

function summary(values) {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return `${mean.toFixed(1)} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(1)}`;
}

console.log(
  '| accuracy in percent on test | fine-tuned on 1% | fine-tuned on 10% | seeds |\n| --- | --- | --- | --- |',
);
for (const name of readdirSync(folder).sort()) {
  const path = join(folder, name);
  if (!existsSync(join(path, 'seed-1'))) continue;
  const seeds = readdirSync(path).filter(one => one.startsWith('seed-'));
  const found = seeds.map(seed => fineTuned(join(path, seed)));
  const columns = [0, 1].map(i => summary(found.map(pair => pair[i])));
  console.log(`| ${name} | ${columns.join(' | ')} | ${seeds.length} |`);
}
