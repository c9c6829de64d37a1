import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InstructionSet } from './cache.js';

/** What decides whether TensorFlow's wheel runs on a machine. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Version of the C library, undefined when it is not glibc. */
  readonly glibc?: string;
  /** Version of Node-API. */
  readonly napi: number;
  /** Instruction sets of the processor. */
  readonly features: readonly string[];
}

const GLIBC = [2, 27] as const;

/** Instruction sets that oneDNN and Eigen choose code by: other ones, other last bits. */
const TELLING = [
  'avx',
  'avx2',
  'fma',
  'avx_vnni',
  'avx512f',
  'avx512bw',
  'avx512_vnni',
  'avx512_bf16',
  'avx512_fp16',
  'amx_tile',
  'amx_bf16',
];

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: glibcVersion(),
    napi: Number(process.versions.napi),
    features: processorFeatures(),
  };
}

/** Why TensorFlow cannot run on the machine, in one line, or undefined if it can. */
export function unfit(machine: Machine): string | undefined {
  const { platform, arch, glibc, napi, features } = machine;
  if (platform !== 'linux' || arch !== 'x64')
    return `TensorFlow is built here for Linux on x64 only, this is ${platform} on ${arch}`;
  if (glibc === undefined) return 'TensorFlow needs the C library glibc, this system has another one (musl?)';
  if (older(glibc, GLIBC)) return `TensorFlow needs glibc ${GLIBC.join('.')} or newer, this system has ${glibc}`;
  if (napi < 8) return `TensorFlow's addon needs Node-API 8, this Node has ${napi}`;
  if (!features.includes('avx')) return 'TensorFlow needs a processor with AVX';
  return undefined;
}

/** True if there is an NVIDIA GPU with a loaded driver. */
export const hasNvidiaDriver = (): boolean => existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0');

/** Models of the NVIDIA GPUs the driver knows; empty without one. */
export function nvidiaModels(folder = '/proc/driver/nvidia/gpus'): readonly string[] {
  if (!existsSync(folder)) return [];
  const texts = readdirSync(folder).map(gpu => readFileSync(join(folder, gpu, 'information'), 'utf8'));
  return texts.flatMap(text => /^Model:\s*(.*)$/m.exec(text)?.[1] ?? []);
}

/** Bytes of the largest NVIDIA GPU, as its driver's program reports them; undefined where that does not run. */
export function nvidiaMemory(program = 'nvidia-smi'): number | undefined {
  try {
    const query = ['--query-gpu=memory.total', '--format=csv,noheader,nounits'];
    const text = execFileSync(program, query, { encoding: 'utf8', timeout: 5000, stdio: ['ignore', 'pipe', 'ignore'] });
    const mebibytes = Math.max(...text.trim().split('\n').map(Number));
    return mebibytes > 0 ? mebibytes * 2 ** 20 : undefined;
  } catch {
    return undefined;
  }
}

/** Those instruction sets of the processor that results may depend on. */
export const tellingFeatures = (machine: Machine): readonly string[] =>
  TELLING.filter(feature => machine.features.includes(feature));

/**
 * Instruction set of our operations on a machine, undefined if they need a better processor. TensorFlow's variable
 * ONEDNN_MAX_CPU_ISA limits it as it limits TensorFlow's own convolutions.
 */
export function bestInstructions(
  { features }: Pick<Machine, 'features'> = thisMachine(),
  limit = process.env.ONEDNN_MAX_CPU_ISA ?? '',
): InstructionSet | undefined {
  const has = having(features);
  if (!has('avx2', 'fma') || ['SSE41', 'AVX'].includes(limit)) return undefined;
  return has('avx512f') && !limit.startsWith('AVX2') ? 'avx512' : 'avx2';
}

/** What multiplies numbers in bf16: instructions for vectors (AVX512_BF16), or tiles (AMX). */
export const BF16_UNITS = ['vectors', 'tiles'] as const;
export type Bf16Unit = (typeof BF16_UNITS)[number];

/** The best unit of a processor that ONEDNN_MAX_CPU_ISA allows; undefined if there is none. */
export function bestBf16Unit(
  { features }: Pick<Machine, 'features'> = thisMachine(),
  limit = process.env.ONEDNN_MAX_CPU_ISA ?? '',
): Bf16Unit | undefined {
  const has = having(features);
  const unlimited = ['', 'DEFAULT', 'ALL'].includes(limit);
  if (!has('avx512f', 'avx512_bf16') || !(unlimited || /^AVX512_CORE_(BF16|FP16|AMX)|^AVX10/.test(limit)))
    return undefined;
  return has('amx_tile', 'amx_bf16') && (unlimited || limit.includes('AMX')) ? 'tiles' : 'vectors';
}

const having =
  (features: readonly string[]) =>
  (...needed: readonly string[]): boolean =>
    needed.every(one => features.includes(one));

function older(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a, b] = version.split('.').map(Number);
  return a < major || (a === major && b < minor);
}

function glibcVersion(): string | undefined {
  if (process.platform !== 'linux' || !process.report) return undefined;
  // Without this the report looks up the names of all open connections.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime;
}

function processorFeatures(): readonly string[] {
  try {
    const flags = /^flags\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return flags ? flags[1].split(' ') : [];
  } catch {
    return [];
  }
}
