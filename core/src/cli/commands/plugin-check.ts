import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { Command } from 'commander';
import { findPlugin, isPluginPath } from '../../catalogue/find.js';
import { loadLocated } from '../../catalogue/load.js';
import { checkTrust } from '../../catalogue/trust.js';
import type { BrokenRule } from '../../kit/check-package.js';
import { checkLoaded, type PluginReport } from '../../kit/check-plugin.js';
import { counted } from '../../text/counted.js';
import { printable } from '../../text/printable.js';
import { askTrust } from '../ask-trust.js';
import { ExitStatus } from '../exit-status.js';
import { collect, oneOf } from '../parse-option.js';

interface CheckOptions {
  readonly format: 'text' | 'json';
  readonly backend?: readonly string[];
}

const EXAMPLES = `
Examples:
  carl plugin check .                     a package or a .js file; build it first
  carl plugin check carl-my-loss          an installed package

Runs the code of the plugin. Exit status 1 if it breaks a rule.`;

export function registerCheck(command: Command): void {
  command
    .description(
      'Check a plugin against the contract: its components on every backend, its pipelines, its golden cases.',
    )
    .argument('<plugin>', 'path or npm name')
    .option('--backend <name>', 'check on this backend only; can be repeated', collect)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', EXAMPLES)
    .action(check);
}

async function check(given: string, { format, backend }: CheckOptions): Promise<void> {
  const name = nameOf(given);
  const location = await findPlugin(name, process.cwd());
  const path = await realpath(location.path);
  // Whoever checks a plugin runs it on purpose; its pipelines may list others.
  checkTrust(async plugin => plugin.path === path || askTrust(plugin));
  const report = await checkLoaded(await loadLocated(name, location), backend && { backends: backend });
  const text = format === 'json' ? JSON.stringify(report, undefined, 2) : reportText(report);
  process.stdout.write(`${printable(text)}\n`);
  if (report.broken.length > 0) throw new ExitStatus(1);
}

/** Whatever exists in the folder is a path, also without a dot before it. */
function nameOf(given: string): string {
  return isPluginPath(given) || !existsSync(given) ? given : `./${given}`;
}

/** The report for the terminal: a line for each component, then every broken rule. */
function reportText(report: PluginReport): string {
  const { name, version, path, components, backends, broken } = report;
  const lines = components.map(component => {
    const own = broken.filter(({ subject }) => subject === component).length;
    return `  ${component}: ${own === 0 ? 'keeps the contract' : `breaks ${counted(own, 'rule')}`}`;
  });
  const summary = [
    counted(report.checks, 'check'),
    `on ${backends.join(', ')}`,
    counted(report.pipelines, 'pipeline'),
    counted(report.goldenCases, 'golden case'),
    `${counted(broken.length, 'rule')} broken`,
  ];
  return [`${name} ${version}, ${path}`, ...lines, ...broken.map(brokenText), summary.join(', ')].join('\n');
}

function brokenText({ subject, options, backend, rule, problems }: BrokenRule): string {
  const where = [subject, options, backend && `on ${backend}`].filter(Boolean).join(' ');
  return [
    `\n${where}`,
    `  rule:    ${rule}`,
    ...problems.map(problem => `  problem: ${problem.replaceAll('\n', '\n           ')}`),
    '',
  ].join('\n');
}
