import { indexedComponents } from '../catalogue/first-party.js';
import { builtinPlugin, loadUsed } from '../catalogue/load.js';
import { componentsOf, createRoot } from '../container/root.js';
import type { Collective } from '../contracts/collective.js';
import type { NestedOptions } from '../contracts/components.js';
import { slots } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import { createCatalogue, type Catalogue } from '../plugin/catalogue.js';
import { completeOptions } from '../schema/component-options.js';
import { closest, listed } from '../text/closest.js';
import { launchedProcesses } from './launcher.js';

/**
 * Connects this process with the others that train together.
 * @param wanted the component; undefined for `mpi` where a launcher started several processes, and for one process otherwise
 * @param launched number of processes that a launcher started
 * @throws CarlError INPUT_ARGUMENT; COLLECTIVE if the processes cannot be connected
 */
export async function openCollective(
  wanted: NestedOptions | undefined,
  launched = launchedProcesses(),
): Promise<Collective | undefined> {
  if (wanted === undefined && launched === 1) return undefined;
  const options = wanted ?? { use: 'mpi' };
  const catalogue = createCatalogue([builtinPlugin(), ...(await loadUsed(new Set([options.use]), []))]);
  assertKnown(options, catalogue);
  const complete = completeOptions(catalogue, 'collective', options);
  const collective = componentsOf(createRoot(catalogue)).create(slots.collective, complete);
  if (options.use === 'mpi') assertConnected(collective, launched);
  return collective;
}

function assertKnown({ use }: NestedOptions, catalogue: Catalogue): void {
  if (catalogue.get('collective', use)) return;
  const own = indexedComponents.filter(({ slot }) => slot === 'collective').map(component => component.use);
  const uses = [...new Set([...own, ...catalogue.list('collective').map(component => component.use)])];
  const near = closest(use, uses);
  const advice = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  throw new CarlError(
    'INPUT_ARGUMENT',
    `there is no collective \`${use}\`.${advice} Collectives: ${listed(uses, 'and')}.`,
  );
}

/** Processes that do not see each other would each train alone, with the complete batch. */
function assertConnected({ size }: Collective, launched: number): void {
  if (size === launched || launched === 1) return;
  throw new CarlError(
    'COLLECTIVE',
    `${launched} processes were started together, but the MPI library connects ${size}. The launcher belongs to another MPI ` +
      'library than mpicc: use the mpirun beside it or set MPICC; with srun, choose its interface, for example srun --mpi=pmix. ' +
      'To train in each process alone, give --collective single-process.',
  );
}
