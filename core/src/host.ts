/** Entry point for programs: load a pipeline, plan, train, resume and evaluate it, read runs, choose a backend, run the command line. */

export { backendCandidates } from './backend/candidates.js';
export { installerOf } from './backend/installers.js';
export { listBackends, type BackendListing } from './backend/list.js';
export { chooseBackend, type BackendReport, type ChosenBackend } from './backend/choose.js';
export { activateBest, activateBackend, chosenBackend } from './backend/activate.js';
export { loadPlugins, loadPlugin, loadFirstParty } from './catalogue/load.js';
export { FIRST_PARTY } from './catalogue/first-party.js';
export { checkPipeline } from './config/check.js';
export { listComponents, type PlacedComponent } from './config/components.js';
export type { Diagnostic, Severity } from './config/diagnostic.js';
export { explain, type Explanation } from './config/explain.js';
export { formatDiagnostics, type FormatOptions } from './config/format.js';
export { loadPipeline, type LoadOptions } from './config/load.js';
export type { LoadedPipeline } from './config/loaded-pipeline.js';
export { listPlugins, type PluginListing } from './config/plugin-listing.js';
export { PipelineError } from './config/pipeline-error.js';
export { DIAGNOSTIC_CODES, type DiagnosticCode } from './errors/diagnostic-codes.js';
export { catalogueOf, createCatalogue, type Catalogue, type LoadedPlugin } from './plugin/catalogue.js';
export { PluginError } from './plugin/plugin-error.js';
export { editorSchema } from './schema/editor.js';
export { referenceMarkdown } from './schema/reference.js';
export { completeOptions } from './schema/component-options.js';
export { componentsOf, createRoot, wirePipeline, type Services } from './container/root.js';
export {
  failures,
  isComplete,
  resultsTable,
  type EvaluatorStatus,
  type NetworkName,
  type Results,
  type Subject,
} from './evaluate/results.js';
export { embed, type Embedded, type Embedding } from './export/embed.js';
export { assigned, type ImageAssignment, type AssignmentChoice } from './explore/assigned.js';
export { neighboursOf, type Neighbours, type NeighbourSearch } from './explore/neighbours.js';
export { findOutliers, type OutlierChoice, type Outliers } from './explore/outliers.js';
export { openQuery, type QueryImage } from './explore/query-image.js';
export { exportNetwork, type ExportChoice, type ExportResult } from './export/export-run.js';
export { openImages, type ReadingChoice } from './export/image-source.js';
export { trainedNetwork, type NetworkChoice, type TrainedNetwork } from './export/trained-network.js';
export { assemble, type Assembly } from './run/assembly.js';
export { openData, type Experiment } from './run/experiment.js';
export { checkWithoutData, openPipeline, type OpenedPipeline } from './run/open-pipeline.js';
export { backendOf, openRun, type OpenRun } from './run/open-run.js';
export { evaluateRun, type EvaluateRunOptions } from './run/evaluate-run.js';
export type { EarlierReport } from './run/earlier-results.js';
export { evaluateSession, type EvaluationChoice, type EvaluationSessionListeners } from './run/evaluate-session.js';
export { evaluateWeights } from './run/evaluate-weights.js';
export { loadGivenEncoder, type GivenEncoder } from './run/given-encoder.js';
export { judgedNetwork } from './run/judged-network.js';
export { readRun, type RunMetrics, type RunRecord, type StoredCheckpoint } from './run/read-run.js';
export { closing, runObservers, type FurtherObservers } from './run/run-observers.js';
export { RunDirectory } from './run/run-directory.js';
export { startRun, resumeRun, type TrainRunOptions } from './run/train-run.js';
export { startSession, resumeSession, type Session, type SessionListeners } from './run/session.js';
export { inspectData, type DataInspection } from './run/inspect-data.js';
export { writePlayground, type Playground } from './playground/write-playground.js';
export { planOf, type Plan } from './run/plan.js';
export { peakMemory, trainingMemory } from './run/peak-memory.js';
export { estimateEvaluation, type EvaluationEstimate } from './run/estimate-evaluation.js';
export { machineMemory, requireMemory } from './run/step-memory.js';
export { estimateTraining, type TrainingEstimate } from './run/estimate-training.js';
export { estimateViewThreads } from './run/estimate-view-threads.js';
export { compareRuns, formatComparison, type RunComparison } from './run/compare-runs.js';
export { Observers, namedObservers, type NamedObserver } from './train/observers.js';
export type { TrainingResult } from './train/trainer.js';
export { runGolden, type GoldenOutcome } from './golden/run-golden.js';
export { startDashboard, type Dashboard, type DashboardOptions } from './serve/dashboard.js';
export { main, createProgram } from './cli/main.js';
