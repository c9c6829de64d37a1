/** The small training over MPI that the scripts of this folder interrupt, and what it leaves. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGES, root } from './workers.js';

const STEPS = 5;
const BATCH = 16;
const EPOCHS = 12;
/** Folder of the last checkpoint. */
export const LAST = `step-${String(STEPS * EPOCHS).padStart(8, '0')}`;

const settings = [
  `data={ use: files, train: { use: subset, count: ${STEPS * BATCH}, of: { use: idx, images: ${IMAGES} } } }`,
  'backend={ use: tensorflow, threads: 1 }',
  'evaluate=[]',
  'encoder.width=4',
  `trainer.batchSize=${BATCH}`,
  `trainer.epochs=${EPOCHS}`,
  'optimizer.learningRate=0.005',
].flatMap(setting => ['--set', setting]);

/** Arguments of `carl train` for the training. */
export function fresh(out: string): string[] {
  return [join(root, 'pipelines/simclr-fashion-mnist-mini.yaml'), ...settings, '--out', out];
}

/** Names of the complete checkpoints of a run, the earliest first. */
export function checkpoints(run: string): string[] {
  const folder = join(run, 'checkpoints');
  return existsSync(folder) ? readdirSync(folder).filter(name => /^step-\d+$/.test(name)).sort() : []; // prettier-ignore
}

/** Whether the last checkpoints of two runs have the same bytes. */
export function sameResult(a: string, b: string): boolean {
  const [one, other] = [bytesOf(a), bytesOf(b)];
  return one.length > 0 && one.length === other.length && one.every((file, i) => file.equals(other[i]));
}

function bytesOf(run: string): Buffer[] {
  const last = join(run, 'checkpoints', LAST);
  const files = readdirSync(last).filter(name => name.endsWith('.safetensors'));
  return files.sort().map(name => readFileSync(join(last, name)));
}
