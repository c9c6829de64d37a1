import type { PluginRequest, ScaffoldSlot } from './request.js';

/** Keys of a pipeline that trains in a minute or two, by name. */
const KEYS: Readonly<Record<string, string>> = {
  data: 'fashion-mnist-mini',
  augmenter: '{ use: simclr-views, size: 28, minScale: 0.3, strength: 1.5, blur: 0 }',
  encoder: '{ use: resnet, block: basic, layers: [1, 1, 1, 1], width: 16, stem: small }',
  head: '{ use: mlp-head, layers: [{ units: 512, norm: batch, activation: relu }, { units: 128 }] }',
  assigner: '{ use: prototypes, count: 64 }',
  objective: '{ use: carl, entropyWeight: 2 }',
  optimizer: '{ use: sgd, learningRate: 0.06, momentum: 0.9 }',
  schedule: 'cosine',
  trainer: '{ epochs: 5, batchSize: 256 }',
  evaluate: '[knn]',
};

/** Keys that change for a component of a slot. */
const CHANGES: Readonly<Record<ScaffoldSlot, (use: string) => Readonly<Record<string, string>>>> = {
  objective: use => ({ objective: use }),
  assigner: use => ({ assigner: use }),
  encoder: use => ({ encoder: use }),
  head: use => ({ head: use }),
  augmentation: use => ({ augmenter: viewsText(use) }),
  augmenter: use => ({ augmenter: use }),
  reader: use => ({
    data: `{ use: files, train: { use: ${use}, file: images/train.txt }, test: { use: ${use}, file: images/test.txt } }`,
    augmenter: '{ use: simclr-views, size: 8, minScale: 0.5, blur: 0 }',
    encoder: '{ use: resnet, block: basic, layers: [1, 1, 1, 1], width: 4, stem: cifar }',
    assigner: '{ use: prototypes, count: 8 }',
    trainer: '{ epochs: 5, batchSize: 16 }',
  }),
  evaluator: use => ({ evaluate: `[knn, ${use}]` }),
  observer: use => ({ observers: `[${use}]` }),
  optimizer: use => ({ optimizer: use }),
  schedule: use => ({ schedule: use }),
};

function viewsText(use: string): string {
  const view = (name: string) => `
    - ${name}size: 28
      steps:
        - { use: random-resized-crop, size: 28, scale: [0.3, 1] }
        - { use: random-horizontal-flip }
        - { use: ${use} }`;
  return `\n  use: views\n  views:${view('')}${view('')}`;
}

/** Text of a pipeline that uses the component. */
export function pipelineText({ name, use, slot }: PluginRequest): string {
  const keys = { ...KEYS, ...CHANGES[slot](use) };
  const lines = Object.entries(keys).map(([key, value]) => `${key}:${value.startsWith('\n') ? '' : ' '}${value}`);
  return `# The ${slot} \`${use}\` of this package in a pipeline of CARL. Train it: npx carl train pipeline.yaml
name: ${name.replace(/^@.*\//, '')}
plugins: [.]
${lines.join('\n')}
`;
}

/** Images of two classes, stripes across and down, in the format of the example reader. */
export function imagesText(count: number): string {
  const line = (index: number) => {
    const label = index % 2;
    const values = Array.from({ length: 64 }, (_, i) => {
      const place = label === 0 ? i % 8 : Math.floor(i / 8);
      return (place + index) % 4 < 2 ? 200 + ((index * 7 + i) % 56) : (index * 5 + i) % 56;
    });
    return `${label} ${values.join(' ')}\n`;
  };
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}
