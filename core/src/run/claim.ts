import { closeSync, openSync, readFileSync, readlinkSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that trains or evaluates a run, as its claim names it. */
export interface Claimant {
  readonly process: number;
  readonly host: string;
  /** Boot of the machine and namespace of the process numbers, where the system has them. */
  readonly space?: string;
  /** Start of the process, where the system tells it; its number may be used again later. */
  readonly started?: string;
  /** `training` or `evaluation`; claims of earlier versions have none. */
  readonly activity?: string;
}

/** This process as a claimant. */
export function thisProcess(): Claimant {
  const space = spaceOf();
  const started = startOf(process.pid);
  return { process: process.pid, host: hostname(), ...(space && { space }), ...(started && { started }) };
}

/** The claimant of a claim file; undefined while it is being written, or if it is damaged. */
export function readClaimant(file: string): Claimant | undefined {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Claimant | null;
    return Number.isInteger(stored?.process) && typeof stored?.host === 'string' ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a claimant still runs; undefined if it cannot be seen from this process, as on another machine or in another container. */
export function runs({ process: id, host, space, started }: Claimant): boolean | undefined {
  if (host !== hostname() || space !== spaceOf()) return undefined;
  try {
    process.kill(id, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(id) === started;
}

/**
 * Renews the modification time of a claim by writing its first character again, so that the time is that of the file's
 * own disk. False if the claim is gone.
 */
export function renew(file: string): boolean {
  try {
    const handle = openSync(file, 'r+');
    try {
      writeSync(handle, '{', 0);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
  return true;
}

/** Modification time of a file in milliseconds; undefined if it is gone. */
export function renewedAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function spaceOf(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/ID/stat, counted behind the name, which may have spaces. */
function startOf(id: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
