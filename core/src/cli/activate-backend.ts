import { backendCandidates } from '../backend/candidates.js';
import { chooseBackend, type ChosenBackend } from '../backend/choose.js';
import type { BackendFingerprint } from '../contracts/backend.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { NestedOptions } from '../schema/option.js';
import { useKernels } from '../tensor/kernels.js';

/** The backend a command will compute on. @throws CarlError BACKEND_UNAVAILABLE */
export function chosenBackend(wanted: NestedOptions, catalogue: Catalogue): Promise<ChosenBackend> {
  return chooseBackend(backendCandidates(catalogue, wanted), wanted.use);
}

/** Makes it the one that computes, with the kernels it has. */
export async function activateBackend(wanted: NestedOptions, catalogue: Catalogue): Promise<BackendFingerprint> {
  const { backend } = await chosenBackend(wanted, catalogue);
  useKernels(await backend.activate());
  return backend.fingerprint();
}
