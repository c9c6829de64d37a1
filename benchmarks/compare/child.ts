import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A program with its arguments. */
export type CommandLine = readonly string[];

/** What a program that ended well left behind. */
export interface Ended {
  /** Its lines of output that are JSON objects. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Largest resident memory of the process itself, MiB; undefined where the system does not tell (other than Linux). */
  readonly peakMiB?: number;
}

/** How often the memory is looked at; the system keeps the peak, so only what is after the last look is missed. */
const LOOK_MS = 100;

/** Runs a program to its end. @throws Error with the end of its error output if it fails */
export async function runChild([program, ...args]: CommandLine): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let peakMiB: number | undefined;
  let complaint = '';
  const timer = setInterval(() => (peakMiB = memoryOf(child.pid, 'VmHWM') ?? peakMiB), LOOK_MS);
  child.stderr.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2000)));
  const lines: Record<string, unknown>[] = [];
  createInterface(child.stdout).on('line', line => {
    if (line.startsWith('{')) lines.push(JSON.parse(line) as Record<string, unknown>);
  });
  try {
    const status = await new Promise<number | null>((resolve, reject) =>
      child.on('close', resolve).on('error', reject),
    );
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(status)}:\n${complaint}`);
  } finally {
    clearInterval(timer);
  }
  return { lines, ...(peakMiB !== undefined && { peakMiB }) };
}

/** Resident memory of a process in MiB: its peak (`VmHWM`) or at present (`VmRSS`); undefined if it has ended. */
export function memoryOf(pid: number | undefined, field: 'VmHWM' | 'VmRSS'): number | undefined {
  try {
    const found = new RegExp(`${field}:\\s*(\\d+) kB`).exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
    return found ? Math.round(Number(found[1]) / 1024) : undefined;
  } catch {
    return undefined;
  }
}
