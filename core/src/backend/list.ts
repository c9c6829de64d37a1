import type { InstallStatus } from '../contracts/installer.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { backendCandidates } from './candidates.js';
import { chooseBackend, type BackendReport } from './choose.js';
import { findInstaller } from './installers.js';

/** A backend on this machine, with the state of its installation if it has an installer. */
export interface BackendListing extends BackendReport {
  readonly installation?: InstallStatus;
}

/** All backends of a catalogue, highest rank first; the one that `auto` picks has `chosen` set. */
export async function listBackends(catalogue: Catalogue): Promise<readonly BackendListing[]> {
  const { report } = await chooseBackend(backendCandidates(catalogue), 'auto');
  return Promise.all(
    report.map(async one => {
      const installation = await findInstaller(catalogue, one.name)?.status();
      return installation ? { ...one, installation } : one;
    }),
  );
}
