import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CarlError } from '@carl-ssl/core';
import { sha256Of } from '../sha256.js';
import type { Pin } from './pins.js';
import { runProgram } from './run-program.js';
import type { Tools } from './tools.js';

export interface Sources {
  /** Folder for downloads. Files from an earlier attempt are reused. */
  readonly downloads: string;
  /** The user's folder of files, which is searched first. */
  readonly from?: string;
  readonly report: (line: string) => void;
  /** Whether programs may write progress bars to the terminal. */
  readonly terminal: boolean;
}

/** Platform tags of the wheels. Passing them to pip makes the result independent of the user's Python. */
const WHEEL_TAGS = [
  'manylinux_2_27_x86_64',
  'manylinux_2_25_x86_64',
  'manylinux_2_17_x86_64',
  'manylinux2014_x86_64',
  'manylinux2010_x86_64',
];

/** Returns the path of a pinned file if it is already present. */
export function present(pin: Pin, { from, downloads }: Pick<Sources, 'from' | 'downloads'>): string | undefined {
  const places = from === undefined ? [downloads] : [from, downloads];
  return places.map(folder => join(folder, pin.file)).find(existsSync);
}

/**
 * Returns the path of a pinned file after verifying its hash. Downloads the file unless it is present.
 * @throws CarlError BACKEND_INSTALL if the file cannot be downloaded or its hash differs
 */
export async function fetchPin(pin: Pin, sources: Sources, tools: Tools): Promise<string> {
  const kept = present(pin, sources);
  if (kept && sha256Of(kept) === pin.sha256) return kept;
  if (kept && !kept.startsWith(sources.downloads)) throw damaged(pin, kept);
  const file = join(sources.downloads, pin.file);
  await rm(file, { force: true });
  await mkdir(sources.downloads, { recursive: true });
  sources.report(`Downloading ${pin.name} ${pin.version}`);
  await download(pin, sources, tools);
  if (!existsSync(file))
    throw new CarlError('BACKEND_INSTALL', `${pin.name} ${pin.version} was downloaded without the file ${pin.file}.`);
  if (sha256Of(file) !== pin.sha256) throw damaged(pin, file);
  return file;
}

function command(pin: Pin, { downloads, terminal }: Sources, { python, npm }: Tools): readonly string[] {
  if (pin.from === 'npm')
    return [
      ...npm,
      'pack',
      '--silent',
      '--ignore-scripts',
      '--pack-destination',
      downloads,
      `${pin.name}@${pin.version}`,
    ];
  const tags = [
    '--python-version',
    '3.11',
    '--implementation',
    'cp',
    '--abi',
    'cp311',
    ...WHEEL_TAGS.flatMap(tag => ['--platform', tag]),
  ];
  const quiet = ['--disable-pip-version-check', '--progress-bar', terminal ? 'on' : 'off'];
  return [
    ...python,
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    ...tags,
    ...quiet,
    '--dest',
    downloads,
    `${pin.name}==${pin.version}`,
  ];
}

/** Half a gigabyte of half a file is kept here and not in /tmp, so that what a killed download left is found and deleted. */
async function download(pin: Pin, sources: Sources, tools: Tools): Promise<void> {
  const unfinished = join(sources.downloads, 'unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  const terminal = sources.terminal && pin.from === 'pypi';
  // pip 25.1 and later resumes an interrupted download.
  const env = { PIP_RESUME_RETRIES: '5', ...process.env, TMPDIR: unfinished };
  try {
    await runProgram(command(pin, sources, tools), { terminal, env });
  } catch (cause) {
    throw downloadError(pin, cause as CarlError);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Adds a remedy to the error of a failed download, unless the disk is full. */
function downloadError({ name, version, from, file }: Pin, cause: CarlError): CarlError {
  if (cause.code !== 'BACKEND_INSTALL') return cause;
  const settings = from === 'pypi' ? 'pip (index, proxy)' : 'npm (registry, proxy)';
  const advice = `Check the network and the settings of ${settings}, or download ${file} on another machine and pass its folder with --from.`;
  return new CarlError('BACKEND_INSTALL', `${name} ${version} cannot be downloaded. ${advice}\n${cause.message}`, {
    cause,
  });
}

function damaged(pin: Pin, file: string): CarlError {
  return new CarlError(
    'BACKEND_INSTALL',
    `${file} is not ${pin.name} ${pin.version}: its SHA-256 is not ${pin.sha256}. Delete the file and try again.`,
  );
}
