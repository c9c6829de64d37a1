import { readFileSync, writeFileSync } from 'node:fs';

/** Starts to measure the largest resident size of this process anew, where the system can; else it is that since the start of the process. */
export function resetResidentPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Only Linux has it.
  }
}

/** Largest resident size of this process in bytes. */
export function residentPeak(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Only Linux has it.
  }
  return process.resourceUsage().maxRSS * 1024;
}
