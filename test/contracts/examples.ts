import { type HostArray, seededStreams } from '@carl-ssl/core';
import type { Example } from '@carl-ssl/core/testing';
import { fileURLToPath } from 'node:url';

/** Small options for components of this project that have required ones, or whose defaults are too large for a test. */
const random = seededStreams(5).at('examples');
const normal = (rows: number, columns: number): HostArray => ({
  shape: [rows, columns],
  data: Float32Array.from({ length: rows * columns }, () => random.normal()),
});
const classes = (rows: number, count: number): HostArray => ({
  shape: [rows],
  data: Int32Array.from({ length: rows }, (_, i) => (i < count ? i : random.integer(count))),
});
const marks = (rows: number, columns: number): HostArray => ({
  shape: [rows, columns],
  data: Int32Array.from({ length: rows * columns }, () => random.integer(2)),
});
const golden = (path: string) => fileURLToPath(new URL(`../golden/cases/reader/${path}`, import.meta.url));
const stl10 = golden('stl10/files/train_X.bin');
const idx = {
  images: golden('idx/files/train-images-idx3-ubyte'),
  labels: golden('idx/files/train-labels-idx1-ubyte'),
};
const probe = {
  trainFeatures: normal(30, 4),
  trainLabels: classes(30, 3),
  testFeatures: normal(12, 4),
  testLabels: classes(12, 3),
};
const tinyHead = { hiddenDim: 7, bottleneckDim: 5, prototypes: 9 };
const size = { size: 12 };
const step = { use: 'resized-crop', top: 0, left: 0, height: 10, width: 10, size: 8 };

export const examples: Readonly<Record<string, readonly Example[]>> = {
  'encoder vit': [
    { options: { imageSize: 8, patchSize: 4, layers: 2, heads: 2, dim: 8 }, image: [8, 8, 3] },
    { options: { imageSize: 8, patchSize: 4, layers: 1, heads: 1, dim: 6, mlpDim: 5 }, image: [12, 8, 1] },
    {
      options: { imageSize: 6, patchSize: 3, layers: 1, heads: 3, dim: 6, interpolatePositions: false },
      image: [6, 6, 2],
    },
    { options: { imageSize: 8, patchSize: 4, layers: 1, heads: 2, dim: 6, maskToken: true }, image: [8, 12, 1] },
  ],
  'encoder convnext': [
    { options: { depths: [1, 1, 2, 1], dims: [3, 4, 5, 6], patchSize: 1 }, image: [10, 8, 3] },
    {
      options: { depths: [1, 1, 1, 1], dims: [3, 3, 3, 4], patchSize: 2, layerScale: 1, stochasticDepth: 0.5 },
      image: [16, 16, 1],
    },
  ],
  'encoder wide-resnet': [
    { options: { depth: 10, widen: 2, width: 2 }, image: [8, 8, 3] },
    { options: { depth: 16, widen: 1, width: 3 }, image: [9, 9, 1] },
  ],
  'encoder resnet': [
    { options: { block: 'basic', layers: [1, 1, 1, 1], width: 2, stem: 'small' }, image: [9, 9, 1] },
    { options: { block: 'bottleneck', layers: [1, 1, 1, 2], width: 1, stem: 'cifar' } },
    {
      options: { block: 'basic', layers: [1, 2, 1, 1], width: 2, stem: 'imagenet', zeroInitResidual: true },
      image: [32, 32, 3],
    },
  ],
  'head mlp-head': [
    { options: { layers: [{ units: 4 }] } },
    {
      options: {
        layers: [
          { units: 7, bias: false, norm: 'batch', activation: 'relu' },
          { units: 5, norm: 'batch-plain' },
        ],
      },
    },
    {
      options: {
        layers: [
          { units: 6, activation: 'gelu' },
          { units: 3, bias: false },
        ],
      },
    },
  ],
  'head carp-head': [{ options: tinyHead }, { options: { ...tinyHead, learnNorm: true, norm: 'batch' } }],
  'head dino-head': [
    { options: tinyHead },
    { options: { ...tinyHead, learnNorm: true, activation: 'relu', depth: 2 } },
  ],
  'assigner prototypes': [
    { options: { count: 5 } },
    { options: { count: 7, normalizePrototypes: 'step', frozenSteps: 2 } },
    { options: { count: 3, normalizePrototypes: 'never', normalizeEmbeddings: false, temperature: 1 } },
  ],
  'assigner sinkhorn': [
    {},
    { options: { count: 5, frozenSteps: 2 } },
    { options: { count: 7, normalizePrototypes: 'forward', queueLength: 12, epsilon: 0.2 } },
  ],
  'assigner centering': [{}, { options: { count: 5, momentum: 0.5 } }],
  'assigner kmeans-assign': [{}, { options: { count: 5, temperature: 0.5 } }],
  'assigner spherical-kmeans': [{ options: { clusters: 3 } }, { options: { clusters: [2, 5, 4], iterations: 2 } }],
  'objective swav': [
    { codes: true },
    { codes: true, views: 4 },
    { codes: true, options: { inputs: 'embeddings', temperature: 0.1, epsilon: 0.05, queueLength: 12 } },
  ],
  'objective carp': [{ options: { partitionSize: 2 } }, { options: { partitionSize: 4 }, views: 4 }],
  'objective deepcluster-v2': [{ codes: true }, { codes: true, views: 4 }],
  'objective dino': [{}, { views: 4 }, { options: { studentTemperature: 0.5, centerMomentum: 0.5 } }],
  'objective ibot': [{}, { options: { maskShape: 'random', maskedImages: 0.25 } }],
  'objective msn': [
    {},
    { options: { targetViews: 2, iterations: 0 }, views: 3 },
    { options: { inputs: 'scores', temperature: 1 } },
  ],
  'objective pmsn': [{}, { options: { iterations: 0, powerLawExponent: 1 } }],
  'objective carl': [
    {},
    { views: 4 },
    { options: { temperature: 0.5, entropyWeight: 0 } },
    { options: { entropyWeight: { from: 3, to: 1 } } },
  ],
  'assigner instances': [{}, { options: { temperature: 0.5 } }],
  'assigner queue': [{ options: { size: 12 } }, { options: { size: 16, temperature: 1 } }],
  'objective nt-xent': [{}, { views: 3 }],
  'objective info-nce': [
    { options: { queueSize: 12 } },
    { options: { queueSize: 16, symmetric: true }, views: 3 },
    { options: { negatives: 'batch', symmetric: true } },
  ],
  'objective dcl': [{}, { views: 3 }, { options: { weighting: 'von-mises-fisher' }, stopsGradient: true }],
  'objective macl': [{ stopsGradient: true }, { views: 3, stopsGradient: true }],
  'objective nnclr': [{ options: { queueSize: 12 } }, { options: { queueSize: 16 }, views: 3 }],
  'objective ressl': [
    { options: { queueSize: 12 } },
    { options: { queueSize: 16, symmetric: true } },
    { options: { inputs: 'assignments' } },
  ],
  'objective byol': [{}, { views: 4 }],
  'objective negative-cosine': [{}, { views: 3 }],
  'objective barlow-twins': [{}, { views: 3 }],
  'objective vicreg': [{}, { views: 3 }],
  'objective tico': [{ options: { rho: 0 } }, { stopsGradient: true }],
  'objective alignment-uniformity': [{}, { views: 3 }, { options: { alpha: 1 } }],
  'objective lejepa': [
    { options: { slices: 5 } },
    { options: { slices: 3, lambda: 1, points: 5, range: 5 }, views: 3 },
  ],
  'objective massl': [
    { options: { blockSize: 2 } },
    { options: { blockSize: 4, teacherTemperature: { from: 0.04, to: 0.07 } }, views: 4 },
  ],
  'objective w-mse': [
    { views: 3 },
    { options: { groupSize: 6, draws: 2, normalize: false, epsilon: 0.1 }, orderMatters: true },
  ],
  'objective simmim': [{}, { options: { maskRatio: 0.3, maskSize: 1 } }],
  'objective vicregl': [{ options: { matches: 2, featureMatches: 3 }, views: 3 }],
  'objective koleo': [{}, { views: 3 }],
  'augmentation brightness': [{ options: { factor: 1.3 } }],
  'augmentation contrast': [{ options: { factor: 0.6 } }],
  'augmentation saturation': [{ options: { factor: 1.6 } }],
  'augmentation hue': [{ options: { shift: 0.2 } }],
  'augmentation chain': [{ options: { steps: [step, { use: 'random-horizontal-flip' }, { use: 'grayscale' }] } }],
  'augmentation gaussian-blur': [{ options: { kernelSize: 5, sigma: 1 } }],
  'augmentation normalize': [
    { options: { mean: [0.5], std: [0.2] } },
    { options: { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] } },
  ],
  'augmentation resize-center-crop': [{ options: { resize: 16, crop: 12 } }],
  'augmentation resized-crop': [{ options: { top: 2, left: 1, height: 11, width: 9, size: 8 } }],
  'augmentation rotate': [{ options: { angle: 30 } }],
  'augmentation grayscale': [{}, { options: { channels: 1 } }],
  'augmentation random-crop': [{ options: { size: 8, padding: 2 } }],
  'augmentation random-resized-crop': [{ options: size }],
  'augmentation random-rotate': [{ options: { degrees: 20 } }],
  'augmenter simclr-views': [{ options: size }, { options: { size: [14, 10], views: 3, mean: [0.5], std: [0.25] } }],
  'augmenter byol-views': [{ options: size }],
  'augmenter multi-crop': [{ options: { global: { size: 16 }, local: { size: 8, count: 3 } } }],
  'augmenter views': [
    {
      options: {
        views: [
          { kind: 'local', count: 2, size: 8, steps: [step] },
          { size: 8, steps: [step, { use: 'random-solarize' }] },
        ],
      },
    },
  ],
  'dataset idx': [{ options: { train: idx, holdout: 0.4 } }, { options: { train: { images: idx.images } } }],
  'dataset image-folder': [{ options: { root: golden('image-folder-png/files'), validation: 0, maxSide: 8 } }],
  'reader idx': [{ options: idx }],
  'reader image-folder': [{ options: { root: golden('image-folder-png/files') } }],
  'reader image-list': [{ options: { files: [golden('image-folder-png/files/dog/deep/er/x.png')] } }],
  'reader csv': [
    {
      options: {
        file: fileURLToPath(new URL('../samples/images.csv', import.meta.url)),
        root: golden('image-folder-png/files'),
        label: 'kind',
      },
    },
  ],
  'reader cifar10': [{ options: { files: [golden('cifar10/files/data_batch_1.bin')] } }],
  'reader cifar100': ['fine', 'coarse'].map(labels => ({
    options: { files: [golden('cifar100/files/train.bin')], labels },
  })),
  'reader stl10': [
    { options: { images: stl10, labels: golden('stl10/files/train_y.bin') } },
    { options: { images: stl10 } },
  ],
  'reader npz': [
    { options: { file: golden('npz/files/data.npz'), labels: 'labels' } },
    { options: { file: golden('npz/files/data.npz'), range: [0, 255] } },
  ],
  'reader webdataset': [
    { options: { shards: [golden('webdataset/files/shard-000000.tar')], label: 'cls' } },
    { options: { shards: ['0', '1'].map(i => golden(`webdataset-shards/files/shard-00000${i}.tar`)), maxSide: 8 } },
  ],
  'reader parquet': [
    { options: { files: [golden('parquet-snappy/files/train-00000-of-00001.parquet')], label: 'label' } },
  ],
  'reader subset': [
    { options: { of: { use: 'idx', ...idx }, count: 3 } },
    { options: { of: { use: 'image-folder', root: golden('image-folder-png/files') }, perClass: 1 } },
  ],
  'reader concat': [
    {
      options: {
        readers: [
          { use: 'idx', ...idx },
          { use: 'idx', ...idx },
        ],
      },
    },
  ],
  'reader channels': [
    { options: { of: { use: 'idx', ...idx }, count: 1 } },
    { options: { of: { use: 'idx', ...idx }, count: 3 } },
  ],
  'reader remap': [
    { options: { of: { use: 'idx', ...idx }, labels: [0, 1, 0, 1, null, 0, 1, 0, 1, 0] } },
    { options: { of: { use: 'idx', ...idx }, labels: [] } },
  ],
  'optimizer sgd': [{}, { options: { momentum: 0.9, nesterov: true, weightDecay: 0.01 } }],
  'optimizer lars': [{}, { options: { formula: 'decayed', excludeVectors: true } }],
  'schedule step': [{ options: { milestones: [2, 4], warmupEpochs: 1 } }],
  'schedule cosine-warmup': [
    {},
    { options: { warmupEpochs: 1 } },
    { options: { warmupSteps: 5, endValue: 0.1, convention: 'exclusive' } },
  ],
  'schedule constant': [{}, { options: { value: 0.2 } }],
  'teacher moving-average': [{}, { options: { momentum: 0.9, endMomentum: 1 } }],
  'evaluator fine-tune': [
    { options: { subsets: [{ share: 0.5, encoderRate: 0.1 }], draws: 2, epochs: 2, batchSize: 20 } },
    { options: { subsets: [{ perClass: 4 }, { share: 1 }], draws: 1, epochs: 3, validateEvery: 2 } },
  ],
  'evaluator linear-sgd': [
    { options: { epochs: 2 } },
    { options: { epochs: 3, validateEvery: 2, learningRates: [0.1, 1], optimizer: { use: 'lars' }, batchSize: 24 } },
  ],
  'evaluator clustering': [{}, { options: { fit: 'split', spherical: false, standardize: false, normalize: true } }],
  'evaluator lidar': [{ options: { images: 8, views: 6 } }, { options: { images: 6, views: 5, output: 'features' } }],
  'evaluator linear-svm': [{}, { options: { grid: [0.1, 1], shots: [2, 4], interpolation: 'none' } }],
  'evaluator multi-label-linear': [
    {},
    {
      options: {
        loss: 'logistic',
        grid: [0.1, 1],
        shots: [2, 4],
        draws: 2,
        difficult: 'exclude',
        interpolations: ['none'],
      },
    },
  ],
  'metric alignment-uniformity': [{ inputs: { view0: normal(20, 4), view1: normal(20, 4) } }],
  'metric clustering': [{ inputs: { clusters: classes(40, 5), labels: classes(40, 4) } }],
  'metric lidar': [{ inputs: { features: normal(30, 4), images: classes(30, 6) } }],
  'metric knn': [{ options: { k: 3, classes: 3 }, inputs: probe }],
  'metric logistic-regression': [{ options: { classes: 3 }, inputs: probe }],
  'metric linear-svm': [
    {
      inputs: {
        trainFeatures: normal(20, 4),
        trainLabels: marks(20, 3),
        testFeatures: normal(12, 4),
        testLabels: marks(12, 3),
      },
    },
  ],
  'metric mean-average-precision': [{ inputs: { scores: normal(20, 3), labels: marks(20, 3) } }],
  'metric rankme': [{ inputs: { features: normal(20, 6) } }],
  'evaluator rankme': [{}, { options: { output: 'embeddings' } }],
  'evaluator retrieval': [{}, { options: { gallery: 'split', k: [1, 3] } }],
  'metric retrieval': [
    { options: { k: [1, 3] }, inputs: { queries: normal(20, 4), queryLabels: classes(20, 3) } },
    {
      inputs: {
        ...{ queries: normal(8, 4), queryLabels: classes(8, 3) },
        ...{ gallery: normal(20, 4), galleryLabels: classes(20, 3) },
      },
    },
  ],
  'metric silhouette': [{ inputs: { features: normal(30, 3), labels: classes(30, 3) } }],
  'metric top-k': [{ options: { k: [1, 2] }, inputs: { scores: normal(20, 4), labels: classes(20, 4) } }],
};

/** Components whose files are not everywhere; a test of their own has small ones. */
export const elsewhere: readonly string[] = [
  ...['fashion-mnist', 'cifar10', 'cifar100', 'stl10', 'medmnist'].map(name => `dataset ${name}`),
];
