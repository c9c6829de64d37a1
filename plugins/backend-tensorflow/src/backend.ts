import { cpus } from 'node:os';
import {
  CarlError,
  tf,
  type Availability,
  type Backend,
  type BackendFingerprint,
  type DeviceMemory,
  type Kernels,
  type StepEstimate,
  type StepWork,
} from '@carl-ssl/core';
import { installFolder, type Variant } from './cache.js';
import { applyEnvironment, type Settings } from './environment.js';
import { estimateStep } from './estimate.js';
import { hasKernels, readRecord } from './install-record.js';
import { findInstallation, type Installed } from './installation.js';
import { kernelsWith } from './kernels/index.js';
import { loadBackend, loadOperations, type Addon, type OwnOperations } from './load.js';
import {
  bestInstructions,
  hasNvidiaDriver,
  nvidiaMemory,
  nvidiaModels,
  tellingFeatures,
  thisMachine,
  unfit,
} from './platform.js';

/** TensorFlow as loaded in this process. It is loaded once and keeps the settings of that moment. */
let loaded: Loaded | undefined;

interface Loaded {
  readonly variant: Variant;
  readonly settings: Settings;
  readonly addon: Addon;
  readonly own: OwnOperations;
}

/** Backend on one of the two variants of TensorFlow's C library. */
export class TensorFlowBackend implements Backend {
  readonly name: string;
  readonly rank: number;

  constructor(
    private readonly variant: Variant,
    private readonly settings: Settings,
  ) {
    this.name = nameOf(variant);
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

  estimate(work: StepWork): StepEstimate | undefined {
    // No training on a GPU has been timed.
    return this.variant === 'gpu' ? undefined : estimateStep(work, this.settings.threads);
  }

  memory(): DeviceMemory {
    const bytes = loaded?.addon.isUsingGpuDevice() ? nvidiaMemory() : undefined;
    return bytes === undefined ? {} : { bytes };
  }

  private requireSame(first: Loaded): void {
    if (first.variant === this.variant && JSON.stringify(first.settings) === JSON.stringify(this.settings)) return;
    const [was, wanted] = [first, { variant: this.variant, settings: this.settings }].map(describe);
    throw new CarlError(
      'BACKEND_UNAVAILABLE',
      `TensorFlow runs in this process with ${was} and cannot change to ${wanted}. Start another process.`,
    );
  }
}

/** Device, and the properties of it by which TensorFlow and oneDNN choose their code. */
function deviceFlags(): Record<string, string> {
  if (loaded?.addon.isUsingGpuDevice()) return { device: 'gpu', gpu: nvidiaModels().join(', ') };
  const limit = process.env.ONEDNN_MAX_CPU_ISA;
  const instructions = tellingFeatures(thisMachine()).join(' ');
  return { device: 'cpu', processor: cpus()[0]?.model ?? '', instructions, ...(limit && { instructionLimit: limit }) };
}

/** Families of our operations that are available and affect results. */
function ownNames(): string {
  const { bf16Unit = '', bf16: _rounding, ...families } = loaded?.own ?? {};
  const names = Object.entries(families).flatMap(([name, has]) => (has ? [name] : []));
  return [...names, bf16Unit].join(' ').trim() || 'none';
}

const nameOf = (variant: Variant): string => (variant === 'gpu' ? 'tensorflow-gpu' : 'tensorflow');

const describe = ({ variant, settings }: { variant: Variant; settings: Settings }): string =>
  `${variant}, threads: ${settings.threads}, oneDNN: ${settings.oneDNN}`;

function probe(variant: Variant): Availability {
  const reason = unfit(thisMachine());
  if (reason) return { available: false, reason };
  if (variant === 'gpu' && !hasNvidiaDriver()) return { available: false, reason: 'this machine has no NVIDIA driver' };
  const found = findInstallation(variant);
  const command = `carl backend install ${nameOf(variant)}`;
  if (found.state === 'installed') return { available: true, reason: describeInstalled(variant, found) };
  if (found.state === 'absent') return { available: false, reason: 'not installed', remedy: `Install it: ${command}` };
  const damage = `its installation is damaged: ${found.damage}`;
  return { available: false, damaged: true, reason: damage, remedy: `Install it again: ${command}` };
}

function describeInstalled(variant: Variant, { folder, record }: Installed): string {
  const version = `TensorFlow ${record.versions.tensorflow}`;
  if (variant === 'gpu') return version;
  const instructions = bestInstructions();
  if (!instructions) return `${version}, slower without the fused operations, which need AVX2 and FMA`;
  if (hasKernels(folder, record, instructions)) return version;
  return `${version}, slower without the fused operations, which the compiler could not build`;
}

function start(variant: Variant, settings: Settings): Loaded {
  const folder = installFolder(variant);
  applyEnvironment(settings);
  try {
    const addon = loadBackend(folder);
    return { variant, settings, addon, own: loadOperations(folder, addon, readRecord(folder)) };
  } catch (cause) {
    const name = nameOf(variant);
    const remedy = `Install it again: carl backend remove ${name} && carl backend install ${name}`;
    const message = `TensorFlow in ${folder} cannot be loaded: ${(cause as Error).message}. ${remedy}`;
    throw new CarlError('BACKEND_UNAVAILABLE', message, { cause });
  }
}
