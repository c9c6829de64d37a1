/** Names of a component beside its own: of earlier versions, and of methods that people write for it. */
interface OtherNames {
  readonly formerly?: readonly string[];
  readonly knownAs?: readonly string[];
}

/** Written by `npm run index`: components of this project's packages, by slot and name, with other names. */
export const FIRST_PARTY_INDEX: Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, OtherNames>>>>>
> = {
  '@carl-ssl/carl': { assigner: { prototypes: {}, softmax: {} }, objective: { carl: {} } },
  '@carl-ssl/carp': { objective: { carp: {} } },
  '@carl-ssl/swav': { assigner: { sinkhorn: {} }, objective: { swav: {} } },
  '@carl-ssl/deepcluster': {
    assigner: { 'kmeans-assign': {}, 'spherical-kmeans': {} },
    objective: { 'deepcluster-v2': { knownAs: ['DeepCluster'] } },
  },
  '@carl-ssl/dino': { assigner: { centering: {} }, objective: { dino: {}, ibot: {} } },
  '@carl-ssl/msn': { objective: { msn: {}, pmsn: {} } },
  '@carl-ssl/contrastive': {
    assigner: { instances: {}, queue: {} },
    objective: {
      'nt-xent': { knownAs: ['SimCLR'] },
      'info-nce': { knownAs: ['MoCo', 'MoCo v2', 'MoCo v3'] },
      dcl: { knownAs: ['DCLW'] },
      macl: {},
      nnclr: {},
      ressl: {},
    },
  },
  '@carl-ssl/byol': { objective: { byol: {}, 'negative-cosine': { knownAs: ['SimSiam'] } } },
  '@carl-ssl/embedding': {
    objective: { 'barlow-twins': { knownAs: ['Barlow'] }, vicreg: {}, tico: {}, 'alignment-uniformity': {}, koleo: {} },
  },
  '@carl-ssl/resnet': { encoder: { resnet: {}, 'wide-resnet': { knownAs: ['WRN'] } } },
  '@carl-ssl/vit': { encoder: { vit: { knownAs: ['DeiT', 'vision transformer'] } } },
  '@carl-ssl/convnext': { encoder: { convnext: {} } },
  '@carl-ssl/heads': {
    head: { 'mlp-head': { knownAs: ['MLP', 'projector', 'projection head'] }, 'carp-head': {}, 'dino-head': {} },
  },
  '@carl-ssl/augment': {
    augmentation: {
      'resized-crop': {},
      'resize-center-crop': {},
      'horizontal-flip': {},
      'vertical-flip': {},
      rotate: {},
      brightness: {},
      contrast: {},
      saturation: {},
      hue: {},
      grayscale: {},
      'color-jitter': {},
      'gaussian-blur': {},
      solarize: {},
      normalize: {},
      chain: {},
      'random-resized-crop': {},
      'random-crop': {},
      'random-horizontal-flip': {},
      'random-vertical-flip': {},
      'random-rotate': {},
      'random-color-jitter': {},
      'random-grayscale': {},
      'random-gaussian-blur': {},
      'random-solarize': {},
    },
    augmenter: { 'simclr-views': {}, 'multi-crop': {}, 'byol-views': {}, views: {} },
  },
  '@carl-ssl/optim': {
    optimizer: { sgd: {}, adam: {}, adamw: {}, lars: {} },
    teacher: { 'moving-average': { knownAs: ['EMA', 'momentum encoder', 'mean teacher'] } },
    schedule: { 'cosine-warmup': {}, cosine: {}, constant: {}, step: {} },
  },
  '@carl-ssl/evaluate': {
    evaluator: {
      'alignment-uniformity': {},
      assignments: { knownAs: ['prototype-clusters'] },
      clustering: { knownAs: ['k-means'] },
      'fine-tune': {},
      knn: {},
      lidar: {},
      linear: { knownAs: ['logistic regression', 'linear probe'] },
      'linear-sgd': {},
      'linear-svm': {},
      'low-shot-linear': { formerly: ['semi-supervised'] },
      rankme: {},
      retrieval: { knownAs: ['image-retrieval'] },
      silhouette: {},
    },
    metric: {
      'alignment-uniformity': {},
      clustering: {},
      knn: {},
      lidar: {},
      'linear-svm': {},
      'logistic-regression': {},
      'mean-average-precision': {},
      rankme: {},
      retrieval: {},
      silhouette: {},
      'top-k': {},
    },
  },
  '@carl-ssl/backend-tensorflow': { backend: { tensorflow: {}, 'tensorflow-gpu': {} } },
  '@carl-ssl/backend-wasm': { backend: { wasm: {} } },
  '@carl-ssl/backend-webgpu': { backend: { webgpu: {} } },
  '@carl-ssl/data-fashion-mnist': { dataset: { 'fashion-mnist': {}, 'fashion-mnist-mini': {} } },
  '@carl-ssl/data-idx': { dataset: { idx: {} }, reader: { idx: {} } },
  '@carl-ssl/data-image-folder': { dataset: { 'image-folder': {} }, reader: { 'image-folder': {} } },
};
