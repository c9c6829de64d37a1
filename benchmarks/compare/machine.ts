import { arch, availableParallelism, cpus, loadavg, platform, release } from 'node:os';
import { thisMachine as machineOfTensorFlow } from '@carl-ssl/backend-tensorflow';

/** What a figure depends on besides the programs. */
export interface Machine {
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  /** Instruction sets that libraries choose their code by. */
  readonly instructions: string;
  readonly node: string;
  /** Processes that wanted to run in the last minute: below 0.5 before the start, the machine was idle. */
  readonly loadBefore: number;
}

const TELLING = [
  'fma',
  'avx2',
  'avx_vnni',
  'avx512f',
  'avx512bw',
  'avx512_vnni',
  'avx512_bf16',
  'amx_bf16',
  'amx_int8',
];

export function thisMachine(): Machine {
  return {
    system: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    instructions: instructionsOf(),
    node: process.versions.node,
    loadBefore: Math.round(loadavg()[0] * 100) / 100,
  };
}

function instructionsOf(): string {
  const { features } = machineOfTensorFlow();
  return features.length === 0 ? 'unknown' : TELLING.filter(flag => features.includes(flag)).join(' ');
}
