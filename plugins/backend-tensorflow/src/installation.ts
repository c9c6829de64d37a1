import { existsSync } from 'node:fs';
import type { InstallStatus } from '@carl-ssl/core';
import { installFolder, type Variant } from './cache.js';
import { findDamage, readRecord, type InstallRecord } from './install-record.js';

/** An intact installation. */
export interface Installed {
  readonly state: 'installed';
  readonly folder: string;
  readonly record: InstallRecord;
}

/** State of the installation of a variant. */
export type Installation =
  | Installed
  | { readonly state: 'damaged'; readonly folder: string; /** As a clause. */ readonly damage: string }
  | { readonly state: 'absent'; readonly folder: string };

/** Checks the installation of a variant, without loading any of it. */
export function findInstallation(variant: Variant): Installation {
  const folder = installFolder(variant);
  if (!existsSync(folder)) return { state: 'absent', folder };
  const record = readRecord(folder);
  if (!record) return { state: 'damaged', folder, damage: 'its record installed.json is missing or invalid' };
  const damage = findDamage(folder, record);
  return damage === undefined ? { state: 'installed', folder, record } : { state: 'damaged', folder, damage };
}

/** The state as the framework reports it. */
export function statusOf(variant: Variant): InstallStatus {
  const found = findInstallation(variant);
  const { state, folder } = found;
  return found.state === 'installed'
    ? { state, folder, versions: found.record.versions, bytes: found.record.bytes }
    : { state, folder };
}
