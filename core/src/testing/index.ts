/** The contract kit: what a plugin's author runs over the plugin, in any test runner. */
export { contractOf, type Clause, type Trials } from './contract.js';
export { describePlugin, keep, type Runner } from './describe-plugin.js';
export type { Example } from './rule.js';
