import { constants, existsSync } from 'node:fs';
import { access, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CarlError, type InstallOptions } from '@carl-ssl/core';
import { backendFolder, installFolder, newRecord, readRecord, recordFile, type Variant } from '../cache.js';
import { buildAddon, buildKernels } from './build.js';
import { fetchPin, present, type Sources } from './download.js';
import { folderBytes, gigabytes } from './folder-size.js';
import { locked } from './lock.js';
import { nvidia } from './nvidia-pins.js';
import { libraries, nodeApiHeaders, protobuf, tfjsNode, type Pin } from './pins.js';
import { runProgram } from './run-program.js';
import { findTools, type Tools } from './tools.js';
import { removeHeaders, unpackAll } from './unpack.js';

/** Free disk space in bytes that an installation needs for its downloads and the files unpacked from them. */
const ROOM: Readonly<Record<Variant, number>> = { cpu: 1.4e9, gpu: 10e9 };

const selfTest = fileURLToPath(new URL('./self-test.js', import.meta.url));

/**
 * Installs TensorFlow into the user's cache folder, unless it is installed. Downloads every file with the user's pip and
 * npm, verifies it against a pinned hash, and builds in a temporary folder that is renamed once a gradient is correct.
 * @throws CarlError BACKEND_INSTALL, BACKEND_UNAVAILABLE, INPUT_FILE, DISK
 */
export async function install(options: InstallOptions): Promise<string> {
  const variant: Variant = options.gpu ? 'gpu' : 'cpu';
  const folder = installFolder(variant);
  if (options.from !== undefined && !existsSync(options.from))
    throw new CarlError('INPUT_FILE', `The folder ${options.from}, given with --from, does not exist.`);
  await makeFolder(backendFolder());
  const onWait = () => options.report('Another installation is in progress; waiting for it to finish.');
  await locked(join(backendFolder(), 'lock'), onWait, async () => {
    if (readRecord(folder)) options.report(`TensorFlow is already installed in ${folder}.`);
    else await installNow(variant, options);
  });
  return folder;
}

/** @throws CarlError DISK */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const advice = 'Set CARL_CACHE to a writable folder.';
    throw new CarlError('DISK', `The cache folder ${folder} is not writable (${code}). ${advice}`, { cause });
  }
}

async function installNow(variant: Variant, options: InstallOptions): Promise<void> {
  const sources = {
    ...options,
    from: options.from && resolve(options.from),
    downloads: join(backendFolder(), 'downloads'),
  };
  const pins = { library: libraries[variant], nvidia: variant === 'gpu' ? nvidia : [] };
  const needsPip = [pins.library, ...pins.nvidia].some(pin => !present(pin, sources));
  const tools = await findTools({ python: options.python, needsPip });
  await checkRoom(variant);
  await removeLeftovers();
  const archives = await fetchAll(pins, sources, tools);
  const making = join(backendFolder(), `making-${process.pid}`);
  try {
    options.report('Unpacking');
    await unpackAll(archives, making, tools.python);
    await finish(making, { variant, tools, report: options.report });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  if (!options.keepDownloads) await rm(sources.downloads, { recursive: true, force: true });
}

async function fetchAll(pins: { library: Pin; nvidia: readonly Pin[] }, sources: Sources, tools: Tools) {
  const fetch = (pin: Pin) => fetchPin(pin, sources, tools);
  const cuda: string[] = [];
  for (const pin of pins.nvidia) cuda.push(await fetch(pin));
  return {
    tensorflow: await fetch(pins.library),
    tfjsNode: await fetch(tfjsNode),
    nodeApiHeaders: await fetch(nodeApiHeaders),
    protobuf: await fetch(protobuf),
    nvidia: cuda,
  };
}

/** Builds and tests an unpacked installation, and moves it to its place. */
async function finish(
  making: string,
  context: { variant: Variant; tools: Tools; report: (line: string) => void },
): Promise<void> {
  const { variant, tools, report } = context;
  report('Building the addon (a minute)');
  await buildAddon(making, tools.compiler);
  if (!(await buildKernels(making, tools.compiler)))
    report("This compiler cannot build the faster operations; TensorFlow's own operations are used.");
  await removeHeaders(making);
  report('Testing a gradient');
  const answer = JSON.parse(await runProgram([process.execPath, selfTest, making])) as {
    tensorflow: string;
    gpu: boolean;
  };
  const bytes = await folderBytes(making);
  const versions = { tensorflow: answer.tensorflow, 'tfjs-node': tfjsNode.version };
  await writeFile(recordFile(making), JSON.stringify(newRecord(making, { variant, versions, bytes }), null, 2));
  await rm(installFolder(variant), { recursive: true, force: true });
  await rename(making, installFolder(variant));
  report(`TensorFlow ${answer.tensorflow} is installed in ${installFolder(variant)}, ${gigabytes(bytes)} on disk.`);
  if (variant === 'gpu' && !answer.gpu)
    report('TensorFlow found no usable GPU. This installation computes on the CPU.');
}

async function checkRoom(variant: Variant): Promise<void> {
  const { bavail, bsize } = await statfs(backendFolder());
  if (bavail * bsize >= ROOM[variant]) return;
  const [free, needed] = [bavail * bsize, ROOM[variant]].map(gigabytes);
  throw new CarlError(
    'DISK',
    `${backendFolder()} has ${free} free and the installation needs ${needed}. Free some space, or set CARL_CACHE to a folder on another disk.`,
  );
}

/** Removes the temporary folders of killed installations. */
async function removeLeftovers(): Promise<void> {
  const entries = await readdir(backendFolder());
  const leftovers = entries.filter(entry => entry.startsWith('making-'));
  await Promise.all(leftovers.map(entry => rm(join(backendFolder(), entry), { recursive: true, force: true })));
}
