import { defineComponent, slots, tf, type TrainedEncoder } from '@carl-ssl/core';
import { graphOptions, imageValues, outputText, type GraphOptions } from './graph-options.js';
import { halfGraph } from './half-graph.js';
import { graphModel, MODEL, type Metadata } from './tfjs/convert.js';
import { folded } from './tfjs/fold.js';
import { readModel } from './tfjs/read-model.js';

export const tfjs = defineComponent(slots.exporter, {
  use: 'tfjs',
  description:
    'A graph model of TensorFlow.js for any number of images, with the normalisation inside, for browsers and Node.js.',
  source: 'https://www.tensorflow.org/js/guide/save_load',
  options: graphOptions,
  create: settings => ({
    export: async encoder => {
      const scaled = folded(await encoder.trace(settings));
      const halves = settings.precision === 'float16' ? halfGraph(scaled, encoder.weights) : undefined;
      const graph = halves?.graph ?? scaled.graph;
      const files = graphModel(graph, { metadata: metadata(encoder, settings), isHalf: halves !== undefined });
      return { library: 'tfjs', usage: usage(encoder, settings), files, ...(halves && { rounded: halves.rounded }) };
    },
    check: async (_encoder, folder) => {
      const { model, version } = await readModel(folder);
      return {
        program: `tfjs-converter ${version} on ${tf.getBackend()}`,
        features: async ({ shape, data }) => {
          const features = tf.tidy(() =>
            model.execute({ images: tf.tensor4d(data, [...shape]) }, 'features'),
          ) as tf.Tensor;
          try {
            return (await features.data()) as Float32Array;
          } finally {
            features.dispose();
          }
        },
        ...(settings.unitLength && { unitLength: true as const }),
      };
    },
  }),
});

/** Facts that a program needs to prepare images and to name outputs. */
function metadata(
  { name, image, featureDim, prototypeCount, preparation }: TrainedEncoder,
  settings: GraphOptions,
): Metadata {
  const { unitLength, assignments } = settings;
  return { format: 1, name, image, featureDim, unitLength, ...(assignments && { prototypeCount }), ...(preparation && { preparation }) }; // prettier-ignore
}

function usage(encoder: TrainedEncoder, settings: GraphOptions): string {
  const [height, width, channels] = encoder.image;
  return [
    `\`${MODEL}\`, a graph model of TensorFlow.js, takes \`images\`, float32 [batch, ${height}, ${width}, ${channels}], ${imageValues(encoder)}. ${outputText(encoder, settings)}`,
    'With TensorFlow.js (`npm install @tensorflow/tfjs-core @tensorflow/tfjs-converter @tensorflow/tfjs-backend-wasm`):',
    [
      '```js',
      "import * as tf from '@tensorflow/tfjs-core';",
      "import '@tensorflow/tfjs-backend-wasm';",
      "import { loadGraphModel } from '@tensorflow/tfjs-converter';",
      '',
      "await tf.setBackend('wasm');",
      `const model = await loadGraphModel('https://example.org/${MODEL}');`,
      `const images = tf.tensor(pixels, [count, ${height}, ${width}, ${channels}]);`,
      "const features = model.execute({ images }, 'features');",
      '```',
    ].join('\n'),
  ].join('\n\n');
}
