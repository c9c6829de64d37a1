import { constants, existsSync } from 'node:fs';
import { access, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CarlError, makeFolders, type InstallOptions } from '@carl-ssl/core';
import { backendFolder, downloadFolder, installFolder, type Variant } from '../cache.js';
import { writeRecord } from '../install-record.js';
import { findInstallation } from '../installation.js';
import { buildAddon, buildKernels } from './build.js';
import { fetchPin, present, type Sources } from './download.js';
import { folderBytes, gigabytes } from './folder-size.js';
import { locked } from './lock.js';
import { nvidia } from './nvidia-pins.js';
import { libraries, nodeApiHeaders, protobuf, tfjsNode, type Pin } from './pins.js';
import { runProgram } from './run-program.js';
import { findTools, type Tools } from './tools.js';
import { removeHeaders, unpackAll } from './unpack.js';

/** Free disk space that an installation needs for its downloads and the unpacked files, in bytes. */
const DISK_SPACE: Readonly<Record<Variant, number>> = { cpu: 1.4e9, gpu: 10e9 };

const selfTest = fileURLToPath(new URL('./self-test.js', import.meta.url));

/**
 * Installs TensorFlow in the user's cache folder, unless an intact installation exists. Files are downloaded with the user's
 * pip and npm and checked against pinned hashes. The build happens in a temporary folder, renamed after a gradient was
 * checked.
 * @throws CarlError BACKEND_INSTALL, BACKEND_UNAVAILABLE, INPUT_FILE, DISK
 */
export async function install(variant: Variant, options: InstallOptions): Promise<string> {
  if (options.from !== undefined && !existsSync(options.from))
    throw new CarlError('INPUT_FILE', `The folder ${options.from} does not exist.`);
  await makeFolder(backendFolder());
  const onWait = () => options.report('Another installation is in progress. Waiting for it.');
  await locked(join(backendFolder(), 'lock'), onWait, async () => {
    const found = findInstallation(variant);
    if (found.state === 'damaged') options.report(`Replacing the damaged installation: ${found.damage}.`);
    if (found.state === 'installed') options.report(`TensorFlow is already installed in ${found.folder}.`);
    else await installNow(variant, options);
  });
  return installFolder(variant);
}

/** @throws CarlError DISK */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    await access(folder, constants.W_OK);
  } catch (cause) {
    const { code = '' } = (CarlError.is(cause) ? cause.cause : cause) as NodeJS.ErrnoException;
    const advice = 'Set CARL_CACHE to a writable folder.';
    throw new CarlError('DISK', `The cache folder ${folder} is not writable (${code}). ${advice}`, { cause });
  }
}

async function installNow(variant: Variant, options: InstallOptions): Promise<void> {
  const sources = {
    ...options,
    from: options.from && resolve(options.from),
    downloads: downloadFolder(),
  };
  const pins = { library: libraries[variant], nvidia: variant === 'gpu' ? nvidia : [] };
  const needsPip = [pins.library, ...pins.nvidia].some(pin => !present(pin, sources));
  const tools = await findTools({ python: options.python, needsPip });
  await checkSpace(variant);
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

/** Builds the addons in the unpacked folder, checks a gradient, and moves the folder to its final place. */
async function finish(
  making: string,
  context: { variant: Variant; tools: Tools; report: (line: string) => void },
): Promise<void> {
  const { variant, tools, report } = context;
  report('Building the addon (takes about a minute)');
  await buildAddon(making, tools.compiler);
  if (!(await buildKernels(making, tools.compiler)))
    report("This compiler cannot build the fused kernels. TensorFlow's kernels are used instead.");
  await removeHeaders(making);
  report('Checking a gradient');
  const answer = JSON.parse(await runProgram([process.execPath, selfTest, making])) as {
    tensorflow: string;
    gpu: boolean;
  };
  const bytes = await folderBytes(making);
  const versions = { tensorflow: answer.tensorflow, 'tfjs-node': tfjsNode.version };
  writeRecord(making, { variant, versions, bytes });
  await rm(installFolder(variant), { recursive: true, force: true });
  await rename(making, installFolder(variant));
  report(`TensorFlow ${answer.tensorflow} is installed in ${installFolder(variant)}, ${gigabytes(bytes)} on disk.`);
  if (variant === 'gpu' && !answer.gpu) report('TensorFlow found no usable GPU and will compute on the processor.');
}

async function checkSpace(variant: Variant): Promise<void> {
  const { bavail, bsize } = await statfs(backendFolder());
  if (bavail * bsize >= DISK_SPACE[variant]) return;
  const [free, needed] = [bavail * bsize, DISK_SPACE[variant]].map(gigabytes);
  throw new CarlError(
    'DISK',
    `${backendFolder()} has ${free} of free disk space and the installation needs ${needed}. Free some space, or set CARL_CACHE to a folder on another disk.`,
  );
}

/** Deletes the folders of interrupted installations. */
async function removeLeftovers(): Promise<void> {
  const entries = await readdir(backendFolder());
  const leftovers = entries.filter(entry => entry.startsWith('making-'));
  await Promise.all(leftovers.map(entry => rm(join(backendFolder(), entry), { recursive: true, force: true })));
}
