/**
 * Makes the files of the dataset `fashion-mnist-mini` from those of Fashion-MNIST (Debian: dataset-fashion-mnist).
 *
 *     node scripts/make-fashion-mnist-mini.mjs [folder of the source] [folder to write to]
 *
 * Prints the SHA-256 of what is inside each file. The packed bytes themselves may differ between versions of zlib.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const [, , source = '/usr/share/datasets/fashion-mnist', given] = process.argv;
const target = given ?? fileURLToPath(new URL('../plugins/data-fashion-mnist/data', import.meta.url));

/** SHA-256 of what is inside the source files; Debian packed them anew, so the packed ones differ from the authors'. */
const SOURCES = {
  'train-images-idx3-ubyte.gz': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  'train-labels-idx1-ubyte.gz': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  't10k-images-idx3-ubyte.gz': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  't10k-labels-idx1-ubyte.gz': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};

/** Images [from, to) of a source file make each split, so that no image is in two. */
const SPLITS = {
  train: { file: 'train', from: 0, to: 10000 },
  validation: { file: 'train', from: 10000, to: 12000 },
  test: { file: 't10k', from: 0, to: 2000 },
};

const KINDS = {
  images: { suffix: 'images-idx3-ubyte.gz', header: 16, stride: 28 * 28 },
  labels: { suffix: 'labels-idx1-ubyte.gz', header: 8, stride: 1 },
};

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');

function readSource(name) {
  const content = gunzipSync(readFileSync(join(source, name)));
  if (sha256(content) !== SOURCES[name])
    throw new Error(`${join(source, name)} is not the file this dataset is made from`);
  return content;
}

/** The images or labels of a split, with the source's header but for their number. */
function part({ file, from, to }, { suffix, header, stride }) {
  const whole = readSource(`${file}-${suffix}`);
  const head = Buffer.from(whole.subarray(0, header));
  head.writeUInt32BE(to - from, 4);
  return Buffer.concat([head, whole.subarray(header + from * stride, header + to * stride)]);
}

mkdirSync(target, { recursive: true });
for (const [split, range] of Object.entries(SPLITS))
  for (const [kind, layout] of Object.entries(KINDS)) {
    const content = part(range, layout);
    writeFileSync(join(target, `${split}-${kind}.idx.gz`), gzipSync(content, { level: 9, memLevel: 9 }));
    console.log(`${sha256(content)}  ${split}-${kind}.idx`);
  }
