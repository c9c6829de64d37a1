import type { Plugin } from '../plugin/define.js';
import { CarlError } from '../errors/carl-error.js';
import { contractOf, type Clause, type Trials } from './contract.js';

/** The functions of a test runner that are needed: mocha, vitest and node:test have them. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** Defines a test for every clause of the contract in a test runner. The tests compute on the active backend. */
export function describePlugin(plugin: Plugin, { describe, it, ...trials }: Runner & Trials): void {
  describe(`${plugin.name} keeps the contract`, () => {
    for (const [title, clauses] of grouped(contractOf(plugin, trials))) {
      describe(title, () => {
        for (const clause of clauses) it(clause.rule, () => keep(clause));
      });
    }
  });
}

/** Checks a clause. @throws CarlError PLUGIN_CONTRACT with all problems */
export async function keep({ component, rule, check }: Clause): Promise<void> {
  const problems = await check();
  if (problems.length > 0)
    throw new CarlError(
      'PLUGIN_CONTRACT',
      `${component} does not keep the rule "${rule}":\n  ${problems.join('\n  ')}`,
    );
}

function grouped(clauses: readonly Clause[]): Map<string, Clause[]> {
  const groups = new Map<string, Clause[]>();
  for (const clause of clauses) {
    const title = `${clause.component} ${clause.options}`.trim();
    groups.set(title, [...(groups.get(title) ?? []), clause]);
  }
  return groups;
}
