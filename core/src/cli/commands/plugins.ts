import { resolve } from 'node:path';
import type { Command } from 'commander';
import { checkTrust } from '../../catalogue/trust.js';
import { listPlugins, type PluginListing } from '../../config/plugin-listing.js';
import { printable } from '../../text/printable.js';
import { trustsQuietly } from '../ask-trust.js';
import { ExitStatus } from '../exit-status.js';
import { oneOf } from '../parse-option.js';

interface PluginsOptions {
  readonly format: 'text' | 'json';
}

const EXAMPLES = `
Examples:
  carl plugins               plugins that come with the framework
  carl plugins my.yaml       plugins that my.yaml would load, from where, and why one cannot be loaded (exit status 2)`;

export function register(command: Command): void {
  command
    .argument('[file]', 'pipeline whose plugins are listed')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', EXAMPLES)
    .action(plugins);
}

async function plugins(file: string | undefined, { format }: PluginsOptions): Promise<void> {
  checkTrust(trustsQuietly);
  const listings = await listPlugins(file === undefined ? undefined : resolve(file));
  const text = format === 'json' ? JSON.stringify(listings, undefined, 2) : listings.map(listingText).join('\n\n');
  process.stdout.write(`${printable(text)}\n`);
  const broken = listings.filter(({ problem }) => problem !== undefined).map(({ name }) => name);
  if (broken.length === 0) return;
  process.stderr.write(`${printable(`not loaded: ${broken.join(', ')}`)}\n`);
  throw new ExitStatus(2);
}

/** Formats one plugin for the terminal. */
export function listingText(listing: PluginListing): string {
  if (listing.problem !== undefined) return `${listing.name}\n  not loaded: ${listing.problem}`;
  const place = [`${listing.name} ${listing.version ?? ''}`.trimEnd(), `  ${listing.path ?? ''}`];
  if (listing.untrusted)
    return [...place, '  not trusted on this machine; a command that runs it asks first'].join('\n');
  const width = Math.max(0, ...Object.keys(listing.components).map(slot => slot.length));
  const slots = Object.entries(listing.components).map(([slot, uses]) => `  ${slot.padEnd(width)}  ${uses.join(', ')}`);
  const methods = (listing.methods ?? []).map(({ name, idea }) => `  ${name}: ${idea}`);
  return [...place, ...slots, ...methods].join('\n');
}
