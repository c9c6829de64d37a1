import { withBackends } from '../catalogue/load.js';
import { backendCandidates } from './candidates.js';
import { chooseBackend, type ChosenBackend } from './choose.js';
import type { Backend, BackendFingerprint } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { useKernels } from '../tensor/kernels.js';
import type { NestedOptions } from '../contracts/components.js';

/** The backend a command will compute on. @throws CarlError BACKEND_UNAVAILABLE */
export async function chosenBackend(wanted: NestedOptions, catalogue: Catalogue): Promise<ChosenBackend> {
  return chooseBackend(backendCandidates(await withBackends(catalogue), wanted), wanted.use);
}

/**
 * Makes it the one that computes, with the kernels it has. Where the choice is open, one that is there and does not start,
 * its files damaged for example, is told of and the next best is taken.
 * @throws CarlError BACKEND_UNAVAILABLE
 */
export async function activateBackend(wanted: NestedOptions, catalogue: Catalogue): Promise<BackendFingerprint> {
  const candidates = backendCandidates(await withBackends(catalogue), wanted);
  return activateBest(candidates, wanted.use, line => process.stderr.write(`${line}\n`));
}

/** The same for any backends; `warn` is told of those that do not start. */
export async function activateBest(
  candidates: readonly Backend[],
  wanted: string,
  warn: (line: string) => void,
): Promise<BackendFingerprint> {
  const { backend, report } = await chooseBackend(candidates, wanted);
  for (const { name, reason, remedy = '' } of report.filter(({ damaged }) => damaged && wanted === 'auto'))
    warn(`warning: without the backend ${name}, ${reason}; ${backend.name} may take many times as long. ${remedy}`);
  try {
    useKernels(await backend.activate());
    return backend.fingerprint();
  } catch (error) {
    const isOpen = wanted === 'auto' && CarlError.is(error) && error.code === 'BACKEND_UNAVAILABLE';
    if (!isOpen || candidates.length < 2) throw error;
    warn(`warning: the backend ${backend.name} does not start, going on with the next, which may be many times slower. ${error.message}`); // prettier-ignore
    const others = candidates.filter(one => one !== backend);
    return activateBest(others, wanted, warn);
  }
}
