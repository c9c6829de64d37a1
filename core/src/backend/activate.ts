import { withBackends } from '../catalogue/load.js';
import { backendCandidates } from './candidates.js';
import { chooseBackend, type ChosenBackend } from './choose.js';
import type { Backend, BackendFingerprint } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { useKernels } from '../tensor/kernels.js';
import type { NestedOptions } from '../contracts/components.js';

/** Chooses the backend for a command. Activates nothing. @throws CarlError INPUT_ARGUMENT, BACKEND_UNAVAILABLE */
export async function chosenBackend(wanted: NestedOptions, catalogue: Catalogue): Promise<ChosenBackend> {
  return chooseBackend(await candidatesFor(wanted, catalogue), wanted.use);
}

/** The other backends of this project are loaded only if the wanted one is not there yet. */
async function candidatesFor(wanted: NestedOptions, catalogue: Catalogue): Promise<readonly Backend[]> {
  const known = catalogue.get('backend', wanted.use) !== undefined;
  return backendCandidates(known ? catalogue : await withBackends(catalogue), wanted);
}

/**
 * Activates the wanted backend with its fused kernels. With `auto`, a backend that fails to start is replaced by the next
 * best one, and a warning goes to standard error.
 * @throws CarlError INPUT_ARGUMENT, BACKEND_UNAVAILABLE
 */
export async function activateBackend(wanted: NestedOptions, catalogue: Catalogue): Promise<BackendFingerprint> {
  return activateBest(await candidatesFor(wanted, catalogue), wanted.use, line => process.stderr.write(`${line}\n`));
}

/** Does the same with the given candidates; `warn` gets each warning. */
export async function activateBest(
  candidates: readonly Backend[],
  wanted: string,
  warn: (line: string) => void,
): Promise<BackendFingerprint> {
  const { backend, report } = await chooseBackend(candidates, wanted);
  for (const { name, reason, remedy = '' } of report.filter(({ damaged }) => damaged && wanted === 'auto'))
    warn(`warning: the backend ${name} is not used: ${reason}. Computing on ${backend.name}, which may take many times as long. ${remedy}`); // prettier-ignore
  try {
    useKernels(await backend.activate());
    return backend.fingerprint();
  } catch (error) {
    const canFallBack = wanted === 'auto' && CarlError.is(error) && error.code === 'BACKEND_UNAVAILABLE';
    if (!canFallBack || candidates.length < 2) throw error;
    warn(`warning: the backend ${backend.name} does not start. Trying the next one, which may take many times as long. ${error.message}`); // prettier-ignore
    const others = candidates.filter(one => one !== backend);
    return activateBest(others, wanted, warn);
  }
}
