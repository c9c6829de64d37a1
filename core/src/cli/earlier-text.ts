import type { EarlierReport } from '../run/earlier-results.js';

/** How the text names the evaluation, and what the user knows already. */
interface Told {
  /** The evaluated run, or the file of results. */
  readonly path: string;
  /** Differences from the training that were printed. */
  readonly warned: readonly string[];
  readonly quiet?: boolean;
}

/** Lines that say which results of an earlier evaluation are kept, or why none is. */
export function earlierText(
  { kept, count, differences, rounding, draft }: EarlierReport,
  { path, warned, quiet = false }: Told,
): readonly string[] {
  const fresh = differences.filter(line => !warned.includes(line));
  const keptText = `${kept} of ${count} results are kept from an earlier evaluation; --recompute computes them again`;
  const again = `all results of ${path} are computed again, because `;
  return [
    ...(kept > 0 && !quiet ? [keptText] : []),
    ...(rounding.length > 0 && !quiet ? [`they agree with those of now up to rounding; ${rounding.join('; ')}`] : []),
    ...(differences.length > 0 && fresh.length === 0
      ? [`${again}the earlier ones were computed before this change`]
      : []),
    ...(fresh.length > 0 ? [`${again}this changed:\n  ${fresh.join('\n  ')}`] : []),
    ...(draft !== undefined && !quiet
      ? [`the new results are in ${draft} until all are computed; the earlier ones stay until then`]
      : []),
  ];
}
