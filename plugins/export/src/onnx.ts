import { CarlError, defineComponent, slots, type CheckedImages, type TrainedEncoder } from '@carl-ssl/core';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { graphOptions, imageValues, outputText, type GraphOptions } from './graph-options.js';
import { halfGraph } from './half-graph.js';
import { bytesOf, MOST_BYTES, onnxModel } from './onnx/convert.js';
import { OPSET } from './onnx/model.js';

const FILE = 'model.onnx';

export const onnx = defineComponent(slots.exporter, {
  use: 'onnx',
  description:
    'An ONNX graph for any number of images, with the normalisation inside, for onnxruntime in Python, Node.js and browsers.',
  source: `https://onnx.ai, operator set ${OPSET}`,
  options: graphOptions,
  create: settings => ({
    export: async encoder => {
      const traced = await encoder.trace(settings);
      const halves =
        settings.precision === 'float16' ? halfGraph({ graph: traced, scales: {} }, encoder.weights) : undefined;
      const text = { name: encoder.name, description: description(encoder, settings) };
      const model = onnxModel(halves?.graph ?? traced, { ...text, isHalf: halves !== undefined });
      if (model.length > MOST_BYTES)
        throw new CarlError(
          'INPUT_ARGUMENT',
          `The ONNX file would have ${model.length} bytes, and at most ${MOST_BYTES} are possible. Export the weights with --format torchvision.`,
        );
      const files = { [FILE]: bytesOf(model) };
      return { library: 'onnx', usage: usage(encoder, settings), files, ...(halves && { rounded: halves.rounded }) };
    },
    checkProgram: async () => {
      await onnxruntime();
    },
    check: async (_encoder, folder) => {
      const { runtime, version } = await onnxruntime();
      const session = await runtime.InferenceSession.create(join(folder, FILE));
      return {
        program: `onnxruntime-node ${version}`,
        features: async images => (await session.run({ images: tensorOf(runtime, images) })).features.data,
        ...(settings.unitLength && { unitLength: true as const }),
      };
    },
  }),
});

function description(
  { image: [height, width, channels], featureDim }: TrainedEncoder,
  { unitLength }: GraphOptions,
): string {
  return `Images [batch, ${channels}, ${height}, ${width}] with values in [0, 1] -> features [batch, ${featureDim}]${unitLength ? ' of unit length' : ''}. The normalisation is inside.`;
}

function usage(encoder: TrainedEncoder, settings: GraphOptions): string {
  return [
    `\`${FILE}\` (operator set ${OPSET}) takes \`images\`, float32 [batch, ${encoder.image[2]}, ${encoder.image[0]}, ${encoder.image[1]}], ${imageValues(encoder)}. ${outputText(encoder, settings)}`,
    'In Python (`pip install onnxruntime`):',
    [
      '```python',
      'import onnxruntime',
      '',
      `session = onnxruntime.InferenceSession("${FILE}")`,
      'features = session.run(["features"], {"images": images})[0]',
      '```',
    ].join('\n'),
    'In Node.js (`npm install onnxruntime-node`) and in the browser (`npm install onnxruntime-web`):',
    [
      '```js',
      "import * as ort from 'onnxruntime-node'; // 'onnxruntime-web' in the browser",
      '',
      `const session = await ort.InferenceSession.create('${FILE}');`,
      `const images = new ort.Tensor('float32', pixels, [count, ${encoder.image[2]}, ${encoder.image[0]}, ${encoder.image[1]}]);`,
      'const { features } = await session.run({ images });',
      '```',
    ].join('\n'),
  ].join('\n\n');
}

/** The parts of onnxruntime's interface that the check uses. */
interface Runtime {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object;
  readonly InferenceSession: {
    create(path: string): Promise<{
      run(inputs: Readonly<Record<string, object>>): Promise<Readonly<Record<string, { readonly data: Float32Array }>>>;
    }>;
  };
}

/** Loads onnxruntime-node from the folder of the user or of this package. @throws CarlError INPUT_ARGUMENT if it is not installed */
async function onnxruntime(): Promise<{ readonly runtime: Runtime; readonly version: string }> {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    const require = createRequire(from);
    try {
      const { version } = require('onnxruntime-node/package.json') as { readonly version: string };
      const entry = pathToFileURL(require.resolve('onnxruntime-node')).href;
      const { default: runtime } = (await import(entry)) as { readonly default: Runtime };
      return { runtime, version };
    } catch {
      continue;
    }
  }
  throw new CarlError(
    'INPUT_ARGUMENT',
    '--check computes with onnxruntime, which is not installed. Install it: npm install onnxruntime-node',
  );
}

/** [B, H, W, C] -> [B, C, H, W]. */
function tensorOf({ Tensor }: Runtime, { shape, data }: CheckedImages): object {
  const [count, height, width, channels] = shape;
  const pixels = height * width;
  const moved = new Float32Array(data.length);
  for (let image = 0; image < count; image++)
    for (let at = 0; at < pixels; at++)
      for (let c = 0; c < channels; c++)
        moved[(image * channels + c) * pixels + at] = data[(image * pixels + at) * channels + c];
  return new Tensor('float32', moved, [count, channels, height, width]);
}
