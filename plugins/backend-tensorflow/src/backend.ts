import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { CarlError, type Availability, type Backend, type BackendFingerprint, type Kernels } from '@carl-ssl/core';
import { installFolder, readRecord, type Variant } from './cache.js';
import { applyEnvironment, type Settings } from './environment.js';
import { kernelsWith } from './kernels/index.js';
import { loadBackend, loadOperations, type Addon, type OwnOperations } from './load.js';
import { hasNvidiaDriver, nvidiaModels, tellingFeatures, thisMachine, unfit } from './platform.js';

/** TensorFlow is loaded once in a process and keeps the settings of that moment. */
let loaded: Loaded | undefined;

interface Loaded {
  readonly variant: Variant;
  readonly settings: Settings;
  readonly addon: Addon;
  readonly own: OwnOperations;
}

/** TensorFlow's C library as a backend, in one of its two variants. */
export class TensorFlowBackend implements Backend {
  readonly name: string;
  readonly rank: number;

  constructor(
    private readonly variant: Variant,
    private readonly settings: Settings,
  ) {
    this.name = variant === 'gpu' ? 'tensorflow-gpu' : 'tensorflow';
    this.rank = variant === 'gpu' ? 200 : 100;
  }

  probe(): Promise<Availability> {
    return Promise.resolve(probe(this.variant));
  }

  async activate(): Promise<Partial<Kernels>> {
    const { available, reason, remedy } = probe(this.variant);
    if (!available) throw new CarlError('BACKEND_UNAVAILABLE', `${this.name}: ${reason}.${remedy ? ` ${remedy}` : ''}`);
    loaded ??= start(this.variant, this.settings);
    this.requireSame(loaded);
    await tf.setBackend('tensorflow');
    return kernelsWith(loaded.own);
  }

  fingerprint(): BackendFingerprint {
    const record = readRecord(installFolder(this.variant));
    const { threads, oneDNN } = this.settings;
    const versions = { tfjs: tf.version_core, ...record?.versions };
    const flags = { oneDNN: oneDNN ? 'on' : 'off', own: ownNames(), ...deviceFlags() };
    return { name: this.name, versions, threads, flags };
  }

  private requireSame(first: Loaded): void {
    if (first.variant === this.variant && JSON.stringify(first.settings) === JSON.stringify(this.settings)) return;
    const [was, wanted] = [first, { variant: this.variant, settings: this.settings }].map(describe);
    throw new CarlError(
      'BACKEND_UNAVAILABLE',
      `TensorFlow runs in this process with ${was} and cannot change to ${wanted}; start another process for that.`,
    );
  }
}

/** The device, and what TensorFlow and oneDNN choose code by on it. */
function deviceFlags(): Record<string, string> {
  if (loaded?.addon.isUsingGpuDevice()) return { device: 'gpu', gpu: nvidiaModels().join(', ') };
  const limit = process.env.ONEDNN_MAX_CPU_ISA;
  const instructions = tellingFeatures(thisMachine()).join(' ');
  return { device: 'cpu', processor: cpus()[0]?.model ?? '', instructions, ...(limit && { instructionLimit: limit }) };
}

/** Which of our own operations compute. */
function ownNames(): string {
  const names = Object.entries(loaded?.own ?? {}).flatMap(([name, has]) => (has ? [name] : []));
  return names.join(' ') || 'none';
}

const describe = ({ variant, settings }: { variant: Variant; settings: Settings }): string =>
  `${variant}, threads: ${settings.threads}, oneDNN: ${settings.oneDNN}`;

function probe(variant: Variant): Availability {
  const reason = unfit(thisMachine());
  if (reason) return { available: false, reason };
  if (variant === 'gpu' && !hasNvidiaDriver())
    return { available: false, reason: 'there is no NVIDIA driver on this machine' };
  const folder = installFolder(variant);
  const record = readRecord(folder);
  if (record) return { available: true, reason: `TensorFlow ${record.versions.tensorflow} in ${folder}` };
  const command = `carl backend install tensorflow${variant === 'gpu' ? ' --gpu' : ''}`;
  if (existsSync(folder))
    return {
      available: false,
      damaged: true,
      reason: `it is damaged, or of another version, in ${folder}`,
      remedy: `Install it again: ${command}`,
    };
  return { available: false, reason: 'it is not installed', remedy: `Install it with: ${command}` };
}

function start(variant: Variant, settings: Settings): Loaded {
  const folder = installFolder(variant);
  applyEnvironment(settings);
  try {
    const addon = loadBackend(folder);
    return { variant, settings, addon, own: loadOperations(folder, addon) };
  } catch (cause) {
    const message = `TensorFlow in ${folder} cannot be loaded: ${(cause as Error).message}. Remove it (carl backend remove tensorflow) and install it again.`;
    throw new CarlError('BACKEND_UNAVAILABLE', message, { cause });
  }
}
