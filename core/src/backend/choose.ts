import type { Availability, Backend } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';

/** Availability of one backend, and whether it was chosen. */
export interface BackendReport extends Availability {
  readonly name: string;
  readonly rank: number;
  readonly chosen: boolean;
}

export interface ChosenBackend {
  readonly backend: Backend;
  /** All candidates, highest rank first. */
  readonly report: readonly BackendReport[];
}

/**
 * Chooses the backend of the given name or, for `auto`, the available one of the highest rank. Activates nothing.
 * @throws CarlError INPUT_ARGUMENT if no candidate has this name, BACKEND_UNAVAILABLE if it cannot compute on this machine
 */
export async function chooseBackend(candidates: readonly Backend[], wanted: string): Promise<ChosenBackend> {
  const probed = await Promise.all(candidates.map(async backend => ({ backend, availability: await probe(backend) })));
  const ranked = probed
    .map(one => ({ ...one, rank: one.availability.rank ?? one.backend.rank }))
    .sort((a, b) => b.rank - a.rank);
  const chosen =
    wanted === 'auto'
      ? ranked.find(({ availability, rank }) => availability.available && rank >= 0)
      : ranked.find(({ backend }) => backend.name === wanted);
  if (chosen === undefined) throw noBackend(wanted, ranked);
  if (!chosen.availability.available) throw unavailable(wanted, chosen.availability);
  const report = ranked.map(one => ({
    name: one.backend.name,
    ...one.availability,
    rank: one.rank,
    chosen: one === chosen,
  }));
  return { backend: chosen.backend, report };
}

/** Probes a backend. One whose probe throws counts as unavailable, so that the others can still be chosen. */
async function probe(backend: Backend): Promise<Availability> {
  try {
    return await backend.probe();
  } catch (error) {
    return { available: false, reason: `probing it failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function noBackend(wanted: string, candidates: readonly { readonly backend: Backend }[]): CarlError {
  const names = candidates.map(({ backend }) => `\`${backend.name}\``).join(', ') || 'none';
  if (wanted === 'auto')
    return new CarlError('BACKEND_UNAVAILABLE', `No backend is available on this machine. Backends tried: ${names}.`);
  return new CarlError(
    'INPUT_ARGUMENT',
    `There is no backend \`${wanted}\`. Backends: ${names}. Install the plugin of a third-party backend and list it in \`plugins\`.`,
  );
}

function unavailable(name: string, { reason, remedy }: Availability): CarlError {
  const advice = remedy ?? 'Use `backend: { use: auto }` for the best backend available.';
  return new CarlError(
    'BACKEND_UNAVAILABLE',
    `The backend \`${name}\` is not available on this machine: ${reason}. ${advice}`,
  );
}
