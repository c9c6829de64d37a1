import type { Availability, Backend } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';

/** What was found out about one backend. */
export interface BackendReport extends Availability {
  readonly name: string;
  readonly rank: number;
  /** True for the one that is taken. */
  readonly taken: boolean;
}

export interface ChosenBackend {
  readonly backend: Backend;
  /** Every candidate, highest rank first. */
  readonly report: readonly BackendReport[];
}

/**
 * The backend of that name or, for `auto`, the available one with the highest rank. Activates nothing.
 * @throws CarlError INPUT_ARGUMENT if there is none of that name, BACKEND_UNAVAILABLE if it cannot be used here
 */
export async function chooseBackend(candidates: readonly Backend[], wanted: string): Promise<ChosenBackend> {
  const all = await Promise.all(candidates.map(async backend => ({ backend, availability: await probe(backend) })));
  const found = all
    .map(one => ({ ...one, rank: one.availability.rank ?? one.backend.rank }))
    .sort((a, b) => b.rank - a.rank);
  const fits =
    wanted === 'auto'
      ? found.filter(one => one.availability.available && one.rank >= 0)
      : found.filter(one => one.backend.name === wanted);
  const taken = fits.at(0);
  if (taken === undefined)
    throw absent(
      wanted,
      found.map(({ backend }) => backend),
    );
  if (!taken.availability.available) throw unavailable(wanted, taken.availability);
  const report = found.map(one => ({
    name: one.backend.name,
    ...one.availability,
    rank: one.rank,
    taken: one === taken,
  }));
  return { backend: taken.backend, report };
}

/** A probe that throws says that the backend cannot be used, not that the machine has none. */
async function probe(backend: Backend): Promise<Availability> {
  try {
    return await backend.probe();
  } catch (error) {
    return {
      available: false,
      reason: `looking for it failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function absent(wanted: string, candidates: readonly Backend[]): CarlError {
  const names = candidates.map(({ name }) => `\`${name}\``).join(', ') || 'none';
  if (wanted === 'auto')
    return new CarlError('BACKEND_UNAVAILABLE', `No backend can be used on this machine; looked for: ${names}.`);
  return new CarlError(
    'INPUT_ARGUMENT',
    `There is no backend \`${wanted}\`; there are: ${names}. Is its plugin installed and listed?`,
  );
}

function unavailable(name: string, { reason, remedy }: Availability): CarlError {
  const advice = remedy ?? 'Use `backend: { use: auto }` to take the best one that there is.';
  return new CarlError(
    'BACKEND_UNAVAILABLE',
    `The backend \`${name}\` cannot be used on this machine: ${reason}. ${advice}`,
  );
}
