import { existsSync } from 'node:fs';
import type { InstallStatus } from '@carl-ssl/core';
import { installFolder, readRecord, type Variant } from '../cache.js';

/** Returns the state of the installation of each variant. */
export function status(): Promise<readonly InstallStatus[]> {
  return Promise.resolve((['cpu', 'gpu'] as const).map(statusOf));
}

function statusOf(variant: Variant): InstallStatus {
  const folder = installFolder(variant);
  const record = readRecord(folder);
  if (record) return { variant, folder, state: 'installed', versions: record.versions, bytes: record.bytes };
  return { variant, folder, state: existsSync(folder) ? 'outdated' : 'absent' };
}
