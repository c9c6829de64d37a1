/** Entry point for authors of plugins: contracts, option builders, layers, kernels and shared maths. */
import './tensor/engine.js';

export { type Assigned, Assigner, type DataSize } from './contracts/assigner.js';
export { Augmentation } from './contracts/augmentation.js';
export { Augmenter, globalViews, type Preparation, type ViewSpec } from './contracts/augmenter.js';
export {
  type Availability,
  Backend,
  type BackendFingerprint,
  type DeviceMemory,
  type StepEstimate,
  type StepWork,
} from './contracts/backend.js';
export { Collective, type Exchanged, type HostExchange, type Values } from './contracts/collective.js';
export { Components, type NestedOptions } from './contracts/components.js';
export type { Cost } from './contracts/cost.js';
export type { Drawn, DrawnValues } from './contracts/drawn.js';
export { Dataset, type SplitName } from './contracts/dataset.js';
export { Encoder, type EncoderLayer, type Tokens } from './contracts/encoder.js';
export {
  type Baseline,
  type EvaluationControl,
  type EvaluationSizes,
  type EvaluationWork,
  Evaluator,
  type EvaluatorResult,
  type FeatureBlock,
  type FeatureEvaluator,
  type FeatureEvaluatorInputs,
  type FeatureSet,
  type FrozenEncoder,
  type NetworkOutput,
  type ProtocolEvaluator,
  type ProtocolInputs,
  type ProtocolWork,
  type TrainableWeights,
} from './contracts/evaluator.js';
export {
  type CheckedImages,
  type ExportCheck,
  type ExportedFiles,
  type ExportedWeight,
  type ExportedWeights,
  Exporter,
  type TraceOptions,
  type TrainedEncoder,
} from './contracts/exporter.js';
export { error, type Facts, type Finding, type SplitFacts, warning } from './contracts/facts.js';
export type { Health, PrototypeHealth } from './contracts/health.js';
export type { Dimension, Graph, GraphConstant, GraphNode, GraphValue } from './contracts/graph.js';
export { Head, Predictor } from './contracts/head.js';
export type { DamagedFile, ImageSet, LeftOutFile, QuickFingerprint, SharedImages } from './contracts/image-set.js';
export type { Image, StoredImage } from './contracts/image.js';
export type { InstallOptions, InstallStatus, Installer } from './contracts/installer.js';
export type {
  AdamNext,
  AdamPlace,
  AdamRule,
  BatchExchange,
  BatchNormParameters,
  BatchStatistics,
  Bf16Kernels,
  Convolution,
  Kernels,
  Normalized,
  PlainBatchNorm,
  WeightedTensors,
} from './contracts/kernels.js';
export { type HostArray, Metric } from './contracts/metric.js';
export type {
  EpochLine,
  EvaluationLine,
  HealthLine,
  LineOf,
  MetricsLine,
  MetricsType,
  StepLine,
  WarningLine,
} from './contracts/metrics.js';
export {
  type MaskedPatches,
  type MaskedImages,
  type PatchOutputs,
  Objective,
  type ObjectiveInputs,
  type ObjectiveResult,
  type ObjectiveMatrices,
  type ObjectiveSize,
  type TrivialValue,
} from './contracts/objective.js';
export type { Note } from './contracts/note.js';
export {
  type EpochSummary,
  type EvaluationReport,
  type HealthReport,
  Observer,
  type RunStart,
  type RunStatus,
  type StepReport,
  type Warning,
} from './contracts/observer.js';
export { Optimizer, type Updatable } from './contracts/optimizer.js';
export { type Random, Streams } from './contracts/random.js';
export { Reader } from './contracts/reader.js';
export { MomentumSchedule, Schedule, type ScheduleDefaults } from './contracts/schedule.js';
export type { Capability } from './contracts/capability.js';
export {
  type BuiltinSlotName,
  defineSlot,
  type Slot,
  type SlotKey,
  type SlotName,
  type SlotRule,
  slots,
} from './contracts/slots.js';
export type { StateSpec, TensorMap } from './contracts/state.js';
export type { StepNumbers } from './contracts/step-numbers.js';
export type { BatchPlace, StepContext, StepPosition } from './contracts/step-context.js';
export { Teacher } from './contracts/teacher.js';
export { token } from './contracts/token.js';
export type { Initializer, Pass, WeightSpec, Weighted } from './contracts/weights.js';
export { withFileState } from './data/damaged-file.js';
export { fileFingerprints } from './data/file-fingerprints.js';
export type { SetFiles } from './data/set-files.js';
export { floatImage } from './data/float-image.js';
export { HoldoutAmount, drawHoldout, lastImages } from './data/holdout.js';
export { warnLeftOut } from './data/left-out.js';
export { once, onceFulfilled } from './data/once.js';
export { mapImages } from './data/bounded-read.js';
export { type HostImages, packed, toTensor } from './data/host-images.js';
export { type Pixels, pixelImages } from './data/pixels.js';
export { inSharedMemory, openShared, shareable } from './data/shared-images.js';
export { type ReadSplit, type SplitSources, datasetOf } from './data/split-dataset.js';
export { SplitOptions, splitFindings, splitRules } from './data/split-options.js';
export type { SplitRules } from './data/split-rules.js';
export { holdOut, subset } from './data/subset.js';
export { CarlError, ERROR_CODES, type ErrorCode } from './errors/carl-error.js';
export { memoryFeatures } from './evaluate/memory-features.js';
export { type Minimizer, minimizer } from './evaluate/minimizer.js';
export { blockLength, plainBlock } from './evaluate/plain-block.js';
export { makeFolders, orDiskError, writeAtomic } from './files/atomic.js';
export { cacheFolder } from './files/cache-folder.js';
export { type LengthByHead, readDataFile, readUserFile, unreadable } from './files/data-file.js';
export { type FilePart, type PartReader, withFileParts } from './files/file-parts.js';
export { againstTargets, type Comparison } from './maths/against-targets.js';
export {
  chunkedMatrices,
  consistencyMatrices,
  crossEntropyMatrices,
  type MatrixCounts,
  scoreMatrices,
} from './maths/chunked-matrices.js';
export { clampedLog } from './maths/clamped-log.js';
export { consistency, divergenceToUniform, rowConsistency } from './maths/consistency.js';
export { meanCrossEntropy } from './maths/cross-entropy.js';
export { logSoftmax, logSumExp } from './maths/log-softmax.js';
export { meanOf } from './maths/mean-of.js';
export { oneHot, ownPlaces } from './maths/one-hot.js';
export {
  type OwnPrototypesOptions,
  type Scorer,
  needsHeadScores,
  prototypeOptions,
  scorerOf,
} from './maths/own-prototypes.js';
export { drawPartition, grouped, type Partition } from './maths/partition.js';
export { patchWeights } from './maths/patch-weights.js';
export { cosineScores } from './maths/prototype-scores.js';
export { splitSegments } from './maths/segments.js';
export { type SinkhornOptions, balanced, sinkhorn } from './maths/sinkhorn.js';
export { crossPairs, logitsOf, sourcesOf, targetLogits, targetsOf } from './maths/targets.js';
export { needsTargetViews, needsViews, viewPairs } from './maths/view-pairs.js';
export { API_VERSION } from './plugin/api.js';
export {
  type Component,
  type Formerly,
  type Injected,
  type Injections,
  type Plugin,
  type Temperature,
  defineComponent,
  definePlugin,
  type Refusal,
} from './plugin/define.js';
export type { MethodCard } from './plugin/method-card.js';
export {
  Nested,
  Path,
  Scheduled,
  type ScheduledNumber,
  gradientCheckpointing,
  largestOf,
  scheduledAt,
} from './schema/option.js';
export type { Pipeline, TrainerOptions } from './schema/skeleton.js';
export { comparedAtOnce, inChunks, rowsAtOnce, type Chunks, type Rows } from './tensor/chunks.js';
export { Bucket } from './tensor/bucket.js';
export { collectiveOver, type Transport } from './tensor/collective-over.js';
export { constant, untracked } from './tensor/constant.js';
export { type Differentiable, withGradient } from './tensor/custom-gradient.js';
export { kernels } from './tensor/kernels.js';
export { gelu, relu } from './tensor/layers/activation.js';
export { type BatchNormOptions, type ShortcutLayer, batchNorm, batchNormRelu } from './tensor/layers/batch-norm.js';
export { batchNormReluConv } from './tensor/layers/batch-norm-conv.js';
export { withStoredBytes } from './tensor/stored-bytes.js';
export { checkpointed } from './tensor/layers/checkpointed.js';
export { type ConvOptions, conv } from './tensor/layers/conv.js';
export { type DepthwiseConvOptions, depthwiseConv } from './tensor/layers/depthwise-conv.js';
export {
  filled,
  kaimingNormalFanOut,
  normal,
  uniform,
  uniformFanIn,
  unitRows,
  xavierUniform,
} from './tensor/layers/initialize.js';
export { layerNorm } from './tensor/layers/layer-norm.js';
export { type Layer, type LayerCost, parameterCount, sequence, sizeOf, totalCost } from './tensor/layers/layer.js';
export { type LinearOptions, linear, rowsTimes } from './tensor/layers/linear.js';
export { normalizeRows } from './tensor/layers/normalize-rows.js';
export { type PatchConvOptions, patchConv } from './tensor/layers/patch-conv.js';
export { globalMeanPool, maxPool } from './tensor/layers/pool.js';
export { dropRates, residual } from './tensor/layers/residual.js';
export { drawnRows, ownRows } from './tensor/own-rows.js';
export { normalizeOverWorkers } from './tensor/worker-batch-norm.js';
export { normalizeThenConvolve } from './tensor/normalize-then-convolve.js';
export { pooledLayers, type Stage, stageCosts } from './tensor/layers/stage.js';
export { type WeightNormOptions, weightNormLinear } from './tensor/layers/weight-norm.js';
export { type HostMatrix, rankMe, singularValues } from './tensor/linear-algebra.js';
export { counted } from './text/counted.js';
export type { Refuse, ZipEntry } from './files/zip-directory.js';
export { openZip, type ZipArchive, type ZipReading } from './files/zip-reader.js';
export { zipArchive } from './files/zip-writer.js';
export { seededStreams } from './tensor/random.js';
export { chunkRows, inRowChunks, mapRows, type RowInputs, type RowValues } from './tensor/row-chunks.js';
export { fromHalf, toHalf } from './tensor/half.js';
export {
  type Safetensors,
  type StoredTensor,
  type WrittenTensor,
  decodeSafetensors,
  encodeSafetensors,
} from './tensor/safetensors.js';
export { scope } from './tensor/scope.js';
export { softmax } from './tensor/softmax.js';
export { tf } from './tensor/tf.js';
export { timmName } from './train/namings.js';
export { type Static, type TObject, Type } from '#typebox';
