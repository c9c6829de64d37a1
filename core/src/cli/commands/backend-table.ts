import type { BackendListing } from '../../backend/list.js';
import type { InstallStatus } from '../../contracts/installer.js';
import { columns } from '../../text/tables.js';

/** Formats backends as a table for the terminal: `*` marks the one that `auto` picks; remedies and installations have their own lines. */
export function backendTable(listings: readonly BackendListing[]): string {
  const rows = listings.flatMap(({ name, available, reason, remedy, chosen, installation }) => {
    const details = [reason, ...(remedy === undefined ? [] : [remedy]), ...location(installation)];
    const first = [`${chosen ? '*' : ' '} ${name}`, available ? 'yes' : 'no', installed(installation)];
    return details.map((line, i) => (i === 0 ? [...first, line] : ['', '', '', line]));
  });
  return columns([['  backend', 'available', 'installed', ''], ...rows]);
}

/** Formats a number of bytes: `0.86 GB`. */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

function installed(status: InstallStatus | undefined): string {
  if (!status) return '-';
  return { installed: 'yes', damaged: 'damaged', absent: 'no' }[status.state];
}

/** Versions, size and folder of an installation, as one line or none. */
function location(status: InstallStatus | undefined): readonly string[] {
  if (!status || status.state === 'absent') return [];
  const versions = Object.entries(status.versions ?? {}).map(([part, version]) => `${part} ${version}`);
  const size = status.bytes === undefined ? [] : [gigabytes(status.bytes)];
  return [[...versions, ...size, status.folder].join(', ')];
}
