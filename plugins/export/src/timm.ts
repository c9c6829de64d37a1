import { defineComponent, slots } from '@carl-ssl/core';
import { roundedWeights } from './precision.js';
import { pythonFile, pythonUsage } from './python-file.js';
import { timmModule } from './timm-module.js';
import { fromTimm, toTimm } from './timm-names.js';
import { maskOf, withoutMask } from './torchvision.js';
import { readWeights, weightFiles, weightOptions, WEIGHTS } from './weight-files.js';

export const timm = defineComponent(slots.exporter, {
  use: 'timm',
  description: 'PyTorch weights under the names of timm, the PyTorch image models of Hugging Face.',
  source: 'https://github.com/huggingface/pytorch-image-models',
  options: weightOptions,
  create: options => ({
    export: async encoder => {
      const module = timmModule(encoder);
      const weights = toTimm(withoutMask(encoder.weights));
      return {
        library: 'timm',
        usage: pythonUsage(module, { weights: WEIGHTS, packages: 'torch timm' }),
        files: { ...(await weightFiles(weights, options)), 'encoder.py': pythonFile(module, WEIGHTS) },
        ...roundedWeights(encoder.weights, options),
      };
    },
    check: async (encoder, folder) => ({
      weights: { ...maskOf(encoder.weights), ...fromTimm(encoder, await readWeights(folder)) },
    }),
  }),
});
