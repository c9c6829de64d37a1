/** The contract kit: what a plugin's author runs over the plugin, in any test runner. */
export { contractOf, type Clause, type Trials } from './contract.js';
export { describePlugin, keep, type Runner } from './describe-plugin.js';
export type { Example } from './rule.js';

/** Parts of the framework that tests drive directly. */

export { inFloat64 } from '../backend/float64.js';
export { default as cpu } from '../builtin/cpu.js';
export { default as builtin } from '../builtin/plugin.js';
export { singleProcess } from '../builtin/single-process.js';
export { backendsText } from '../cli/commands/backends.js';
export { diagnosticsOf } from '../cli/commands/validate.js';
export { integer, oneOf } from '../cli/parse-option.js';
export { progress } from '../cli/progress.js';
export { colorOf, duration } from '../cli/terminal.js';
export { mergeNodes } from '../config/merge.js';
export { plain, type Node } from '../config/node.js';
export { parseYaml } from '../config/parse.js';
export { renamedComponent, renamedOption } from '../config/renamed.js';
export { rowStorage } from '../evaluate/row-storage.js';
export { clearLeftovers, writeFolderAtomic } from '../files/atomic.js';
export { benchOf } from '../golden/bench.js';
export type { GoldenCase } from '../golden/case.js';
export { compare, type Outputs } from '../golden/compare.js';
export { judgeBySides, type Compute, type SideComparison } from '../golden/judge-by-sides.js';
export { noting, type Sides } from '../golden/kinks.js';
export { CollapseMonitor } from '../monitor/collapse-monitor.js';
export { healthOf } from '../monitor/health.js';
export { signsOf, type MonitorSample } from '../monitor/signs.js';
export { watchOperations } from '../profile/operations.js';
export { allocationTrace } from '../run/allocation-trace.js';
export { unionByType } from '../schema/union.js';
export { validatorOf } from '../schema/validator.js';
export { withEarlyRelease } from '../tensor/early-release.js';
export { useKernels, withKernels, composedKernels } from '../tensor/kernels.js';
export { WeightStore } from '../tensor/weight-store.js';
export { initialValue } from '../train/buffers.js';
export type { Batch } from '../train/batch.js';
export { readInitialWeights, type InitialWeights } from '../train/initial-weights.js';
export { evaluateLoss } from '../train/loss.js';
export { drawMasking } from '../train/masked-patches.js';
export { createModel, disposeModel, passesOf, type Model } from '../train/model.js';
export { shapeOf, type Network } from '../train/network.js';
export { disposeOutcome, trainStep } from '../train/step.js';
export { teach } from '../train/teach.js';
export { threadsFor } from '../train/views/thread-count.js';
